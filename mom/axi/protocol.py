"""The Twisted side of AXI: moves bytes, deadlines and close reasons, and decides nothing.

``AxiProtocol`` is the client of an OMM, ``AxiServerProtocol`` its counterpart in a server; both
share ``AxiConnection``. No byte that a peer sends may raise out of here. This module must not know
logins, keepalives or reconnecting: those belong to who owns the connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, cast

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock
from mom.axi.codec import encode
from mom.axi.deadlines import Deadlines
from mom.axi.element import Element
from mom.axi.errors import (
    FrameTooLong,
    LinkLost,
    Neglected,
    RequestRefused,
    RequestTimeout,
    Unencodable,
)
from mom.axi.frames import DEFAULT_LIMIT, END
from mom.axi.link import Link, Reader, Unreadable, is_answer
from mom.axi.outflow import Outflow

Handler = Callable[[Element], None]
LossHandler = Callable[[Failure], None]


MOST_OPEN = 20_000
"""Requests that wait for an answer of one peer."""
MOST_UNSENT = 64 * 1024 * 1024
"""Bytes that wait to leave for one peer."""


class AxiConnection(Protocol):
    """What both ends share: reading messages in byte order, back-pressure, counters, closing.

    ``is_open`` is true between the making and the loss of the connection, ``last_heard`` is the
    clock's time of the last received bytes; ``bytes_in``, ``bytes_out`` and ``malformed`` (messages
    skipped) only count up.
    """

    log = Logger()

    def __init__(
        self, clock: Clock, reader: Reader, on_message: Handler, on_lost: LossHandler
    ) -> None:
        self._clock = clock
        self._reader = reader
        self._on_message = on_message
        self._on_lost = on_lost
        self._queue: deque[bytes | Unreadable] = deque()
        self._delivering = False
        self._aborted = False
        self._unusable: FrameTooLong | Neglected | None = None
        self._logged_kinds: set[str] = set()
        self._outflow = Outflow()
        self.held = False
        self.is_open = False
        self.last_heard = clock.seconds()
        self.bytes_in = 0
        self.bytes_out = 0
        self.malformed = 0

    def connectionMade(self) -> None:
        """Start to count silence; called by Twisted.

        Small messages must not wait until the peer has acknowledged those before.
        """
        self.is_open = True
        if ITCPTransport.providedBy(self._wire):
            self._wire.setTcpNoDelay(True)
        self._outflow.attach(self._wire)
        self.last_heard = self._clock.seconds()

    def dataReceived(self, data: bytes) -> None:
        """Take bytes and deliver the messages they complete; called by Twisted."""
        if self._aborted:
            return
        self.last_heard = self._clock.seconds()
        self.bytes_in += len(data)
        self._queue.extend(self._reader.cut(data))
        self._deliver()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the owner why the connection ended; called by Twisted.

        The reason is the ``FrameTooLong`` or ``Neglected`` that made us drop it. Messages that a
        hold kept back are dropped.
        """
        self.is_open = False
        self._queue.clear()
        self._on_lost(_failure(self._unusable) if self._unusable else reason)

    def hold(self) -> None:
        """Stop reading; messages already received are kept until ``release``."""
        self.held = True
        if self.is_open:
            self._wire.pauseProducing()

    def release(self) -> None:
        """Deliver what was kept back, in order, and read on unless somebody holds again."""
        self.held = False
        self._deliver()
        if self.is_open and not self.held:
            self._wire.resumeProducing()

    def close(self) -> None:
        """Close the connection after what was written has left."""
        if self.is_open:
            self._outflow.detach()
            self._wire.loseConnection()

    def abort(self) -> None:
        """Drop the connection at once; what is unsent or undelivered is lost."""
        self._aborted = True
        self._queue.clear()
        if self.is_open:
            self._wire.abortConnection()

    def _drop(self, unusable: FrameTooLong | Neglected) -> None:
        self._unusable = unusable
        self.abort()

    def write(self, data: bytes) -> None:
        """Send bytes that already are whole frames; nothing happens on a lost connection."""
        if self.is_open:
            self.bytes_out += len(data)
            self._wire.write(data)
            self._outflow.wrote(len(data))

    @property
    def unsent(self) -> int:
        """About how many bytes wait to leave; 0 up to about 64 KiB."""
        return self._outflow.unsent

    @property
    def _wire(self) -> Any:
        """The transport; its interface classes say nothing to a type checker."""
        return self.transport

    def _deliver(self) -> None:
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._queue and not self.held:
                message = self._reader.decode(self._queue.popleft())
                if isinstance(message, Unreadable):
                    self._skip(message)
                else:
                    self._hand_over(message)
        finally:
            self._delivering = False

    def _hand_over(self, element: Element) -> None:
        """Run the owner's handler: what it raises is logged, and the connection lives on."""
        try:
            self._on_message(element)
        except Exception:  # noqa: BLE001 - whatever bug the handler has, reported with traceback
            self.log.failure("the handler of {name} failed", name=element.name)

    def _skip(self, message: Unreadable) -> None:
        error = message.error
        if isinstance(error, FrameTooLong):
            self._drop(error)
            return
        self.malformed += 1
        if error.kind not in self._logged_kinds:
            self._logged_kinds.add(error.kind)
            self.log.warn("skipped a malformed message, {error}", error=error)


