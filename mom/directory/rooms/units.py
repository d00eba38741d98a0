"""Units of work on conference rooms: drafts go into the store, and after the commit into the book.

The book changes when the store announces the commit, before anyone else hears of it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
from twisted.internet.defer import DeferredLock

from mom.directory import marks
from mom.directory.errors import DirectoryStopped
from mom.directory.rooms.bench import Drafts, RoomBench, RoomBook
from mom.directory.rooms.sends import holders_away
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.store.changes import Change, Many
from mom.store.store import Store


class RoomUnits:
    """Opens one workbench at a time and applies it."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], int],
        connected: Callable[[OmmId], bool],
        on_applied: Callable[[Drafts, Sequence[str]], None],
    ) -> None:
        """`on_applied` hears of each unit, and of new conflicts in words, once the book has it."""
        self.book = RoomBook()
        self._store = store
        self._now = now
        self._connected = connected
        self._on_applied = on_applied
        self._lock = DeferredLock()
        self._pending: tuple[Drafts, Sequence[str]] | None = None
        self._stopped = False
        self._subscription = store.feed.subscribe(self._announced, first=True)

    @asynccontextmanager
    async def open(self, *, durable: bool = False, cause: str = "") -> AsyncIterator[RoomBench]:
        """A unit of work; inside it await nothing.

        Raises `DirectoryStopped` if it has not begun when the directory stops.
        """
        await self._lock.acquire()
        try:
            if self._stopped:
                raise DirectoryStopped
            async with self._store.write(durable=durable, cause=cause) as work:
                bench = RoomBench(self.book, work, self._now())
                yield bench
                texts = bench.mark_conflicts()
                self._mark_waiting(bench)
                self._pending = bench.finish(), texts
            self._apply()
        finally:
            self._pending = None
            self._lock.release()

    async def stop(self) -> None:
        """Begin no more units; returns once the one under way is finished."""
        self._stopped = True
        await self._lock.acquire()
        self._lock.release()
        self._subscription.stop()

    def _mark_waiting(self, bench: RoomBench) -> None:
        """Say with each room whose move cannot go on which OMM is missing."""
        for number in bench.touched:
            room = bench.room(number)
            if room is None:
                continue
            away = holders_away(room, bench.copies_of(number), self._connected)
            marked = marks.waits_for(room.marks, away)
            if marked != room.marks:
                bench.put(msgspec.structs.replace(room, marks=marked))

    def _announced(self, changes: Sequence[Change | Many]) -> None:
        """Rooms change in units of this class only: the announcement is of the pending one."""
        if any(change.noun is Noun.ROOM for change in changes):
            self._apply()

    def _apply(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self.book.apply(pending[0])
            self._on_applied(*pending)
