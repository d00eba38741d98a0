from collections.abc import Coroutine

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone, ConnectionRefusedError
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure

from mom.axi.client import KEEPALIVE, PLAIN_PORT, TLS_PORT, AxiClient, connect
from mom.axi.codec import decode, encode
from mom.axi.element import Element, make
from mom.axi.errors import BadValue, RequestRefused


class Server:
    """The far end of a client in memory: sees its requests and answers them."""

    def __init__(self) -> None:
        self.reactor = MemoryReactorClock()
        self.transport = StringTransport()

    def start(self, tls: bool = False) -> "Deferred[AxiClient]":
        port = TLS_PORT if tls else PLAIN_PORT
        connecting = connect(self.reactor, "192.0.2.1", port, "omm", "pw", tls)
        return Deferred.fromCoroutine(connecting)

    def accept(self) -> None:
        factory = self.reactor.tcpClients[0][2]
        self.protocol = factory.buildProtocol(None)
        self.protocol.makeConnection(self.transport)

    def requests(self) -> list[Element]:
        frames = self.transport.value().split(b"\0")[:-1]
        self.transport.clear()
        return [decode(frame) for frame in frames]

    def answer(self, *messages: Element) -> None:
        self.protocol.dataReceived(b"".join(encode(message) + b"\0" for message in messages))

    def logged_in(self) -> AxiClient:
        connecting = self.start()
        self.accept()
        self.requests()
        self.answer(make("OpenResp", {"seq": 1, "ommVersion": "SIP-DECT 7.1"}))
        return result_of(connecting)


def result_of(deferred: Deferred):
    results: list[object] = []
    deferred.addBoth(results.append)
    (result,) = results
    if isinstance(result, Failure):
        result.raiseException()
    return result


@pytest.fixture
def server() -> Server:
    return Server()


def test_a_client_connects_and_logs_in(server: Server):
    connecting = server.start()
    server.accept()

    (login,) = server.requests()
    assert (login.name, login.get("username"), login.get("password")) == ("Open", "omm", "pw")
    server.answer(make("OpenResp", {"seq": 1, "ommVersion": "SIP-DECT 7.1"}))

    assert result_of(connecting).opened.release == (7, 1)


def test_a_client_uses_tls_unless_told_otherwise(server: Server):
    server.start(tls=True).addErrback(lambda failure: None)

    (host, port, *_), *others = server.reactor.sslClients

    assert (host, port, others) == ("192.0.2.1", TLS_PORT, [])
    assert server.reactor.tcpClients == []


def test_a_refused_login_closes_the_connection(server: Server):
    connecting = server.start()
    server.accept()

    server.answer(make("OpenResp", {"seq": 1, "errCode": "EAuth"}))

    with pytest.raises(RequestRefused, match="EAuth"):
        result_of(connecting)
    assert server.transport.disconnecting


def test_a_refused_connection_is_told(server: Server):
    connecting = server.start()
    factory = server.reactor.tcpClients[0][2]

    factory.clientConnectionFailed(None, Failure(ConnectionRefusedError()))

    with pytest.raises(ConnectionRefusedError):
        result_of(connecting)


def test_a_session_is_kept_alive_until_it_is_closed(server: Server):
    client = server.logged_in()

    server.reactor.advance(KEEPALIVE)
    (ping,) = server.requests()
    assert ping.name == "Ping"
    server.answer(make("PingResp", {"seq": 2}))

    client.close()
    assert server.transport.disconnecting
    server.protocol.connectionLost(Failure(ConnectionDone()))
    assert server.reactor.getDelayedCalls() == []


def test_a_ping_that_fails_ends_nothing_else(server: Server):
    client = server.logged_in()
    server.reactor.advance(KEEPALIVE)

    server.protocol.connectionLost(Failure(ConnectionDone()))
    server.reactor.advance(KEEPALIVE)
    client.close()

    assert server.reactor.getDelayedCalls() == []


def test_events_are_kept_for_the_script(server: Server):
    client = server.logged_in()

    server.answer(make("EventA"), make("EventB"))

    assert [event.name for event in client.events] == ["EventA", "EventB"]


async def all_pages(client: AxiClient, request: str) -> list[tuple[Element, ...]]:
    return [page async for page in client.pages(request)]


def reading(client: AxiClient) -> "Deferred[list[tuple[Element, ...]]]":
    pages: Coroutine = all_pages(client, "GetPPUser")
    return Deferred.fromCoroutine(pages)


def users(*numbers: int) -> tuple[Element, ...]:
    return tuple(make("user", {"uid": number}) for number in numbers)


def test_a_list_is_read_page_by_page_until_there_are_no_more(server: Server):
    pages = reading(server.logged_in())

    (first,) = server.requests()
    server.answer(make("GetPPUserResp", {"seq": 2}, *users(1, 2, 7)))
    (second,) = server.requests()
    server.answer(make("GetPPUserResp", {"seq": 3}, *users(9)))
    (third,) = server.requests()
    server.answer(make("GetPPUserResp", {"seq": 4, "errCode": "ENoEnt"}))

    assert [request.get("uid") for request in (first, second, third)] == ["0", "8", "10"]
    assert result_of(pages) == [users(1, 2, 7), users(9)]


def test_an_empty_page_ends_a_list_too(server: Server):
    pages = reading(server.logged_in())

    server.answer(make("GetPPUserResp", {"seq": 2}))

    assert result_of(pages) == []


def test_a_refused_list_is_told(server: Server):
    pages = reading(server.logged_in())

    server.answer(make("GetPPUserResp", {"seq": 2, "errCode": "EPerm"}))

    with pytest.raises(RequestRefused, match="EPerm"):
        result_of(pages)


def test_a_list_that_leads_nowhere_is_not_followed_for_ever(server: Server):
    pages = reading(server.logged_in())

    server.answer(make("GetPPUserResp", {"seq": 2}, *users(5)))
    server.answer(make("GetPPUserResp", {"seq": 3}, *users(5)))

    with pytest.raises(BadValue):
        result_of(pages)
