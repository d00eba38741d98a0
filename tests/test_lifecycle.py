from collections.abc import Awaitable, Callable

import pytest
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from mom.lifecycle import STOP_SECONDS, Ending, RootService, Sequencer, StartFailed, Step
from tests.conftest import LoggedErrors


class Journal:
    """Makes steps that write down when they are called; some take until they are let go."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waiting: dict[str, Deferred[None]] = {}
        self.failing: set[str] = set()

    def step(self, name: str, *slow: str) -> Step:
        return Step(name, self._action(f"start {name}", slow), self._action(f"stop {name}", slow))

    def _action(self, line: str, slow: tuple[str, ...]) -> Callable[[], Awaitable[object] | None]:
        def act() -> Awaitable[object] | None:
            self.lines.append(line)
            if line in self.failing:
                raise OSError("no such port")
            if line.split()[0] in slow:
                self.waiting[line] = Deferred()
                return self.waiting[line]
            return None

        return act


def test_each_step_waits_for_the_one_before_it() -> None:
    journal = Journal()
    sequencer = Sequencer([journal.step("a", "start"), journal.step("b")], Clock())
    starting = ensureDeferred(sequencer.start())
    assert journal.lines == ["start a"]
    journal.waiting["start a"].callback(None)
    assert journal.lines == ["start a", "start b"]
    assert starting.called


def test_steps_stop_in_reverse_each_waiting_for_the_one_before_it() -> None:
    journal = Journal()
    sequencer = Sequencer([journal.step("a"), journal.step("b", "stop")], Clock())
    ensureDeferred(sequencer.start())
    journal.lines.clear()
    stopping = ensureDeferred(sequencer.stop())
    assert journal.lines == ["stop b"]
    journal.waiting["stop b"].callback(None)
    assert journal.lines == ["stop b", "stop a"]
    assert stopping.called


def test_a_step_that_fails_stops_those_before_it_and_itself_and_is_named(
    logged_errors: LoggedErrors,
) -> None:
    journal = Journal()
    journal.failing = {"start b"}
    steps = [journal.step("a"), journal.step("b"), journal.step("c")]
    sequencer = Sequencer(steps, Clock())
    starting = ensureDeferred(sequencer.start())
    failures: list[Failure] = []
    starting.addErrback(failures.append)
    assert journal.lines == ["start a", "start b", "stop b", "stop a"]
    assert failures[0].check(StartFailed)
    assert str(failures[0].value) == "b did not start: no such port"
    (logged,) = logged_errors.flush()
    assert str(logged["refusal"]) == "b did not start: no such port"


def test_a_step_that_fails_to_stop_is_logged_and_not_in_the_way(
    logged_errors: LoggedErrors,
) -> None:
    journal = Journal()
    journal.failing = {"stop b"}
    sequencer = Sequencer([journal.step("a"), journal.step("b")], Clock())
    ensureDeferred(sequencer.start())
    stopping = ensureDeferred(sequencer.stop())
    assert stopping.called
    assert journal.lines[-2:] == ["stop b", "stop a"]
    assert len(logged_errors.flush(OSError)) == 1


def test_a_step_that_does_not_stop_in_time_is_left_behind(logged_errors: LoggedErrors) -> None:
    journal, clock = Journal(), Clock()
    sequencer = Sequencer([journal.step("a"), journal.step("b", "stop")], clock)
    ensureDeferred(sequencer.start())
    stopping = ensureDeferred(sequencer.stop())
    clock.advance(STOP_SECONDS)
    assert stopping.called
    assert journal.lines[-1] == "stop a"
    assert len(logged_errors.flush()) == 1


def make_root(journal: Journal, *steps: Step) -> tuple[RootService, list[Failure]]:
    failures: list[Failure] = []
    return RootService(lambda: steps, Clock(), failures.append), failures


def test_the_service_starts_stops_and_starts_again() -> None:
    journal = Journal()
    root, failures = make_root(journal, journal.step("a"), journal.step("b"))
    for _ in range(2):
        journal.lines.clear()
        root.startService()
        assert root.stopService().called
        assert journal.lines == ["start a", "start b", "stop b", "stop a"]
    assert failures == []


def test_a_stop_during_the_start_ends_it_and_stops_what_was_started() -> None:
    journal = Journal()
    root, failures = make_root(journal, journal.step("a"), journal.step("b", "start"))
    root.startService()
    stopping = root.stopService()
    assert stopping.called
    assert journal.lines == ["start a", "start b", "stop b", "stop a"]
    assert failures == []


def test_a_failed_start_is_told_once_and_leaves_nothing_to_stop(
    logged_errors: LoggedErrors,
) -> None:
    journal = Journal()
    journal.failing = {"start b"}
    root, failures = make_root(journal, journal.step("a"), journal.step("b"))
    root.startService()
    assert [str(failure.value) for failure in failures] == ["b did not start: no such port"]
    assert len(logged_errors.flush()) == 1
    journal.lines.clear()
    assert root.stopService().called
    assert journal.lines == []


@pytest.mark.parametrize("count", [0, 1])
def test_a_service_that_never_started_stops(count: int) -> None:
    journal = Journal()
    root, _failures = make_root(journal, *[journal.step("a")] * count)
    assert root.stopService().called
    assert journal.lines == []


def test_the_end_is_begun_once_however_often_it_is_asked_for() -> None:
    ending, ends = Ending(), list[str]()
    ending.begin(lambda: ends.append("signal"))
    ending.begin(lambda: ends.append("another"))
    assert ends == ["signal"]
