"""A browser without a network: requests go into the site's protocol as bytes and come back so."""

from typing import Any

import msgspec
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.python.failure import Failure
from twisted.web.server import Site


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Wire(StringTransportWithDisconnection):
    def __init__(self, address: str) -> None:
        super().__init__(peerAddress=IPv4Address("TCP", address, 40000))
        self.closed: Deferred[bytes] = Deferred()

    def loseConnection(self) -> None:
        if not self.closed.called:
            self.closed.callback(self.value())
            self.protocol.connectionLost(Failure(ConnectionError("closed")))


class Browser:
    """Keeps the cookie and the CSRF token as a page does."""

    def __init__(self, site: Site, address: str = "192.0.2.7") -> None:
        self.site = site
        self.address = address
        self.cookie = ""
        self.csrf = ""

    def send(self, raw: bytes) -> Wire:
        wire = Wire(self.address)
        protocol = self.site.buildProtocol(wire.getPeer())
        assert protocol is not None
        wire.protocol = protocol
        protocol.makeConnection(wire)
        protocol.dataReceived(raw)
        return wire

    async def request(
        self,
        method: str,
        path: str,
        json: Any = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        body = (
            content if content is not None else b"" if json is None else msgspec.json.encode(json)
        )
        given = {"Host": "mom.example", "Connection": "close", "Content-Length": str(len(body))}
        if self.cookie:
            given["Cookie"] = f"__Host-mom={self.cookie}"
        if self.csrf:
            given["X-CSRF-Token"] = self.csrf
        given.update(headers or {})
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        wire = self.send(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = parse(await wire.closed)
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        name, _, rest = answer.headers.get("set-cookie", "").partition("=")
        if name == "__Host-mom":
            self.cookie = rest.partition(";")[0]


def parse(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunk(body)
    return Answer(int(first.split(" ")[1]), headers, body)


def _unchunk(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        whole += body[:length]
        body = body[length + 2 :]
    return whole
