"""Waiting for phones: one watch for each phone, one deadline for each message.

This module must not know what happens when the waiting is over.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock, Timer
from mom.messaging.party import Hold, MessageKey

WAIT_SECONDS = 5.0
"""How long a message waits for a phone."""


class Waits:
    """Tells when a phone moves no more (`on_settled`), and when a message is late (`on_late`)."""

    log = Logger()

    def __init__(
        self,
        clock: Clock,
        settled: Callable[[int], Deferred[None]],
        on_settled: Callable[[int], None],
        on_late: Callable[[MessageKey, int], None],
    ) -> None:
        self._clock = clock
        self._settled = settled
        self._on_settled = on_settled
        self._on_late = on_late
        self._watches: dict[int, Deferred[None]] = {}
        self._timers: dict[MessageKey, Timer] = {}

    def hold(self, hold: Hold) -> None:
        """Begin to wait; a message that waits already keeps its deadline."""
        if hold.key not in self._timers:
            self._timers[hold.key] = self._clock.callLater(WAIT_SECONDS, self._late, hold)
        if hold.moving and hold.device not in self._watches:
            watch = self._watches[hold.device] = self._settled(hold.device)
            watch.addCallbacks(lambda _: self._over(hold.device), self._cancelled)
            watch.addErrback(lambda failure: self.log.failure("waiting for a phone", failure))

    def leave(self, device: int) -> None:
        """Nothing waits for that phone any more."""
        watch = self._watches.pop(device, None)
        if watch is not None:
            watch.cancel()

    def stop(self) -> None:
        """Wait for nothing any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for device in list(self._watches):
            self.leave(device)

    def _over(self, device: int) -> None:
        if self._watches.pop(device, None) is not None:
            self._on_settled(device)

    def _late(self, hold: Hold) -> None:
        del self._timers[hold.key]
        self._on_late(hold.key, hold.device)

    @staticmethod
    def _cancelled(failure: Failure) -> None:
        """The watch was given up by `leave`."""
        failure.trap(CancelledError)  # type: ignore[no-untyped-call]
