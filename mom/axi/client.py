"""A small client for scripts: connect, log in, ask, close.

It keeps the connection alive with pings and reads lists page by page; it does not reconnect. This
module must not know what MOM does with an OMM.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.ssl import CertificateOptions
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import RequestFailed, RequestRefused
from mom.axi.paging import next_start, page_request
from mom.axi.protocol import AxiProtocol
from mom.axi.session import OpenResponse, open_request

PLAIN_PORT = 12621
TLS_PORT = 12622

KEEPALIVE = 60.0
"""Seconds between pings; an OMM closes a link after about five silent minutes."""

KEPT_EVENTS = 1000
"""Most events that are kept for a script to look at; older ones are dropped."""


class AxiClient:
    """An open session; ``opened`` is what the server told at login, ``events`` what came since."""

    def __init__(self, reactor: Any, protocol: AxiProtocol, events: deque[Element]) -> None:
        self._protocol = protocol
        self._keepalive = LoopingCall(self._ping)
        self._keepalive.clock = reactor
        self.opened = OpenResponse()
        self.events = events

    async def login(self, username: str, password: str) -> OpenResponse:
        """Log in and keep the session alive; raises ``RequestFailed``."""
        self.opened = OpenResponse.from_element(
            await self.request(open_request(username, password))
        )
        self._keepalive.start(KEEPALIVE, now=False)
        return self.opened

    def request(self, element: Element) -> Deferred[Element]:
        """Send a request; the Deferred fails with ``RequestFailed``."""
        return self._protocol.request(element)

    async def pages(self, request: str) -> AsyncIterator[Sequence[Element]]:
        """Read a whole list, such as ``GetPPUser``; yields the records of one page at a time."""
        start: int | None = 0
        while start is not None:
            try:
                page = await self.request(page_request(request, start))
            except RequestRefused as refused:
                if refused.code == "ENoEnt":
                    return
                raise
            start = next_start(request, page, start)
            if page.children:
                yield page.children

    def close(self) -> None:
        """End the session; AXI has no logout."""
        if self._keepalive.running:
            self._keepalive.stop()
        self._protocol.close()

    def _ping(self) -> None:
        self.request(make("Ping")).addErrback(_without_answer)


async def connect(
    reactor: Any, host: str, port: int, user: str, password: str, tls: bool = True
) -> AxiClient:
    """Connect to an AXI server and log in.

    The server's certificate is not checked, because OMMs make their own. Raises the connection's
    error or ``RequestFailed``; the connection is closed again if the login fails.
    """
    twisted: Any = endpoints
    endpoint = (
        twisted.SSL4ClientEndpoint(reactor, host, port, CertificateOptions())
        if tls
        else twisted.TCP4ClientEndpoint(reactor, host, port)
    )
    events: deque[Element] = deque(maxlen=KEPT_EVENTS)
    protocol = AxiProtocol(reactor, events.append, _ignore)
    await twisted.connectProtocol(endpoint, protocol)
    client = AxiClient(reactor, protocol, events)
    try:
        await client.login(user, password)
    except RequestFailed:
        client.close()
        raise
    return client


def _ignore(reason: Failure) -> None:
    """The loss of the connection shows in the requests that fail."""


def _without_answer(reason: Failure) -> Failure | None:
    return None if isinstance(reason.value, RequestFailed) else reason
