"""The end of what is in the trash: after 30 days it is forgotten."""

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock, Timer
from mom.store.store import Store

LOOK_SECONDS = 3600.0
"""Time from the end of one look to the next."""


class TrashEnd:
    """Forgets old records, a small unit of work after the other, so that nobody waits for it."""

    _log = Logger()

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._timer: Timer | None = None
        self._look: Deferred[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Look now, and once an hour from then on."""
        self._begin()

    async def stop(self) -> None:
        """Look no more; returns once the unit of work under way is finished."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._look is not None:
            await self._look

    def _begin(self) -> None:
        self._look = Deferred.fromCoroutine(self._forget())
        self._look.addErrback(self._failed).addCallback(self._wait)

    async def _forget(self) -> None:
        went = 1
        while went and not self._stopped:
            async with self._store.write(cause="30 days in the trash") as work:
                went = await work.purge_trash()

    def _failed(self, failure: Failure) -> None:
        self._log.failure("Nothing of the trash was forgotten", failure)

    def _wait(self, _: None) -> None:
        if not self._stopped:
            self._timer = self._clock.callLater(LOOK_SECONDS, self._begin)
