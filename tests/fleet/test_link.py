from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import RequestTimeout
from mom.axi.frames import DEFAULT_LIMIT
from mom.fleet.link import MAX_UNREADABLE, OmmLink


class Bench:
    """A link on a transport that does nothing by itself."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.events: list[Element] = []
        self.reasons: list[str] = []
        self.link = OmmLink(self.clock, self.events.append, self.reasons.append, 30.0)
        self.transport = StringTransport()
        self.link.makeConnection(self.transport)

    def lose(self, error: Exception) -> None:
        self.link.connectionLost(Failure(error))


def test_the_end_is_told_in_words() -> None:
    for error, words in (
        (ConnectionDone(), "the OMM closed the connection"),
        (ConnectionLost(), "connection lost"),
        (ConnectionLost("Connection lost"), "connection lost"),
        (ValueError("no more sockets."), "connection lost (no more sockets)"),
    ):
        bench = Bench()
        bench.lose(error)
        assert bench.reasons == [words]


def test_messages_that_cannot_be_read_are_survived_up_to_a_limit() -> None:
    bench = Bench()
    bench.link.dataReceived(b"garbage\0" * MAX_UNREADABLE + b"<EventX/>\0")
    assert [event.name for event in bench.events] == ["EventX"]
    assert not bench.transport.disconnected
    bench.link.dataReceived(b"garbage\0")
    assert bench.transport.disconnected
    bench.lose(ConnectionLost())
    assert bench.reasons == ["too many unreadable messages"]


def test_what_follows_too_much_garbage_in_one_packet_is_not_even_looked_at() -> None:
    bench = Bench()
    bench.link.dataReceived(b"x\0" * 32_000 + b"<EventX/>\0")
    assert bench.transport.disconnected
    assert bench.link.malformed == MAX_UNREADABLE + 1
    assert bench.events == []


def test_answers_that_nobody_asked_for_count_as_well() -> None:
    bench = Bench()
    bench.link.dataReceived(b"<PingResp/>\0" * (MAX_UNREADABLE + 1))
    assert bench.transport.disconnected


def test_an_omm_that_answers_too_late_keeps_its_link() -> None:
    bench = Bench()
    late = 2 * MAX_UNREADABLE
    for _ in range(late):
        bench.link.request(make("Ping")).addErrback(lambda why: why.trap(RequestTimeout))
    bench.clock.advance(31)
    for seq in range(1, late + 1):
        bench.link.dataReceived(b'<PingResp seq="%d"/>\0' % seq)
    assert not bench.transport.disconnected


def test_an_endless_message_is_the_reason() -> None:
    bench = Bench()
    bench.link.dataReceived(b"x" * (DEFAULT_LIMIT + 1))
    bench.lose(ConnectionLost())
    assert bench.reasons == [f"the OMM sent a message of more than {DEFAULT_LIMIT} bytes"]


def test_a_link_that_does_not_close_is_cut_after_its_grace() -> None:
    bench = Bench()
    gone: list[None] = []
    bench.link.shut(2.0).addCallback(gone.append)
    assert bench.transport.disconnecting
    bench.clock.advance(2)
    assert bench.transport.disconnected
    bench.lose(ConnectionLost())
    assert gone == [None]


def test_a_link_that_closes_in_time_leaves_no_timer() -> None:
    bench = Bench()
    first, second = bench.link.shut(2.0), bench.link.shut(2.0)
    bench.lose(ConnectionDone())
    assert first.called
    assert second.called
    assert bench.clock.getDelayedCalls() == []


def test_a_closed_link_is_gone_at_once() -> None:
    bench = Bench()
    bench.lose(ConnectionDone())
    assert bench.link.shut(2.0).called
