"""One connection to a simulated OMM: passes requests in, writes frames out, with delays and splits.

This module must not know what a request means.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twisted.python.failure import Failure

from mom.axi.clock import Clock, Timer
from mom.axi.element import Element
from mom.axi.frames import END
from mom.axi.protocol import AxiServerProtocol
from mom.sim.session import Session

_WHOLE_BELOW = 2048
_PIECE = 61


class Outlet:
    """Writes bytes in order, some of them later and in pieces."""

    def __init__(self, clock: Clock, write: Callable[[bytes], None], dribble: bool) -> None:
        self._clock = clock
        self._write = write
        self._dribble = dribble
        self._queue: deque[tuple[float, bytes]] = deque()
        self._timer: Timer | None = None

    def put(self, data: bytes, delay: float = 0.0) -> None:
        """Write at once, or `delay` seconds after what came before."""
        if not self._dribble:
            if delay <= 0 and not self._queue:
                self._write(data)
                return
            self._queue.append((delay, data))
        else:
            size = 1 if len(data) < _WHOLE_BELOW else _PIECE
            for start in range(0, len(data), size):
                self._queue.append((0.0 if start else delay, data[start : start + size]))
        self._schedule()

    def close(self) -> None:
        """Write nothing more."""
        self._queue.clear()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _schedule(self) -> None:
        if self._timer is None and self._queue:
            self._timer = self._clock.callLater(self._queue[0][0], self._next)

    def _next(self) -> None:
        self._timer = None
        self._write(self._queue.popleft()[1])
        self._schedule()


class Link:
    """A client's connection with its session; `on_request` and `on_lost` are its owner's."""

    def __init__(
        self,
        clock: Clock,
        session: Session,
        on_request: Callable[[Link, Element], None],
        on_lost: Callable[[Link], None],
        *,
        passive: bool,
        dribble: bool,
    ) -> None:
        self.session = session
        self.is_passive = passive
        self.protocol = AxiServerProtocol(clock, self._request, self._lost)
        self._outlet = Outlet(clock, self.protocol.write, dribble)
        self._on_request = on_request
        self._on_lost = on_lost

    def write(self, frames: list[bytes], delay: float = 0.0) -> None:
        """Send frames in order, `delay` seconds after those before."""
        self._outlet.put(END.join(frames) + END, delay)

    def write_raw(self, data: bytes) -> None:
        """Send bytes that may be no frame at all."""
        self._outlet.put(data)

    def abort(self) -> None:
        """Drop the connection."""
        self.protocol.abort()

    def _request(self, element: Element) -> None:
        self._on_request(self, element)

    def _lost(self, reason: Failure) -> None:
        self._outlet.close()
        self._on_lost(self)
