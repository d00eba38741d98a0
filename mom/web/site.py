"""The HTTP server around the application: limits, and the headers that every answer bears.

Knows nothing of routes.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import msgspec
from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import connectionDone
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.http_headers import Headers
from twisted.web.resource import IResource
from twisted.web.server import Request, Site

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""What every answer tells the browser: only our own files, no frames, HTTPS only."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What strangers may cost. Times are in seconds, sizes in bytes."""

    connections: int = 500
    per_address: int = 100
    idle_seconds: float = 60.0
    request_seconds: float = 60.0
    """Time for the head of a request to arrive in full, and once more for its body."""
    body: int = 16 * 1024 * 1024
    """Of any request; each route says what it takes. More than a little is kept in a file."""


class Channel(http.HTTPChannel):
    """One connection. What comes after an unreadable request is not looked at any more.

    Twisted's own time limit begins anew with every byte, so that the head of a request could come
    without end; here it has a deadline.
    """

    _unreadable = False
    _deadline: Any = None
    transport: Any
    site: Any

    def dataReceived(self, data: bytes) -> None:
        """More has come; the first bytes of a head begin its time."""
        if self.line_mode and self._deadline is None:
            seconds = self.site.limits.request_seconds
            self._deadline = self.callLater(  # type: ignore[no-untyped-call]
                seconds, self._too_slow
            )
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:
        """The head is there."""
        self._no_deadline()
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The client has gone."""
        self._no_deadline()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _too_slow(self) -> None:
        self._deadline = None
        self._unreadable = True
        self.transport.write(_refusal(b"408 Request Timeout"))
        self.loseConnection()  # type: ignore[no-untyped-call]

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def lineReceived(self, line: bytes) -> None:
        """A line of a request."""
        if not self._unreadable:
            super().lineReceived(line)  # type: ignore[no-untyped-call]

    def _respondToBadRequestAndDisconnect(self) -> None:
        """Twisted's answer to what it cannot read; without this it would go on reading."""
        self._unreadable = True
        super()._respondToBadRequestAndDisconnect()  # type: ignore[no-untyped-call]


class LimitedRequest(Request):
    """A request that is refused while it arrives if it is too long, too slow or unreadable."""

    _parsePOSTFormSubmission = False  # Twisted's switch: bodies are never parsed as forms.
    _received = 0
    _refused = False
    _deadline: Any = None

    def gotLength(self, length: int | None) -> None:
        """The headers are there; the body follows."""
        super().gotLength(length)  # type: ignore[no-untyped-call]
        limits = self._limits()
        self._deadline = self._connection.callLater(limits.request_seconds, self._too_slow)
        if length is not None and length > limits.body:
            self._refuse(b"413 Content Too Large")

    def handleContentChunk(self, data: bytes) -> None:
        """More of the body has come."""
        if self._refused:
            return
        self._received += len(data)
        if self._received > self._limits().body:
            self._refuse(b"413 Content Too Large")
        else:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]

    def process(self) -> None:
        """The request has arrived in full."""
        self._no_deadline()
        if not (_is_readable(self.path) and _are_readable(self.requestHeaders)):
            self._refuse(b"400 Bad Request")
        if not self._refused:
            super().process()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure) -> None:
        """The client has gone."""
        self._no_deadline()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    @property
    def _connection(self) -> Any:
        """The channel, which Twisted leaves without types."""
        return self.channel

    def _limits(self) -> Limits:
        return cast(LimitedSite, self._connection.site).limits

    def _too_slow(self) -> None:
        self._deadline = None
        self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        self._no_deadline()
        if self._refused:
            return
        self._refused = True
        self._connection.transport.write(_refusal(status))
        self._connection.loseConnection()

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _refusal(status: bytes) -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _is_readable(path: bytes) -> bool:
    try:
        unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _are_readable(headers: Headers) -> bool:
    """Whether all values are UTF-8; what Twisted gives out as text would fail otherwise."""
    try:
        for _, values in headers.getAllRawHeaders():
            b"\n".join(values).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class LimitedSite(Site):
    """Serves a resource within limits."""

    displayTracebacks = False
    noisy = False
    protocol: Any = Channel

    def __init__(self, resource: Any, reactor: Any, limits: Limits) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            resource, requestFactory=LimitedRequest, timeout=limits.idle_seconds, reactor=reactor
        )
        self.limits = limits

    def getResourceFor(self, request: Request) -> IResource:
        """The resource for a request; its answer gets the headers that all answers have."""
        request.responseHeaders.removeHeader(b"server")
        for name, value in SECURITY_HEADERS.items():
            request.responseHeaders.setRawHeaders(name, [value])
        return cast(IResource, super().getResourceFor(request))  # type: ignore[no-untyped-call]

    def log(self, request: http.Request) -> None:
        """Write no access log; what changes something is in the event log."""


class _Counted(ProtocolWrapper):
    """A connection that is counted until it is lost."""

    def __init__(self, factory: "ConnectionLimit", wrapped: IProtocol, host: str) -> None:
        super().__init__(factory, wrapped)  # type: ignore[arg-type]
        self._limit = factory
        self._host = host

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The connection is over."""
        self._limit.gone(self._host)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]


class ConnectionLimit(WrappingFactory[ProtocolWrapper]):
    """Closes connections beyond so many in all, or from one address, before anything is read."""

    noisy = False

    def __init__(self, wrapped: Any, limits: Limits) -> None:
        super().__init__(wrapped)  # type: ignore[no-untyped-call]
        self._limits = limits
        self._open: Counter[str] = Counter()

    def buildProtocol(  # type: ignore[override]
        self, addr: IAddress | None
    ) -> ProtocolWrapper | None:
        """The protocol of a new connection; `None`, which closes it, if there are too many."""
        host = str(getattr(addr, "host", "local"))
        if self._open.total() >= self._limits.connections:
            return None
        if self._open[host] >= self._limits.per_address:
            return None
        wrapped = self.wrappedFactory.buildProtocol(addr)
        if wrapped is None:
            return None
        self._open[host] += 1
        return _Counted(self, wrapped, host)

    def close(self) -> None:
        """Close all connections."""
        for protocol in tuple(self.protocols):
            protocol.loseConnection()

    def gone(self, host: str) -> None:
        """A connection from that address has ended."""
        self._open[host] -= 1
        if self._open[host] <= 0:
            del self._open[host]
