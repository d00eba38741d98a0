"""One workbench at a time: what is drafted on it goes into the store, and after the commit on.

What is in memory changes when the store announces the commit, before anyone else hears of it. It
knows neither records nor decisions.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from twisted.internet.defer import DeferredLock

from mom.directory.errors import DirectoryStopped
from mom.model.copy import Noun
from mom.store.changes import Change, Many
from mom.store.store import Store
from mom.store.work import Work

B = TypeVar("B")
D = TypeVar("D")


class Benches(ABC, Generic[B, D]):
    """Units of work on records of some nouns: `B` is their workbench, `D` what it drafted."""

    def __init__(self, store: Store, nouns: Collection[Noun]) -> None:
        """Records of `nouns` change on these benches only."""
        self._store = store
        self._lock = DeferredLock()
        self._pending: D | None = None
        self._stopped = False
        self._subscription = store.feed.subscribe(self._announced, first=True, nouns=nouns)

    @abstractmethod
    def _begin(self, work: Work) -> B:
        """An empty workbench."""

    @abstractmethod
    def _finish(self, bench: B) -> D:
        """Put what was drafted into the store's unit."""

    @abstractmethod
    def _take_over(self, drafts: D) -> None:
        """The drafts are stored: bring what is in memory to them, then tell."""

    @property
    def idle(self) -> bool:
        """No unit of work is under way."""
        return not self._lock.locked

    @asynccontextmanager
    async def open(self, *, durable: bool = False, cause: str = "") -> AsyncIterator[B]:
        """A unit of work; inside it await nothing but the bench and its work.

        Raises `DirectoryStopped` if it has not begun when the directory stops.
        """
        await self._lock.acquire()
        try:
            if self._stopped:
                raise DirectoryStopped
            async with self._store.write(durable=durable, cause=cause) as work:
                bench = self._begin(work)
                yield bench
                self._pending = self._finish(bench)
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

    def _announced(self, _changes: Sequence[Change | Many]) -> None:
        """The announcement is of the pending drafts: the records change here only."""
        self._apply()

    def _apply(self) -> None:
        drafts, self._pending = self._pending, None
        if drafts is not None:
            self._take_over(drafts)
