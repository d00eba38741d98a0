from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from mom.axi.codec import decode
from mom.fleet.link import OmmLink
from mom.fleet.options import FleetOptions
from mom.fleet.watch import Watch


class Bench:
    """A watch on a link whose peer answers pings while ``alive``."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.reasons: list[str] = []
        self.rounds: list[tuple[str, float]] = []
        self.link = OmmLink(self.clock, lambda _: None, self.reasons.append, 30.0)
        self.transport = StringTransport()
        self.link.makeConnection(self.transport)
        self.watch = Watch(self.clock, self.link, FleetOptions(), self.health, self.time)
        self.alive = True
        self.pings: list[float] = []

    async def health(self) -> None:
        self.rounds.append(("health", self.clock.seconds()))

    async def time(self) -> None:
        self.rounds.append(("time", self.clock.seconds()))

    def advance(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.advance(1)
            for frame in self.transport.value().split(b"\0")[:-1]:
                self.pings.append(self.clock.seconds())
                if self.alive:
                    seq = decode(frame).get("seq")
                    self.link.dataReceived(f'<PingResp seq="{seq}"/>\0'.encode())
            self.transport.clear()


def test_a_silent_link_is_pinged_every_thirty_seconds() -> None:
    bench = Bench()
    bench.watch.start()
    bench.advance(95)
    assert bench.pings == [30, 60, 90]
    bench.watch.stop()


def test_a_busy_link_is_not_pinged() -> None:
    bench = Bench()
    bench.watch.start()
    for _ in range(20):
        bench.advance(10)
        bench.link.dataReceived(b"<EventX/>\0")
    assert bench.pings == []
    bench.watch.stop()


def test_a_ping_without_answer_ends_the_link_after_fifteen_seconds() -> None:
    bench = Bench()
    bench.alive = False
    bench.watch.start()
    bench.advance(44)
    assert not bench.transport.disconnected
    bench.advance(1)
    assert bench.transport.disconnected
    bench.watch.stop()


def test_health_is_asked_at_the_start_and_every_minute() -> None:
    bench = Bench()
    bench.watch.start()
    bench.advance(121)
    assert bench.rounds == [("health", 0), ("health", 60), ("health", 120)]
    bench.watch.stop()


def test_health_can_be_asked_sooner_and_then_goes_on_from_there() -> None:
    bench = Bench()
    bench.watch.start()
    bench.advance(20)
    bench.watch.health_in(10.0)
    bench.advance(71)
    assert bench.rounds == [("health", 0), ("health", 30), ("health", 90)]
    bench.watch.stop()


def test_the_clock_is_read_every_hour() -> None:
    bench = Bench()
    bench.watch.start()
    bench.advance(7201)
    assert [at for name, at in bench.rounds if name == "time"] == [3600, 7200]
    bench.watch.stop()


def test_a_stopped_watch_leaves_no_timer() -> None:
    bench = Bench()
    bench.watch.start()
    bench.watch.stop()
    bench.watch.stop()
    assert bench.clock.getDelayedCalls() == []


def test_a_bug_in_a_round_is_logged_and_the_watch_goes_on(logged_errors: object) -> None:
    bench = Bench()

    async def broken() -> None:
        raise ZeroDivisionError

    watch = Watch(bench.clock, bench.link, FleetOptions(), broken, bench.time)
    watch.start()
    bench.advance(61)
    assert len(logged_errors.flush(ZeroDivisionError)) == 2  # type: ignore[attr-defined]
    watch.stop()
