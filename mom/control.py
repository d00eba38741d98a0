"""The control socket: commands reach the running service as one JSON line each, and get one back.

A request is `{"command": NAME, "arguments": {...}}`, an answer `{"result": ...}` or
`{"error": TEXT, "fields": {NAME: TEXT}}`. Whoever may open the socket (mode 0600) may do
everything. Knows no command; those are handed in.
"""

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.endpoints import UNIXServerEndpoint
from twisted.internet.interfaces import IAddress, IReactorUNIX
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

MAX_LINE = 4 * 1024 * 1024
"""Bytes of a request or an answer."""
ANSWER_SECONDS = 60.0


class Order(msgspec.Struct, frozen=True):
    """What somebody wants done."""

    command: str
    arguments: dict[str, Any] = {}


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of it: a result, or an error with the fields that are wrong."""

    result: Any = None
    error: str = ""
    fields: dict[str, str] = {}


class ControlError(Exception):
    """The service cannot be reached or does not answer; the text says why."""


Execute = Callable[[Order], Awaitable[Outcome]]


class ControlProtocol(LineOnlyReceiver):
    """One connection: one order, its answer, and the end."""

    delimiter = b"\n"
    MAX_LENGTH = MAX_LINE
    transport: Any

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._work: Deferred[None] | None = None

    def lineReceived(self, line: bytes) -> None:
        """Carry out the order; whatever follows it is not read."""
        if self._work is None:
            self._work = ensureDeferred(self._carry_out(line))

    def connectionLost(self, reason: Failure | None = None) -> None:
        """The other side is gone; what it ordered is carried out all the same."""

    async def _carry_out(self, line: bytes) -> None:
        try:
            order = msgspec.json.decode(line, type=Order)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            outcome = Outcome(error=f"this is no order: {error}")
        else:
            outcome = await self._execute(order)
        self.transport.write(msgspec.json.encode(outcome) + b"\n")
        self.transport.loseConnection()


class ControlFactory(Factory):
    """Makes a protocol for each connection."""

    noisy = False

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """The protocol of a new connection."""
        return ControlProtocol(self._execute)


class ControlServer:
    """Listens on the socket while it is started. A socket left by a crash is replaced."""

    def __init__(self, reactor: IReactorUNIX, path: Path, execute: Execute) -> None:
        self._reactor = reactor
        self._path = path
        self._execute = execute
        self._port: Any = None

    async def start(self) -> None:
        """Listen. Whoever calls this holds the lock, so nobody else can be using the socket."""
        self._path.unlink(missing_ok=True)
        endpoint: Any = UNIXServerEndpoint(  # type: ignore[no-untyped-call]
            self._reactor, str(self._path), mode=0o600
        )
        self._port = await endpoint.listen(ControlFactory(self._execute))

    async def stop(self) -> None:
        """Stop listening, and take the socket away."""
        port, self._port = self._port, None
        if port is not None:
            await port.stopListening()
            self._path.unlink(missing_ok=True)


def send_order(path: Path, order: Order, seconds: float = ANSWER_SECONDS) -> Outcome:
    """Send an order to the running service and wait for its answer. Raises `ControlError`."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(seconds)
            link.connect(str(path))
            link.sendall(msgspec.json.encode(order) + b"\n")
            with link.makefile("rb") as answer:
                line = answer.readline(MAX_LINE)
    except TimeoutError as error:
        raise ControlError(f"the service did not answer within {seconds:.0f} s") from error
    except OSError as error:
        raise ControlError(f"the service cannot be reached at {path}: {error}") from error
    try:
        return msgspec.json.decode(line, type=Outcome)
    except msgspec.DecodeError as error:
        raise ControlError("the service ended before it answered") from error
