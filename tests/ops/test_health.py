from typing import Any

from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from mom.model.omm import Severity
from mom.ops.health import CHECK_SECONDS, HealthBoard
from mom.ports import Component


class Part:
    """A part that is as the test says."""

    def __init__(self, name: str) -> None:
        self.component = Component(name, Severity.OK)

    def snapshot(self) -> list[Component]:
        return [self.component]

    def gets(self, severity: Severity, reason: str = "") -> None:
        self.component = Component(self.component.name, severity, reason)


class Measured(Part):
    """A part that has to measure."""

    checks = 0

    async def check(self) -> None:
        self.checks += 1
        if self.checks == 2:
            self.gets(Severity.ERROR, "slow")


class Broken:
    """A part that cannot answer."""

    def snapshot(self) -> list[Component]:
        raise ValueError("broken")


def test_components_come_in_the_order_in_which_they_were_added() -> None:
    board = HealthBoard(Clock())
    for name in ("License", "OMM connections", "Database"):
        board.add(Part(name))
    assert [each.name for each in board.snapshot()] == ["License", "OMM connections", "Database"]


def test_listeners_hear_of_changes_only() -> None:
    board, part = HealthBoard(Clock()), Part("License")
    board.add(part)
    heard: list[list[Component]] = []
    stop = board.listen(heard.append)
    board.refresh()
    board.refresh()
    part.gets(Severity.ERROR, "No license available")
    board.refresh()
    stop()
    part.gets(Severity.OK)
    board.refresh()
    assert [each[0].severity for each in heard] == [Severity.OK, Severity.ERROR]


def test_a_part_that_cannot_answer_is_a_finding_and_hides_no_other(logged_errors: Any) -> None:
    board = HealthBoard(Clock())
    board.add(Broken())
    board.add(Part("License"))
    found = board.snapshot()
    assert found[0] == Component("Broken", Severity.ERROR, "It cannot tell how it is")
    assert found[1].name == "License"
    assert len(logged_errors.flush(ValueError)) == 1


@ensureDeferred
async def test_what_measures_does_so_regularly_until_the_board_stops() -> None:
    clock = Clock()
    board, part = HealthBoard(clock), Measured("Database")
    board.add(part)
    heard: list[Severity] = []
    board.listen(lambda components: heard.append(components[0].severity))
    await board.start()
    clock.advance(CHECK_SECONDS)
    clock.advance(CHECK_SECONDS)
    assert part.checks == 3
    assert heard == [Severity.OK, Severity.ERROR]
    board.stop()
    assert clock.getDelayedCalls() == []
