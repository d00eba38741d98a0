"""The store as the shelf of the event log, and as what the probe of the database tries."""

from collections.abc import Callable, Sequence

from mom.model.event import Event
from mom.model.omm import Severity
from mom.ops.database_probe import COMPONENT
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


class StoreTrial:
    """Implements `mom.ops.database_probe.Tried`; `now` is in seconds since 1970.

    What is stored to see whether the database stores again is the event that says so.
    """

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    @property
    def trouble(self) -> str:
        """Why the last unit of work was not stored."""
        return self._store.trouble

    async def read(self) -> object:
        """Read the settings."""
        return await self._store.read(lambda reading: reading.settings())

    async def write(self) -> None:
        """Add an entry to the event log."""
        at, text = int(self._now()), "The database stores again"
        again = Event(id=0, severity=Severity.OK, subsystem=COMPONENT, text=text, first=at, last=at)
        await StoreEvents(self._store).add([again])
