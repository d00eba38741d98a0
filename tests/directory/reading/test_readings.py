"""How many OMMs are read at once."""

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock

from mom.directory.reading.readings import ALWAYS, LOOK_SECONDS, MOST, Readings


class Fleet:
    """Sites that want to be read, and how busy MOM is with what was read."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.idle = True
        self.resumed = 0
        self.reads: list[Deferred[int]] = []
        self.results: list[object] = []
        self.readings = Readings(self.clock, lambda: self.idle, lambda: 0, self._resume)

    def _resume(self) -> None:
        self.resumed += 1

    def want(self, count: int) -> None:
        for _ in range(count):
            ensureDeferred(self.readings.run(self._read)).addBoth(self.results.append)

    async def _read(self) -> int:
        read: Deferred[int] = Deferred()
        self.reads.append(read)
        return await read

    def wait(self, looks: int) -> None:
        for _ in range(looks):
            self.clock.advance(LOOK_SECONDS)


def test_a_few_are_read_at_once_while_what_was_read_is_being_stored() -> None:
    fleet = Fleet()
    fleet.idle = False
    fleet.want(5)
    fleet.wait(100)
    assert len(fleet.reads) == ALWAYS
    for number in range(5):
        fleet.reads[number].callback(number)
        assert len(fleet.reads) == min(5, ALWAYS + number + 1)
    assert fleet.results == [0, 1, 2, 3, 4]


def test_many_are_read_at_once_while_mom_only_waits_for_them() -> None:
    fleet = Fleet()
    fleet.want(MOST + 10)
    assert len(fleet.reads) == ALWAYS
    fleet.wait(1)
    assert len(fleet.reads) == ALWAYS + 1
    fleet.wait(2 * MOST)
    assert len(fleet.reads) == MOST


def test_as_many_as_were_read_at_once_go_on_while_mom_only_waits() -> None:
    fleet = Fleet()
    fleet.want(40)
    fleet.wait(5)
    assert len(fleet.reads) == ALWAYS + 5
    for number in range(10):
        fleet.reads[number].callback(number)
    assert len(fleet.reads) == ALWAYS + 15


def test_a_few_go_on_once_something_is_being_stored() -> None:
    fleet = Fleet()
    fleet.want(40)
    fleet.wait(5)
    fleet.idle = False
    fleet.wait(1)
    for number in range(5):
        fleet.reads[number].callback(number)
    assert len(fleet.reads) == ALWAYS + 5
    fleet.idle = True
    fleet.reads[5].callback(5)
    assert len(fleet.reads) == ALWAYS + 6


def test_one_that_fails_makes_room_for_the_next() -> None:
    fleet = Fleet()
    fleet.idle = False
    fleet.want(ALWAYS + 1)
    fleet.reads[0].errback(ValueError("broken"))
    assert len(fleet.reads) == ALWAYS + 1


def test_there_is_calm_when_none_is_read_or_waits() -> None:
    fleet = Fleet()
    assert fleet.readings.calm
    fleet.want(ALWAYS + 1)
    for number in range(ALWAYS + 1):
        assert not fleet.readings.calm
        fleet.reads[number].callback(number)
    assert fleet.readings.calm
    assert fleet.resumed == 1


def test_nobody_looks_any_more_after_the_end() -> None:
    fleet = Fleet()
    fleet.want(ALWAYS + 1)
    fleet.readings.stop()
    assert not fleet.clock.getDelayedCalls()
    fleet.readings.stop()


def test_a_thousand_that_wait_may_all_be_over_at_once() -> None:
    fleet = Fleet()
    fleet.idle = False
    fleet.want(ALWAYS)

    async def broken() -> int:
        raise ValueError("broken")

    for _ in range(1000):
        ensureDeferred(fleet.readings.run(broken)).addBoth(fleet.results.append)
    fleet.reads[0].callback(0)
    assert len(fleet.results) == 1001
    assert all(result.check(ValueError) for result in fleet.results if result != 0)  # type: ignore[attr-defined]
