from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.internet.task import Clock

from mom.model.omm import Severity
from mom.ops.database_probe import TIMEOUT_SECONDS, DatabaseProbe
from mom.ports import Component


def test_a_database_that_answers_is_fine() -> None:
    probe = DatabaseProbe(Clock(), lambda: succeed(1))
    ensureDeferred(probe.check())
    assert probe.snapshot() == [Component("Database", Severity.OK)]


def test_a_slow_answer_is_a_warning() -> None:
    clock, answer = Clock(), Deferred[int]()
    probe = DatabaseProbe(clock, lambda: answer)
    ensureDeferred(probe.check())
    clock.advance(3)
    answer.callback(1)
    text = "The database is slow: 3 s to read"
    assert probe.snapshot() == [Component("Database", Severity.WARNING, text)]


def test_no_answer_is_an_error_and_the_next_check_tries_again() -> None:
    clock = Clock()
    answers: list[Deferred[int]] = [Deferred(), succeed(1)]
    probe = DatabaseProbe(clock, lambda: answers.pop(0))
    ensureDeferred(probe.check())
    clock.advance(TIMEOUT_SECONDS)
    text = "The database does not answer"
    assert probe.snapshot() == [Component("Database", Severity.ERROR, text)]
    ensureDeferred(probe.check())
    assert probe.snapshot() == [Component("Database", Severity.OK)]


def test_a_failure_is_an_error_and_is_logged_once(logged_errors: Any) -> None:
    def fails() -> Deferred[int]:
        raise OSError("disk gone")

    probe = DatabaseProbe(Clock(), fails)
    ensureDeferred(probe.check())
    text = "The database cannot be read"
    assert probe.snapshot() == [Component("Database", Severity.ERROR, text)]
    assert len(logged_errors.flush(OSError)) == 1
