from collections.abc import Iterator

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import LogEvent, formatEvent, globalLogPublisher

from mom.axi.element import Element, make
from mom.fleet.link import OmmLink
from mom.fleet.tracing import AxiTrace, in_words


@pytest.fixture
def lines() -> Iterator[list[str]]:
    found: list[str] = []

    def observe(event: LogEvent) -> None:
        if event.get("log_namespace") == "mom.fleet.tracing.AxiTrace":
            found.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield found
    globalLogPublisher.removeObserver(observe)


class Bench:
    def __init__(self) -> None:
        self.clock = Clock()
        self.ended = 0
        self.trace = AxiTrace(self.clock, lambda: 1000.0 + self.clock.seconds(), lambda: "Harbour")
        self.link = OmmLink(self.clock, lambda _: None, lambda _: None, 30.0, self.trace)
        self.link.makeConnection(StringTransport())

    def on(self, minutes: int) -> None:
        def end() -> None:
            self.ended += 1

        self.trace.switch(minutes, end)

    def talk(self) -> None:
        self.link.request(make("Ping")).addErrback(lambda _: None)
        self.link.dataReceived(b'<EventPPCnf><user uid="1" num="100"/></EventPPCnf>\0')


def test_both_directions_are_written_while_the_trace_is_on(lines: list[str]) -> None:
    bench = Bench()
    bench.talk()
    assert lines == []
    bench.on(5)
    assert bench.trace.until == 1300
    bench.talk()
    assert lines == [
        "to Harbour: <Ping/>",
        'from Harbour: <EventPPCnf><user uid="1" num="100"/></EventPPCnf>',
    ]


def test_a_trace_ends_by_itself_and_tells_so(lines: list[str]) -> None:
    bench = Bench()
    bench.on(1)
    bench.clock.advance(59)
    assert (bench.trace.until, bench.ended) == (1060, 0)
    bench.clock.advance(1)
    assert (bench.trace.until, bench.ended) == (0, 1)
    bench.talk()
    assert lines == []


def test_a_trace_is_switched_off_and_prolonged(lines: list[str]) -> None:
    bench = Bench()
    bench.on(1)
    bench.on(2)
    bench.clock.advance(90)
    assert (bench.trace.until, bench.ended) == (1120, 0)
    bench.on(0)
    bench.talk()
    bench.clock.advance(600)
    assert (lines, bench.trace.until, bench.ended) == ([], 0, 0)


def test_secrets_and_what_people_write_are_not_in_a_trace() -> None:
    user = make("user", {"num": "100", "pin": "c2VjcmV0", "sipPw": ""})
    letter = make("msg", {"toAddr": "tel:7", "content": "come at once"})
    shown = in_words(Element("SetPP", {"password": "planted"}, (user, letter)))
    assert shown == (
        '<SetPP password="*****"><user num="100" pin="*****" sipPw=""/>'
        '<msg toAddr="tel:7" content="*****"/></SetPP>'
    )
