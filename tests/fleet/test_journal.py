"""What the log says of the OMMs."""

from collections.abc import Iterator

import pytest
from twisted.logger import LogEvent, LogLevel, formatEvent, globalLogPublisher

from mom.axi.element import Element, make
from tests.fleet.world import World, omm_record


class Lines:
    """What was written by the fleet, each line with its level."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str]] = []

    def __call__(self, event: LogEvent) -> None:
        if event["log_namespace"] == "mom.fleet" and event["log_level"] >= LogLevel.info:
            self.written.append((event["log_level"].name, formatEvent(event)))

    def taken(self) -> list[tuple[str, str]]:
        written, self.written = self.written, []
        return written


@pytest.fixture
def lines() -> Iterator[Lines]:
    lines = Lines()
    globalLogPublisher.addObserver(lines)
    yield lines
    globalLogPublisher.removeObserver(lines)


def test_an_omm_that_is_connected_lost_and_back_is_a_line_each(world: World, lines: Lines) -> None:
    omm = world.start()
    world.advance(1)
    assert lines.taken() == [("info", "OMM Site 1: connected")]
    omm.unreachable = True
    omm.cut()
    world.advance(1)
    assert lines.taken() == [("warn", "OMM Site 1: not connected: connection lost")]
    world.advance(300)
    assert lines.taken() == [("warn", "OMM Site 1: not connected: 10.0.0.1: connection refused")]
    omm.unreachable = False
    world.advance(70)
    assert lines.taken() == [("info", "OMM Site 1: connected")]


def test_an_omm_that_refuses_the_password_again_and_again_is_one_line(
    world: World, lines: Lines
) -> None:
    world.add_omm("10.0.0.1").refuse("Open", "EAuth")
    world.start()
    world.advance(600)
    assert lines.taken() == [("warn", "OMM Site 1: not connected: wrong user name or password")]


def test_an_omm_that_is_enabled_again_is_told_of_again(world: World, lines: Lines) -> None:
    omm = omm_record()
    world.start(omm)
    world.advance(1)
    world.records.put(omm_record(enabled=False))
    world.records.put(omm)
    world.advance(1)
    assert lines.taken() == [("info", "OMM Site 1: connected")] * 2


def park(number: int) -> Element:
    return make("GetPARKResp", {"park": f"1F{number:08X}"})


def test_five_hundred_omms_that_vanish_at_once_are_one_line(world: World, lines: Lines) -> None:
    omms = [omm_record(number, omm1=f"10.0.{number}.1") for number in range(1, 501)]
    for number, omm in enumerate(omms):
        world.add_omm(omm.omm1).answers["GetPARK"] = park(number)
    world.start(*omms)
    world.advance(2)
    assert [text for _, text in lines.taken()] == [
        "500 OMMs (Site 1, Site 2, Site 3, Site 4, Site 5 and 495 more): connected"
    ]
    for scripted in world.dialler.omms.values():
        scripted.unreachable = True
        scripted.cut()
    world.advance(200)
    assert [text.partition("): ")[2] for _, text in lines.taken()] == [
        "not connected: connection lost",
        "not connected: connection refused",
    ]


def test_what_was_gathered_is_written_when_the_fleet_stops(world: World, lines: Lines) -> None:
    world.start()
    world.stop()
    assert lines.taken() == [("info", "OMM Site 1: connected")]
