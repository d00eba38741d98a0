"""The store as the shelf of the event log. Knows no event's meaning."""

from collections.abc import Sequence

from mom.model.event import Event
from mom.store.store import Store


class StoreEvents:
    """Implements `mom.ops.events.EventShelf` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, events: Sequence[Event]) -> None:
        """Write events; equal ones are counted by the store."""
        async with self._store.write(cause="events") as work:
            for event in events:
                work.put_event(event)

    async def newest(self, limit: int) -> list[Event]:
        """The newest events that were not cleared, newest first."""
        return await self._store.read(lambda reading: reading.events(limit))

    async def clear(self, entry: Event) -> None:
        """Take all events out of what is shown and add the one that says so."""
        async with self._store.write(durable=True, cause="events") as work:
            work.clear_events()
            work.put_event(entry)

    async def every(self) -> list[Event]:
        """All events that are kept, oldest first."""
        return await self._store.read(lambda reading: list(reading.all_events()))
