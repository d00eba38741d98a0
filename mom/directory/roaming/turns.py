"""One after the other for each phone, at the same time for different ones."""

from collections.abc import Awaitable, Callable

from twisted.internet.defer import DeferredLock, ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.directory.errors import DirectoryStopped
from mom.store.errors import StoreClosed


class Turns:
    """Locks by key; a key that nobody uses takes no memory."""

    _log = Logger()

    def __init__(self) -> None:
        self._locks: dict[str, tuple[DeferredLock, int]] = {}

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
