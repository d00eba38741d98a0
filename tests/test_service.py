"""What the service does before any part of it exists."""

import time
from types import SimpleNamespace

from mom.service import keep_steady_time


def test_timers_do_not_go_by_the_time_of_day_which_may_be_set_back() -> None:
    reactor = SimpleNamespace(seconds=time.time)
    keep_steady_time(reactor)
    assert abs(time.monotonic() - reactor.seconds()) < 60
