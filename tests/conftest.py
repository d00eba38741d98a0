"""Hygiene for every test: what a test leaves behind or only logs makes it fail.

A test fails if an error was logged that it did not expect, if a Deferred died with an unhandled
error, if it left a call or a socket on the reactor, if it warned (see the pytest settings), or if
it took longer than its time.
"""

import functools
import gc
import inspect
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import greenlet
import hypothesis
import pytest
import pytest_twisted
from twisted.internet import reactor as installed_reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import deferLater
from twisted.logger import (
    LogEvent,
    LogLevel,
    formatEventAsClassicLogText,
    globalLogBeginner,
    globalLogPublisher,
)

from tests.postgresql import PostgresqlServer

hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
"""The same examples each time, however slow the machine is: no test judges by the clock."""
hypothesis.settings.load_profile("repeatable")

SECONDS_PER_TEST = 60.0
SECONDS_PER_SYSTEM_TEST = 240.0
SECONDS_PER_SOAK = 5 * 3600.0
SECONDS_TO_SETTLE = 1.0
TESTS_PER_FREEZE = 50

reactor: Any = installed_reactor


class LoggedErrors:
    """The errors that were logged during a test; a test that provokes some takes them out."""

    def __init__(self) -> None:
        self._events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        """Observe one log event."""
        if event.get("isError") or event.get("log_level") in (LogLevel.error, LogLevel.critical):
            self._events.append(event)

    def flush(self, *kinds: type[BaseException]) -> list[LogEvent]:
        """Take out the events whose failure is of one of these kinds; without kinds, all."""
        taken = [event for event in self._events if _is_of(event, kinds)]
        self._events = [event for event in self._events if event not in taken]
        return taken

    def texts(self) -> list[str]:
        """What is still there, in words."""
        return [formatEventAsClassicLogText(event) or repr(event) for event in self._events]


def _is_of(event: LogEvent, kinds: tuple[type[BaseException], ...]) -> bool:
    failure = event.get("log_failure")
    return not kinds or (failure is not None and failure.check(*kinds) is not None)


def _limit(item: pytest.Item) -> float:
    if item.get_closest_marker("soak"):
        return SECONDS_PER_SOAK
    return SECONDS_PER_SYSTEM_TEST if item.get_closest_marker("system") else SECONDS_PER_TEST


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run synchronous tests as pytest would, and give asynchronous ones their time.

    pytest-twisted would run both inside the reactor, where a state machine of hypothesis could not
    wait for a Deferred, and would wait for ever.
    """
    test = pyfuncitem.obj
    if hasattr(test, "hypothesis") or not inspect.iscoroutinefunction(test):
        names = pyfuncitem._fixtureinfo.argnames
        result = test(**{name: pyfuncitem.funcargs[name] for name in names})
        assert result is None, "a test that waits must be asynchronous"
        return True
    seconds = _limit(pyfuncitem)

    @functools.wraps(test)
    def timed(*args: object, **kwargs: object) -> Deferred[object]:
        return ensureDeferred(test(*args, **kwargs)).addTimeout(seconds, reactor)

    pytest_twisted._set_mark(timed, None)
    pyfuncitem.obj = timed
    return None


class Collector:
    """Collects garbage after each test, and now and then lets what is old out of the search."""

    def __init__(self) -> None:
        self._turns = 0

    def collect(self) -> None:
        """Collect what the test left."""
        gc.collect()
        if self._turns % TESTS_PER_FREEZE == 0:
            gc.freeze()
        self._turns += 1


@pytest.fixture(scope="session")
def _collector() -> Collector:
    """Start the reactor, log for nobody, and leave imported modules out of each collection."""
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    pytest_twisted.blockon(deferLater(reactor, 0))
    collector = Collector()
    collector.collect()
    return collector


@pytest.fixture
def logged_errors() -> Iterator[LoggedErrors]:
    """Errors logged so far; call ``flush(SomeError)`` for those that the test is about."""
    errors = LoggedErrors()
    globalLogPublisher.addObserver(errors)
    yield errors
    globalLogPublisher.removeObserver(errors)


def _selectables() -> set[object]:
    return {*reactor.getReaders(), *reactor.getWriters()}


def _settled(is_clean: Callable[[], bool]) -> bool:
    """Turn the reactor for a moment until all is clean; at once if it is."""
    deadline = reactor.seconds() + SECONDS_TO_SETTLE
    while not is_clean() and reactor.seconds() < deadline:
        pytest_twisted.blockon(deferLater(reactor, 0.005))
    return is_clean()


@pytest.fixture(autouse=True)
def _hygiene(
    request: pytest.FixtureRequest, _collector: Collector, logged_errors: LoggedErrors
) -> Iterator[None]:
    """Fail the test on anything it left behind."""
    seconds = _limit(request.node)

    test = greenlet.getcurrent()

    def too_long(_number: int, _frame: FrameType | None) -> None:
        error = TimeoutError(f"the test took longer than {seconds:.0f} s")
        if greenlet.getcurrent() is test:
            raise error
        test.throw(error)

    calls_before, selectables_before = set(reactor.getDelayedCalls()), _selectables()
    handler_before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds + 5.0)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, handler_before)
    left: list[str] = []
    if not _settled(lambda: not set(reactor.getDelayedCalls()) - calls_before):
        calls = set(reactor.getDelayedCalls()) - calls_before
        left += [f"a call was left on the reactor: {call}" for call in calls]
        for call in calls:
            call.cancel()
    if not _settled(lambda: not _selectables() - selectables_before):
        selectables = _selectables() - selectables_before
        left += [f"a socket was left on the reactor: {selectable}" for selectable in selectables]
        for selectable in selectables:
            reactor.removeReader(selectable)
            reactor.removeWriter(selectable)
    _collector.collect()
    left += [f"an error was logged: {text}" for text in logged_errors.texts()]
    if left:
        pytest.fail("\n".join(left), pytrace=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without rows, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mom.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    database = server.borrow()
    yield database
    server.give_back(database)
