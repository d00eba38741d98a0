"""When requests have waited long enough, with one timer for all of a link.

A timer for each request would cost more than writing it, and the reactor keeps those that were
cancelled among all others. This module must not know requests: they are numbers here.
"""

from __future__ import annotations

from collections.abc import Callable

from mom.axi.clock import Clock, Timer


class Deadlines:
    """Tells each number when its time is up, the earliest first.

    The timer runs on when nothing is waited for any more, as the next number mostly comes before it
    rings; it rings once in vain at most. ``stop`` ends it.
    """

    def __init__(self, clock: Clock, passed: Callable[[int], None]) -> None:
        """``passed`` hears each number once, when it is no longer waited for."""
        self._clock = clock
        self._passed = passed
        self._due: dict[int, float] = {}
        self._timer: Timer | None = None
        self._rings_at = 0.0

    def put(self, number: int, seconds: float) -> None:
        """Wait for ``seconds`` from now on."""
        due = self._clock.seconds() + seconds
        self._due[number] = due
        if self._timer is None or due < self._rings_at:
            self._set(due, seconds)

    def drop(self, number: int) -> None:
        """Wait no more, if it is waited for."""
        self._due.pop(number, None)

    def stop(self) -> None:
        """Wait for nothing more."""
        self._due.clear()
        self._unset()

    def _set(self, due: float, seconds: float) -> None:
        self._unset()
        self._rings_at = due
        self._timer = self._clock.callLater(seconds, self._ring)

    def _unset(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _ring(self) -> None:
        self._timer = None
        now = max(self._clock.seconds(), self._rings_at)
        for _, number in sorted((due, number) for number, due in self._due.items() if due <= now):
            if self._due.pop(number, None) is not None:
                self._passed(number)
        self._go_on()

    def _go_on(self) -> None:
        """Ring for the earliest of all, if not earlier: who was told may have put others."""
        due = min(self._due.values(), default=None)
        if due is not None and (self._timer is None or due < self._rings_at):
            self._set(due, max(0.0, due - self._clock.seconds()))
