from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure
from zope.interface import implementer

from mom.axi.codec import encode
from mom.axi.element import Element, make
from mom.axi.errors import (
    FrameTooLong,
    LinkLost,
    Neglected,
    RequestRefused,
    RequestTimeout,
    Unencodable,
)
from mom.axi.protocol import AxiProtocol, AxiServerProtocol

from .strategies import elements


class Client:
    """A client protocol on a string transport, and everything it told, in order."""

    def __init__(self, limit: int = 1000) -> None:
        self.clock = Clock()
        self.told: list[object] = []
        self.on_event: Callable[[Element], None] = lambda element: None
        self.transport = StringTransport()
        self.protocol = AxiProtocol(self.clock, self._event, self._lost, limit=limit)

    def connect(self) -> "Client":
        self.protocol.makeConnection(self.transport)
        return self

    def ask(self, element: Element, timeout: float | None = None) -> Deferred[object]:
        return self.protocol.request(element, timeout).addBoth(self._answer)

    def receive(self, *messages: Element | bytes) -> None:
        self.protocol.dataReceived(
            b"".join(m if isinstance(m, bytes) else encode(m) + b"\0" for m in messages)
        )

    def _event(self, element: Element) -> None:
        self.told.append(element.name)
        self.on_event(element)

    def _answer(self, result: object) -> None:
        self.told.append(result.value if isinstance(result, Failure) else result)

    def _lost(self, reason: Failure) -> None:
        self.told.append(("lost", reason.type))


@pytest.fixture
def client() -> Client:
    return Client().connect()


def test_a_request_is_written_and_its_answer_fires_at_once(client: Client):
    client.ask(make("Ping", {"timeStamp": 5}))

    assert client.transport.value() == b'<Ping seq="1" timeStamp="5"/>\0'
    client.receive(make("PingResp", {"seq": 1}))
    assert client.told == [make("PingResp", {"seq": 1})]
    assert client.protocol.open_requests == 0
    client.clock.advance(60)
    assert client.told == [make("PingResp", {"seq": 1})]
    assert client.clock.getDelayedCalls() == []


def test_answers_and_events_arrive_in_the_order_of_their_bytes(client: Client):
    client.ask(make("GetPPUser"))
    client.ask(make("GetPPDev"))
    second, first = make("GetPPDevResp", {"seq": 2}), make("GetPPUserResp", {"seq": 1})

    client.receive(make("EventA"), second, make("EventB"), first, make("EventC"))

    assert client.told == ["EventA", second, "EventB", first, "EventC"]


def test_an_error_code_fails_the_request(client: Client):
    client.ask(make("GetPPUser"))

    client.receive(make("GetPPUserResp", {"seq": 1, "errCode": "ENoEnt"}))

    (error,) = client.told
    assert isinstance(error, RequestRefused)
    assert (error.request, error.code) == ("GetPPUser", "ENoEnt")


def test_a_request_without_answer_times_out_and_a_late_answer_is_let_pass(client: Client):
    client.ask(make("Ping"))
    client.clock.advance(29.9)
    assert client.told == []

    client.clock.advance(0.2)
    client.receive(make("PingResp", {"seq": 1}))

    (error,) = client.told
    assert isinstance(error, RequestTimeout)
    assert error.seconds == 30
    assert client.protocol.strays == 0


def test_a_request_may_have_its_own_timeout(client: Client):
    client.ask(make("Ping"), timeout=2)

    client.clock.advance(2)

    assert isinstance(client.told[0], RequestTimeout)


def test_a_cancelled_request_is_not_waited_for(client: Client):
    answer = client.ask(make("Ping"))

    answer.cancel()

    assert client.protocol.open_requests == 0
    client.clock.advance(60)
    (error,) = client.told
    assert isinstance(error, CancelledError)
    assert client.clock.getDelayedCalls() == []


def test_the_loss_of_the_connection_fails_every_open_request_and_then_tells_the_owner(
    client: Client,
):
    client.ask(make("Ping"))
    client.ask(make("GetPPUser"))

    client.protocol.connectionLost(Failure(ConnectionDone()))

    first, second, lost = client.told
    assert isinstance(first, LinkLost)
    assert isinstance(second, LinkLost)
    assert (first.request, second.request) == ("Ping", "GetPPUser")
    assert lost == ("lost", ConnectionDone)
    assert client.clock.getDelayedCalls() == []


