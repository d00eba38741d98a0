"""Units of work on conference rooms: drafts go into the store, and after the commit into the book.

At its end each unit marks the rooms that share a number and those that wait for an OMM.
"""

from collections.abc import Callable, Sequence

import msgspec

from mom.directory import marks
from mom.directory.benches import Benches
from mom.directory.rooms.bench import Drafts, RoomBench, RoomBook
from mom.directory.rooms.sends import holders_away
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.store.store import Store
from mom.store.work import Work


class RoomUnits(Benches[RoomBench, tuple[Drafts, Sequence[str]]]):
    """Units of work on rooms."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], int],
        connected: Callable[[OmmId], bool],
        on_applied: Callable[[Drafts, Sequence[str]], None],
    ) -> None:
        """`on_applied` hears of each unit, and of new conflicts in words, once the book has it."""
        super().__init__(store, (Noun.ROOM,))
        self.book = RoomBook()
        self._now = now
        self._connected = connected
        self._on_applied = on_applied

    def _begin(self, work: Work) -> RoomBench:
        return RoomBench(self.book, work, self._now())

    def _finish(self, bench: RoomBench) -> tuple[Drafts, Sequence[str]]:
        texts = bench.mark_conflicts()
        self._mark_waiting(bench)
        return bench.finish(), texts

    def _take_over(self, drafts: tuple[Drafts, Sequence[str]]) -> None:
        self.book.apply(drafts[0])
        self._on_applied(*drafts)

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
