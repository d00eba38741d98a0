"""Units of work of the directory: drafts go into the store, and after the commit into the index.

The index changes when the store announces the commit, before anyone else hears of it. It knows no
decisions.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from twisted.internet.defer import DeferredLock

from mom.directory.bench import Bench, Drafts, apply
from mom.directory.errors import DirectoryStopped
from mom.directory.index import NOUNS, Index
from mom.directory.recent import Recent
from mom.store.changes import Change, Many
from mom.store.store import Store


class Units:
    """Opens one workbench at a time and applies it."""

    def __init__(self, store: Store, index: Index, on_applied: Callable[[Drafts], None]) -> None:
        """`on_applied` hears of each unit once the index has it."""
        self._store = store
        self._index = index
        self._on_applied = on_applied
        self._recent = Recent()
        self._lock = DeferredLock()
        self._pending: Drafts | None = None
        self._stopped = False
        self._subscription = store.feed.subscribe(self._announced, first=True)

    @property
    def idle(self) -> bool:
        """No unit of work is under way."""
        return not self._lock.locked

    @asynccontextmanager
    async def open(self, *, durable: bool = False, cause: str = "") -> AsyncIterator[Bench]:
        """A unit of work; inside it await nothing but the bench and its work.

        Raises `DirectoryStopped` if it has not begun when the directory stops.
        """
        await self._lock.acquire()
        try:
            if self._stopped:
                raise DirectoryStopped
            async with self._store.write(durable=durable, cause=cause) as work:
                bench = Bench(self._index, work, self._recent)
                yield bench
                self._pending = bench.finish()
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

    def _announced(self, changes: Sequence[Change | Many]) -> None:
        """Records change in units of this class only: the announcement is of the pending one."""
        if any(change.noun in NOUNS for change in changes):
            self._apply()

    def _apply(self) -> None:
        drafts, self._pending = self._pending, None
        if drafts is not None:
            apply(self._index, drafts)
            self._recent.apply(drafts.loaded, drafts.records)
            self._on_applied(drafts)