def test_a_request_on_no_connection_fails_at_once():
    client = Client()
    client.ask(make("Ping"))
    client.connect()
    client.protocol.connectionLost(Failure(ConnectionDone()))
    client.ask(make("Open"))

    assert isinstance(client.told[0], LinkLost)
    assert isinstance(client.told[2], LinkLost)
    assert client.transport.value() == b""


def test_a_request_that_cannot_be_written_fails(client: Client):
    client.ask(make("Ping", {"a": "\x01"}))

    assert isinstance(client.told[0], Unencodable)
    assert client.transport.value() == b""


def test_a_request_made_by_an_answer_is_written_at_once(client: Client):
    client.protocol.request(make("Open")).addCallback(lambda _: client.ask(make("GetPARK")))

    client.receive(make("OpenResp", {"seq": 1}))

    assert client.transport.value().endswith(b'<GetPARK seq="2"/>\0')


def test_byte_by_byte_gives_the_same(client: Client):
    client.ask(make("Ping"))

    for byte in b'<EventA/>\0\0<PingResp seq="1"/>\0junk\0<EventB/>\0<Ev':
        client.receive(bytes([byte]))

    assert client.told == ["EventA", make("PingResp", {"seq": 1}), "EventB"]
    assert client.protocol.malformed == 1


def test_malformed_messages_are_counted_and_each_kind_is_logged_once(client: Client):
    events: list[object] = []

    def observe(event: dict[str, object]) -> None:
        events.append(event.get("log_format"))

    globalLogPublisher.addObserver(observe)
    try:
        client.receive(b"junk\0junk\0<!DOCTYPE a><a/>\0", make("EventA"))
    finally:
        globalLogPublisher.removeObserver(observe)

    assert client.told == ["EventA"]
    assert client.protocol.malformed == 3
    assert len(events) == 2


def test_an_overlong_message_closes_the_connection_with_that_reason(client: Client):
    client.receive(make("EventA"), b"x" * 1001, make("EventB"))

    assert client.transport.disconnected
    client.receive(make("EventC"))
    client.protocol.connectionLost(Failure(ConnectionDone()))
    assert client.told == ["EventA", ("lost", FrameTooLong)]


def test_a_peer_that_answers_nothing_is_parted_with(client: Client, monkeypatch):
    monkeypatch.setattr("mom.axi.protocol.MOST_OPEN", 2)
    for _ in range(4):
        client.ask(make("Ping"))
    assert client.transport.disconnected
    client.protocol.connectionLost(Failure(ConnectionDone()))
    assert client.protocol.open_requests == 0
    assert client.told[-1] == ("lost", Neglected)


def test_a_peer_that_reads_nothing_is_parted_with(client: Client, monkeypatch):
    monkeypatch.setattr("mom.axi.protocol.MOST_UNSENT", 0)
    client.protocol._outflow.unsent = 1
    client.ask(make("Ping"))
    assert client.transport.disconnected
    assert client.told[-1].request == "Ping"


def test_a_handler_that_fails_is_logged_and_the_link_lives_on(client: Client, logged_errors):
    def fail(element: Element) -> None:
        raise ZeroDivisionError

    client.on_event = fail
    client.receive(make("EventA"), make("EventB"))

    assert client.told == ["EventA", "EventB"]
    assert len(logged_errors.flush(ZeroDivisionError)) == 2


def test_bytes_are_counted_and_the_time_of_the_last_is_kept(client: Client):
    client.clock.advance(7)
    client.ask(make("Ping"))
    assert client.protocol.last_heard == 0

    client.receive(b"<Eve")

    assert client.protocol.last_heard == 7
    assert client.protocol.bytes_in == 4
    assert client.protocol.bytes_out == len(client.transport.value())


