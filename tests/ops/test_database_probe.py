from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.internet.task import Clock

from mom.model.omm import Severity
from mom.ops.database_probe import TIMEOUT_SECONDS, DatabaseProbe
from mom.ports import Component
from mom.store.errors import NotStored


class FakeDatabase:
    """Reads and writes as the test says."""

    def __init__(self, read: Callable[[], Deferred[int]] = lambda: succeed(1)) -> None:
        self.trouble = ""
        self.written = 0
        self.is_full = False
        self._read = read

    async def read(self) -> object:
        return await self._read()

    async def write(self) -> None:
        self.written += 1
        if self.is_full:
            raise NotStored("disk is full")
        self.trouble = ""


def test_a_database_that_answers_is_fine() -> None:
    probe = DatabaseProbe(Clock(), FakeDatabase())
    ensureDeferred(probe.check())
    assert probe.snapshot() == [Component("Database", Severity.OK)]


def test_a_slow_answer_is_a_warning() -> None:
    clock, answer = Clock(), Deferred[int]()
    probe = DatabaseProbe(clock, FakeDatabase(lambda: answer))
    ensureDeferred(probe.check())
    clock.advance(3)
    answer.callback(1)
    text = "The database is slow: 3 s to read"
    assert probe.snapshot() == [Component("Database", Severity.WARNING, text)]


def test_no_answer_is_an_error_and_the_next_check_tries_again() -> None:
    clock = Clock()
    answers: list[Deferred[int]] = [Deferred(), succeed(1)]
    probe = DatabaseProbe(clock, FakeDatabase(lambda: answers.pop(0)))
    ensureDeferred(probe.check())
    clock.advance(TIMEOUT_SECONDS)
    text = "The database does not answer"
    assert probe.snapshot() == [Component("Database", Severity.ERROR, text)]
    ensureDeferred(probe.check())
    assert probe.snapshot() == [Component("Database", Severity.OK)]


def test_a_failure_is_an_error_and_is_logged_once(logged_errors: Any) -> None:
    def fails() -> Deferred[int]:
        raise OSError("disk gone")

    probe = DatabaseProbe(Clock(), FakeDatabase(fails))
    ensureDeferred(probe.check())
    text = "The database cannot be read"
    assert probe.snapshot() == [Component("Database", Severity.ERROR, text)]
    assert len(logged_errors.flush(OSError)) == 1


def test_a_database_that_stores_is_not_written_to_by_the_probe() -> None:
    database = FakeDatabase()
    ensureDeferred(DatabaseProbe(Clock(), database).check())
    assert database.written == 0


def test_a_database_that_stores_nothing_is_an_error_until_a_check_finds_that_it_stores() -> None:
    database = FakeDatabase()
    probe = DatabaseProbe(Clock(), database)
    database.trouble, database.is_full = "disk is full", True
    told = [Component("Database", Severity.ERROR, "The database stores nothing: disk is full")]
    assert probe.snapshot() == told
    ensureDeferred(probe.check())
    assert probe.snapshot() == told
    database.is_full = False
    ensureDeferred(probe.check())
    assert probe.snapshot() == [Component("Database", Severity.OK)]
    assert database.written == 2
