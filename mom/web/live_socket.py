"""The websocket of live updates: carries messages between one browser and the hub.

Whoever comes here has passed the gate: session and origin, or a token, were checked with the
request. Signs of
life are asked for by the hub, which has a clock of its own, and not by Autobahn's timers.
"""

from typing import Any

from autobahn.twisted.resource import WebSocketResource
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet.interfaces import IAddress

from mom.web.live import SIGNED_OUT, LiveHub
from mom.web.window import Client

MAX_MESSAGE = 16 * 1024
"""Bytes of a message that a browser may send."""
TEXT = 1
"""The opcode of a frame with text."""
NORMAL = 1000
UNAUTHORIZED = 3000
"""The registered close code for a session that has ended."""


class LiveProtocol(WebSocketServerProtocol):
    """One browser's websocket; tells the hub when it cannot take more."""

    def __init__(self, hub: LiveHub, session: str) -> None:
        super().__init__()
        self._hub = hub
        self._session = session
        self._client: Client | None = None

    def onOpen(self) -> None:
        """The handshake is done."""
        self._transport().unregisterProducer()
        self._transport().registerProducer(self, True)
        self._client = self._hub.join(self, self._session)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """The browser has sent a message."""
        if self._client is not None:
            self._hub.take(self._client, payload)

    def onPong(self, payload: bytes) -> None:
        """The browser lives."""
        if self._client is not None:
            self._client.silent = False

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        """The websocket is over."""
        if self._client is not None:
            self._hub.leave(self._client)
            self._client = None

    def send(self, message: bytes) -> None:
        """Send one message as one frame, if the connection still stands.

        Autobahn's `sendMessage` would hold it to the limit of messages that come in.
        """
        if self.state == self.STATE_OPEN:
            self.sendFrame(opcode=TEXT, payload=message)

    def close(self, reason: str) -> None:
        """Say why, and end the connection without waiting for the browser."""
        self._client = None
        self.sendClose(UNAUTHORIZED if reason == SIGNED_OUT else NORMAL, reason)
        self._transport().unregisterProducer()
        self._transport().loseConnection()

    def ping(self) -> None:
        """Ask for a sign of life."""
        self.sendPing()

    def pauseProducing(self) -> None:
        """The connection's buffer is full."""
        if self._client is not None:
            self._client.paused = True

    def resumeProducing(self) -> None:
        """The connection's buffer is empty again."""
        if self._client is not None:
            self._hub.resume(self._client)

    def stopProducing(self) -> None:
        """The connection is lost; `onClose` follows."""

    def _transport(self) -> Any:
        return self.transport


class _FactoryFor:
    """Builds the protocol of one connection, for the session that it was asked with."""

    def __init__(self, factory: "LiveFactory", session: str) -> None:
        self._factory = factory
        self._session = session

    def buildProtocol(self, addr: IAddress) -> LiveProtocol:
        """The protocol; called by Autobahn."""
        return self._factory.protocol_for(self._session)


class LiveFactory(WebSocketServerFactory):
    """Makes the websockets of browsers."""

    noisy = False

    def __init__(self, hub: LiveHub, reactor: Any) -> None:
        super().__init__(reactor=reactor, server="MOM")  # type: ignore[no-untyped-call]
        self._hub = hub
        self.setProtocolOptions(  # type: ignore[no-untyped-call]
            webStatus=False,
            maxFramePayloadSize=MAX_MESSAGE,
            maxMessagePayloadSize=MAX_MESSAGE,
            openHandshakeTimeout=0,
            closeHandshakeTimeout=0,
            perMessageCompressionAccept=lambda _offers: None,
        )

    def protocol_for(self, session: str) -> LiveProtocol:
        """The protocol of one connection."""
        protocol = LiveProtocol(self._hub, session)
        protocol.factory = self
        return protocol

    def resource_for(self, session: str) -> WebSocketResource:
        """The resource (`IResource`) that turns one request into a websocket."""
        return WebSocketResource(_FactoryFor(self, session))  # type: ignore[no-untyped-call]