def test_a_hold_keeps_what_is_already_received_until_the_release(client: Client):
    client.on_event = lambda element: client.protocol.hold() if element.name == "EventB" else None
    client.ask(make("Ping"))

    client.receive(
        make("EventA"), make("EventB"), make("PingResp", {"seq": 1}), make("EventC"), b"<Ev"
    )
    client.receive(b"entD/>\0")

    assert client.told == ["EventA", "EventB"]
    assert client.transport.producerState == "paused"
    client.protocol.release()
    assert client.told[2:] == [make("PingResp", {"seq": 1}), "EventC", "EventD"]
    assert client.transport.producerState == "producing"


def test_a_hold_during_the_release_holds_again(client: Client):
    client.on_event = lambda element: client.protocol.hold()
    client.receive(make("EventA"), make("EventB"), make("EventC"))

    client.protocol.release()

    assert client.told == ["EventA", "EventB"]
    assert client.protocol.held
    assert client.transport.producerState == "paused"


def test_a_held_link_does_not_time_out_its_requests(client: Client):
    client.ask(make("Ping"))
    client.protocol.hold()
    client.receive(make("PingResp", {"seq": 1}))

    client.clock.advance(45)
    assert client.told == []

    client.protocol.release()
    client.clock.advance(60)
    assert client.told == [make("PingResp", {"seq": 1})]
    assert client.clock.getDelayedCalls() == []


def test_a_request_times_out_after_a_hold_without_answer(client: Client):
    client.ask(make("Ping"))
    client.protocol.hold()
    client.clock.advance(31)
    client.protocol.release()

    client.clock.advance(30)

    assert isinstance(client.told[0], RequestTimeout)


def test_an_abort_delivers_nothing_more(client: Client):
    client.on_event = lambda element: client.protocol.abort()

    client.receive(make("EventA"), make("EventB"))

    assert client.told == ["EventA"]
    assert client.transport.disconnected


def test_a_close_lets_what_was_written_leave(client: Client):
    client.ask(make("Ping"))

    client.protocol.close()

    assert client.transport.disconnecting
    assert not client.transport.disconnected


@given(st.lists(st.binary(max_size=100), max_size=10))
def test_no_bytes_raise_out_of_the_client(parts: list[bytes]):
    client = Client(limit=150).connect()
    client.ask(make("Ping"))

    for part in parts:
        client.receive(part)
    client.protocol.connectionLost(Failure(ConnectionDone()))

    assert isinstance(client.told[-1], tuple)
    assert client.clock.getDelayedCalls() == []


@given(st.lists(elements, max_size=5), st.integers(1, 50))
def test_any_messages_in_any_pieces_reach_the_other_side_in_order(
    messages: list[Element], size: int
):
    received: list[Element] = []
    sender = AxiServerProtocol(Clock(), received.append, lambda reason: None)
    wire = StringTransport()
    sender.makeConnection(wire)
    receiver = AxiServerProtocol(Clock(), received.append, lambda reason: None)
    receiver.makeConnection(StringTransport())

    for message in messages:
        sender.send(message)
    data = wire.value()
    for at in range(0, len(data), size):
        receiver.dataReceived(data[at : at + size])

    assert received == messages


def test_a_server_hands_over_requests_and_sends_answers_and_events():
    received: list[Element] = []
    server = AxiServerProtocol(Clock(), received.append, lambda reason: None)
    transport = StringTransport()
    server.makeConnection(transport)

    server.dataReceived(b'<Ping seq="0"/>\0junk\0<OddResp/>\0')
    server.send(make("PingResp", {"seq": 0}))
    server.send(make("EventA"))

    assert received == [make("Ping", {"seq": 0}), make("OddResp")]
    assert transport.value() == b'<PingResp seq="0"/>\0<EventA/>\0'


def test_a_server_that_cannot_write_an_answer_says_so():
    server = AxiServerProtocol(Clock(), lambda element: None, lambda reason: None)
    server.makeConnection(StringTransport())

    with pytest.raises(Unencodable):
        server.send(make("PingResp", {"a": "\0"}))


@implementer(ITCPTransport)
class TcpTransport(StringTransport):
    delays = True

    def setTcpNoDelay(self, enabled: bool) -> None:
        self.delays = not enabled


def test_small_messages_do_not_wait_for_acknowledgements() -> None:
    protocol = AxiServerProtocol(Clock(), lambda _: None, lambda _: None)
    transport: Any = TcpTransport()
    protocol.makeConnection(transport)
    assert not transport.delays
