"""Counts how the moves of phones ended today, without asking the database for each of them.

What was before the start of MOM is read once; from then on the store's feed tells. Today begins at
midnight by the server's time zone.
"""

import time
from collections.abc import Callable, Sequence

import msgspec

from mom.model.copy import Noun
from mom.model.roam import Roam, RoamResult
from mom.store.changes import Change, Many, Subscription
from mom.store.query import Filter, Query
from mom.store.repositories import Reading
from mom.store.store import Store

DONE = frozenset({RoamResult.MOVED, RoamResult.TAKEN})
"""Results of moves after which the phone is at the other OMM."""


class RoamFigures(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Moves of phones: those under way, and how those ended that did so today."""

    running: int
    done: int
    failed: int


class RoamCount:
    """The figures. `now` gives seconds since 1970, `running` how many phones move now."""

    def __init__(self, store: Store, now: Callable[[], float], running: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        self._running = running
        self._midnight = 0.0
        self._done = 0
        self._failed = 0
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        """Read what was today, and listen from now on."""
        self._midnight = midnight(self._now())
        total, done = await self._store.read(self._read)
        self._done, self._failed = done, total - done
        self._subscription = self._store.feed.subscribe(self.heard, nouns=(Noun.ROAM,))

    def stop(self) -> None:
        """Hear nothing any more."""
        if self._subscription is not None:
            self._subscription.stop()

    def heard(self, changes: Sequence[Change | Many]) -> None:
        """Count the moves of a commit."""
        self._turn()
        for change in changes:
            if change.noun is Noun.ROAM and isinstance(change, Change):
                is_done = isinstance(change.after, Roam) and change.after.result in DONE
                self._done += is_done
                self._failed += not is_done

    def figures(self) -> RoamFigures:
        """The figures at this moment."""
        self._turn()
        return RoamFigures(running=self._running(), done=self._done, failed=self._failed)

    def _turn(self) -> None:
        """After midnight there was nothing yet."""
        today = midnight(self._now())
        if today != self._midnight:
            self._midnight, self._done, self._failed = today, 0, 0

    def _read(self, reading: Reading) -> tuple[int, int]:
        today = Filter("at", "gt", str(int(self._midnight) - 1))

        def count(*filters: Filter) -> int:
            return reading.page("roams", Query(limit=1, filters=(today, *filters))).total

        return count(), sum(count(Filter("result", "eq", each.value)) for each in DONE)


def midnight(now: float) -> float:
    """When the day of that time (seconds since 1970) began, by the server's time zone."""
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
