"""One after the other for each phone, at the same time for different ones."""

from collections import Counter
from collections.abc import Awaitable, Callable

from twisted.internet.defer import DeferredLock, ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.directory.errors import DirectoryStopped
from mom.model.identities import OmmId
from mom.store.errors import StoreClosed


class Turns:
    """Locks by key; a key that nobody uses takes no memory."""

    _log = Logger()

    def __init__(self) -> None:
        self._locks: dict[str, tuple[DeferredLock, int]] = {}
        self._visitors: Counter[OmmId] = Counter()

    def visitors(self, omm: OmmId) -> int:
        """How many visitors of an OMM have their turn or wait for it."""
        return self._visitors[omm]

    def visit(self, omm: OmmId, key: str, act: Callable[[], Awaitable[None]]) -> None:
        """The same as `begin` for a visitor of an OMM, counted until it is done."""
        self._visitors[omm] += 1

        async def counted() -> None:
            try:
                await act()
            finally:
                self._visitors[omm] -= 1
                if not self._visitors[omm]:
                    del self._visitors[omm]

        self.begin(key, counted)

    def busy(self, key: str) -> bool:
        """Whether somebody has the turn of that key or waits for it."""
        return key in self._locks

    def begin(self, key: str, act: Callable[[], Awaitable[None]]) -> None:
        """Run `act` in its turn; what goes wrong is logged, unless MOM is stopping."""
        done = ensureDeferred(self.run(key, act))
        done.addErrback(self._failed, key)

    def _failed(self, why: Failure, key: str) -> None:
        if not isinstance(why.value, DirectoryStopped | StoreClosed):
            self._log.failure("the steps about phone {key} failed", why, key=key)

    async def run(self, key: str, act: Callable[[], Awaitable[None]]) -> None:
        """Act when all who came before with the same key are done."""
        lock, users = self._locks.get(key, (DeferredLock(), 0))
        self._locks[key] = lock, users + 1
        await lock.acquire()
        try:
            await act()
        finally:
            lock.release()
            lock, users = self._locks[key]
            if users > 1:
                self._locks[key] = lock, users - 1
            else:
                del self._locks[key]
