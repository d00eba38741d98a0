"""Keeping an eye on one open session: is it alive, is it well, what does its clock say.

One timer, armed again only when it fires: traffic on the link moves nothing but
``AxiProtocol.last_heard``. This module must not know what the answers mean.
"""

from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.axi.element import make
from mom.axi.errors import LinkLost, RequestFailed, RequestRefused
from mom.fleet.link import OmmLink
from mom.fleet.options import FleetOptions

Round = Callable[[], Awaitable[None]]


class Watch:
    """Pings a silent link, and runs the rounds of health and clock when they are due."""

    log = Logger()

    def __init__(
        self, clock: Clock, link: OmmLink, options: FleetOptions, health: Round, time: Round
    ) -> None:
        self._clock = clock
        self._link = link
        self._options = options
        self._health = health
        self._time = time
        self._health_at = 0.0
        self._time_at = 0.0
        self._timer: Timer | None = None

    def start(self) -> None:
        """Run the first health round now; the clock was read when the session was opened."""
        now = self._clock.seconds()
        self._health_at = now
        self._time_at = now + self._options.clock_check_seconds
        self._tick()

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def health_in(self, seconds: float) -> None:
        """Run a health round in ``seconds`` at the latest."""
        self._health_at = min(self._health_at, self._clock.seconds() + seconds)
        if self._timer is not None:
            self._arm()

    def _arm(self) -> None:
        self.stop()
        silent_at = self._link.last_heard + self._options.keepalive_seconds
        now = self._clock.seconds()
        if silent_at <= now:
            silent_at = now + self._options.keepalive_seconds
        delay = max(0.0, min(self._health_at, self._time_at, silent_at) - now)
        self._timer = self._clock.callLater(delay, self._tick)

    def _tick(self) -> None:
        now = self._clock.seconds()
        health_due, time_due = now >= self._health_at, now >= self._time_at
        silent = now - self._link.last_heard >= self._options.keepalive_seconds
        if health_due:
            self._health_at = now + self._options.health_seconds
        if time_due:
            self._time_at = now + self._options.clock_check_seconds
        self._arm()
        if silent and not self._link.held:
            self._run(self._ping)
        if health_due:
            self._run(self._health)
        if time_due:
            self._run(self._time)

    async def _ping(self) -> None:
        try:
            await self._link.request(make("Ping"), self._options.keepalive_timeout_seconds)
        except RequestRefused:
            return

    def _run(self, work: Round) -> None:
        async def guarded() -> None:
            try:
                await work()
            except LinkLost:
                return
            except RequestFailed as failure:
                self._link.end(f"the OMM does not answer ({failure})")

        running = Deferred.fromCoroutine(guarded())
        running.addErrback(lambda failure: self.log.failure("watching failed", failure))
