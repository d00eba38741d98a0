"""The store as one life of MOM sees it: once that is over, nothing more is stored."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from mom.directory.errors import DirectoryStopped
from mom.store.changes import Change, ChangeFeed, Many
from mom.store.store import Store
from mom.store.work import Work


class Life:
    """Looks like the store to one MOM, until that is killed."""

    def __init__(self, store: Store, on_end: Callable[[], None]) -> None:
        self.store = store
        self.feed = ChangeFeed()
        self.over = False
        self._left = -1
        self._on_end = on_end
        self._heard = store.feed.subscribe(self._tell, first=True)

    def end(self) -> None:
        """Nothing more is stored or read."""
        if not self.over:
            self.over = True
            self._heard.stop()
            self._on_end()

    def end_after(self, commits: int) -> None:
        """Of what is stored from now on, so much is stored."""
        self._left = commits
        if commits == 0:
            self.end()

    async def read(self, query: Callable[[Any], Any]) -> Any:
        found = await self.store.read(query)
        self.go_on()
        return found

    def write(self, *, durable: bool = False, cause: str = "") -> "_Unit":
        return _Unit(self, durable, cause)

    def go_on(self) -> None:
        """Raise `DirectoryStopped` when the life is over."""
        if self.over:
            raise DirectoryStopped

    def stored(self) -> None:
        """A unit of work was stored."""
        self._left -= 1
        if self._left == 0:
            self.end()

    def _tell(self, changes: Sequence[Change | Many]) -> None:
        self.feed.publish(changes)


class _Unit:
    def __init__(self, life: Life, durable: bool, cause: str) -> None:
        self._life = life
        self._unit = life.store.write(durable=durable, cause=cause)

    async def __aenter__(self) -> Work:
        self._life.go_on()
        work = await self._unit.__aenter__()
        await self._check()
        return work

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            await self._check()
        await self._unit.__aexit__(kind, error, trace)
        if kind is None:
            self._life.stored()
            self._life.go_on()

    async def _check(self) -> None:
        """Store nothing of a unit of work that was open when MOM was killed."""
        if self._life.over:
            await self._unit.__aexit__(DirectoryStopped, None, None)
            self._life.go_on()
