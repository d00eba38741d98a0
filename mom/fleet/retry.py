"""When to try an OMM again: pure arithmetic over what ended the last try.

Tries go on for ever, one per interval, with a random spread so that hundreds of OMMs that were lost
together do not come back together. This module must not know timers.
"""

from collections.abc import Callable

from mom.fleet.errors import Hindrance, MustAccept, Restarting

SPREAD_SHARE = 0.1
MAX_SPREAD = 5.0
RESTART_STEP = 5.0
RESTART_WINDOW = 120.0


class RetryPlan:
    """The delays of one OMM. ``random`` gives numbers from 0 to 1, ``interval`` is in seconds."""

    def __init__(self, interval: float, random: Callable[[], float]) -> None:
        self._interval = interval
        self._random = random
        self._restarting_until = float("-inf")
        self._last_prompt = float("-inf")

    def quiet(self, now: float) -> bool:
        """Tell whether the OMM is away because MOM made it restart: nothing to be logged."""
        return now < self._restarting_until

    def connected(self) -> None:
        """The OMM is connected: a restart is over."""
        self._restarting_until = float("-inf")

    def delay(self, cause: Hindrance, now: float, was_connected: bool) -> float | None:
        """Seconds until the next try; ``None`` if the administrator must act first.

        After the loss of a standing session the first try is at once, but only once in an
        interval, so that an OMM which always hangs up is not tried without end.
        """
        if isinstance(cause, MustAccept):
            return None
        if isinstance(cause, Restarting):
            self._restarting_until = now + RESTART_WINDOW
        if self.quiet(now):
            return RESTART_STEP
        spread = min(self._interval * SPREAD_SHARE, MAX_SPREAD) * self._random()
        if was_connected and now - self._last_prompt >= self._interval:
            self._last_prompt = now
            return spread
        return self._interval + spread
