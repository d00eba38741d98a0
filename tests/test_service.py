"""What the service does before any part of it exists."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from mom.lifecycle import Ending
from mom.service import STOP_SIGNALS, keep_steady_time, stop_once


def test_timers_do_not_go_by_the_time_of_day_which_may_be_set_back() -> None:
    reactor = SimpleNamespace(seconds=time.time)
    keep_steady_time(reactor)
    assert abs(time.monotonic() - reactor.seconds()) < 60


@pytest.fixture
def signals() -> Iterator[list[int]]:
    """The stop signals that reach who handled them before."""
    heard: list[int] = []
    former = {
        number: signal.signal(number, lambda got, _frame: heard.append(got))
        for number in STOP_SIGNALS
    }
    yield heard
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("second", STOP_SIGNALS)
def test_of_several_stop_signals_the_first_one_counts(
    signals: list[int], second: signal.Signals
) -> None:
    stop_once(Ending())
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(second)
    assert signals == [signal.SIGTERM]


def test_a_stop_signal_after_a_start_that_failed_changes_nothing(signals: list[int]) -> None:
    ending = Ending()
    stop_once(ending)
    ending.begin(lambda: None)
    signal.raise_signal(signal.SIGTERM)
    assert signals == []


def test_what_a_start_does_not_need_is_not_loaded() -> None:
    ask = "import sys, mom.service; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    assert not {"alembic", "autobahn"} & set(loaded.stdout.split())


def test_nothing_looks_for_garbage_while_the_service_is_loaded() -> None:
    ask = (
        "import gc; from twisted.plugins.mom_plugin import mom; gc.collect()\n"
        "before = gc.get_stats(); mom.options; after = gc.get_stats()\n"
        "import sys; print(before == after, gc.isenabled(), 'mom.rooms' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    assert told.stdout.split() == ["True", "True", "True"]
