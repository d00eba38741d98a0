"""One link to an OMM: an ``AxiProtocol`` with a limit on what an OMM may get wrong.

An OMM that sends garbage, or answers nobody asked for, is dropped with a reason before it costs
others their time. How a lost connection is put into words stands here too. This module must not
know logins or states.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from mom.axi.clock import Clock, Timer
from mom.axi.element import Element
from mom.axi.errors import FrameTooLong, Neglected
from mom.axi.link import Unreadable
from mom.axi.protocol import AxiProtocol
from mom.fleet.tracing import AxiTrace

MAX_UNREADABLE = 100
"""Messages that cannot be read, or answer nothing, which one link survives."""

_NOTHING_NEW = tuple(str(error).rstrip(".") for error in (ConnectionLost(), ConnectionDone()))
"""What Twisted says of connections that are lost and nothing else is known."""


class OmmLink(AxiProtocol):
    """A link that hangs up on an OMM which does not speak AXI; ``on_end`` is told why in words.

    All that is said goes past ``trace``.
    """

    def __init__(
        self,
        clock: Clock,
        on_event: Callable[[Element], None],
        on_end: Callable[[str], None],
        request_timeout: float,
        trace: AxiTrace | None = None,
    ) -> None:
        super().__init__(clock, on_event, self._tell, request_timeout)
        self._trace = trace
        self._on_end = on_end
        self._reason = ""
        self._grace: Timer | None = None
        self._gone: list[Deferred[None]] = []

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        """Send a request; see ``AxiProtocol.request``."""
        if self._trace is not None:
            self._trace.sent(element)
        return super().request(element, timeout)

    def _skip(self, message: Unreadable) -> None:
        super()._skip(message)
        self._check_sense()

    def _sort(self, element: Element) -> None:
        if self._trace is not None:
            self._trace.heard(element)
        super()._sort(element)

    def _unasked(self) -> None:
        super()._unasked()
        self._check_sense()

    def _check_sense(self) -> None:
        """Hang up at once: what is still to be decoded would cost more time."""
        if self.malformed + self.strays > MAX_UNREADABLE:
            self.end("too many unreadable messages")

    def end(self, reason: str) -> None:
        """Drop the link for a reason of ours."""
        self._reason = self._reason or reason
        self.abort()

    def shut(self, grace: float) -> Deferred[None]:
        """Close the link, by force after ``grace`` seconds; the Deferred fires when it is gone."""
        if not self.is_open:
            return succeed(None)
        if self._grace is None:
            self.close()
            self._grace = self._clock.callLater(grace, self.abort)
        gone: Deferred[None] = Deferred()
        self._gone.append(gone)
        return gone

    def _tell(self, reason: Failure) -> None:
        if self._grace is not None and self._grace.active():
            self._grace.cancel()
        self._on_end(self._reason or _in_words(reason))
        for gone in self._gone:
            gone.callback(None)


def _in_words(reason: Failure) -> str:
    if isinstance(reason.value, FrameTooLong):
        return f"the OMM sent {reason.value}"
    if isinstance(reason.value, Neglected):
        return f"the OMM left too much undone: {reason.value}"
    if isinstance(reason.value, ConnectionDone):
        return "the OMM closed the connection"
    return lost_in_words(reason.getErrorMessage())


def lost_in_words(reason: str) -> str:
    """Say that the connection is lost, with the reason if that says more."""
    if not reason or reason.startswith(_NOTHING_NEW):
        return "connection lost"
    return f"connection lost ({reason.rstrip('.')})"