class AxiProtocol(AxiConnection):
    """The client end: requests that become answers, and events in between.

    Events and answers are delivered synchronously, in the order of their bytes.
    """

    def __init__(
        self,
        clock: Clock,
        on_event: Handler,
        on_lost: LossHandler,
        request_timeout: float = 30.0,
        limit: int = DEFAULT_LIMIT,
    ) -> None:
        self._link = Link(limit)
        super().__init__(clock, self._link, self._sort, self._lost)
        self._on_event = on_event
        self._tell_lost = on_lost
        self._request_timeout = request_timeout
        self._waiting: dict[int, _Waiting] = {}
        self._deadlines = Deadlines(clock, self._expire)

    @property
    def strays(self) -> int:
        """Number of answers that belonged to no open request."""
        return self._link.strays

    @property
    def open_requests(self) -> int:
        """Number of requests that wait for an answer."""
        return len(self._waiting)

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        """Send a request; the Deferred fires with its answer.

        It fails with ``RequestRefused`` if the answer has an error code, ``RequestTimeout`` after
        ``timeout`` seconds (the connection's own limit if not given), ``LinkLost`` when the
        connection ends, ``Unencodable`` if the request cannot be written. Cancelling it only stops
        the waiting. While the link is held no request times out: its answer may be waiting here.
        """
        if not self.is_open:
            return fail(LinkLost(element.name))
        if len(self._waiting) >= MOST_OPEN or self.unsent > MOST_UNSENT:
            self._neglected()
            return fail(LinkLost(element.name))
        try:
            seq, data = self._link.request(element)
        except Unencodable as error:
            return fail(error)
        seconds = self._request_timeout if timeout is None else timeout
        answer: Deferred[Element] = Deferred(lambda _: self._cancel(seq))
        self._waiting[seq] = _Waiting(element.name, answer, seconds)
        self._deadlines.put(seq, seconds)
        self.write(data)
        return answer

    def _neglected(self) -> None:
        """A peer that tells much and takes nothing must not fill our memory with what it gets."""
        if self._unusable is None:
            open_, unsent = len(self._waiting), self.unsent
            self._drop(Neglected(f"{open_} requests unanswered, {unsent} bytes unread"))

    def _sort(self, element: Element) -> None:
        if not is_answer(element):
            self._on_event(element)
            return
        seq = self._link.answered(element)
        if seq is None:
            self._unasked()
            return
        waiting = self._take(seq)
        if element.get("errCode"):
            waiting.answer.errback(RequestRefused(waiting.name, element))
        else:
            waiting.answer.callback(element)

    def _unasked(self) -> None:
        """Nobody waits for an answer that came; ``strays`` counts those that are nobody's."""

    def _take(self, seq: int) -> _Waiting:
        self._link.forget(seq)
        self._deadlines.drop(seq)
        return self._waiting.pop(seq)

    def _cancel(self, seq: int) -> None:
        self._take(seq)

    def _expire(self, seq: int) -> None:
        if self.held:
            self._deadlines.put(seq, self._waiting[seq].seconds)
            return
        waiting = self._take(seq)
        waiting.answer.errback(RequestTimeout(waiting.name, waiting.seconds))

    def _lost(self, reason: Failure) -> None:
        for seq in list(self._waiting):
            if seq in self._waiting:
                waiting = self._take(seq)
                waiting.answer.errback(LinkLost(waiting.name, reason.getErrorMessage()))
        self._deadlines.stop()
        self._tell_lost(reason)


class _Waiting:
    """A request under way: its name, the Deferred of its answer, and how long that may take."""

    __slots__ = ("answer", "name", "seconds")

    def __init__(self, name: str, answer: Deferred[Element], seconds: float) -> None:
        self.name = name
        self.answer = answer
        self.seconds = seconds


class AxiServerProtocol(AxiConnection):
    """The server end: hands each request to a handler, which answers with ``send``."""

    def __init__(
        self,
        clock: Clock,
        on_request: Handler,
        on_lost: LossHandler,
        limit: int = DEFAULT_LIMIT,
    ) -> None:
        super().__init__(clock, Reader(limit), on_request, on_lost)

    def send(self, element: Element) -> None:
        """Send an answer or an event; raises ``Unencodable``."""
        self.write(encode(element) + END)


def _failure(error: Exception) -> Failure:
    return cast("Callable[[Exception], Failure]", Failure)(error)
