"""The readings of all OMMs: a few at once, and calm when there is none.

More of them only help while MOM waits for OMMs, not while OMMs wait for it. It knows neither OMMs
nor what is read.
"""

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, succeed

from mom.axi.clock import Clock, Timer

ALWAYS = 2
"""OMMs that are read at once whatever else there is to do."""
MOST = 32
"""OMMs that are read at once while MOM has nothing else to do than to wait for them."""
LOOK_SECONDS = 0.02
"""Seconds between two looks whether one more may begin."""
T = TypeVar("T")


class Readings:
    """Lets readings begin, and tells when they are over."""

    def __init__(
        self,
        clock: Clock,
        is_idle: Callable[[], bool],
        now: Callable[[], int],
        resume: Callable[[], None],
    ) -> None:
        """`is_idle` tells whether nothing that was read is being stored. `now` gives seconds since
        1970; `resume` has those look again who wait for calm: when it is there, and once a second
        before, as some lose patience.
        """
        self._clock = clock
        self._is_idle = is_idle
        self._now = now
        self._resume = resume
        self._waiting: deque[Deferred[None]] = deque()
        self._under_way = 0
        self._most = ALWAYS
        """OMMs that may be read at once now; more after each look at which MOM only waits."""
        self._readings = 0
        self._resumed = 0
        self._timer: Timer | None = None
        self._filling = False

    @property
    def calm(self) -> bool:
        """No OMM is being read or waits for it."""
        return not self._readings

    async def run(self, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Read an OMM when it is its turn."""
        self._readings += 1
        await self._turn()
        try:
            return await read()
        finally:
            self._under_way -= 1
            self._readings -= 1
            self._fill()
            if self.calm or self._now() > self._resumed:
                self._resumed = self._now()
                self._resume()

    def stop(self) -> None:
        """Look no more; those who wait have their turn when another one is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> "Deferred[None]":
        """Fires when one more may begin."""
        if self._under_way < ALWAYS:
            self._under_way += 1
            return succeed(None)
        turn: Deferred[None] = Deferred()
        self._waiting.append(turn)
        self._look_later()
        return turn

    def _fill(self) -> None:
        """Let as many begin as may now, one after the other though each be over at once."""
        if self._filling:
            return
        self._filling = True
        while self._waiting and self._under_way < (self._most if self._is_idle() else ALWAYS):
            self._under_way += 1
            self._waiting.popleft().callback(None)
        self._filling = False

    def _look_later(self) -> None:
        if self._waiting and self._timer is None:
            self._timer = self._clock.callLater(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        self._most = min(self._most + 1, MOST) if self._is_idle() else ALWAYS
        self._fill()
        self._look_later()
