import pytest

from mom.fleet.errors import MustAccept, Restarting, Unreachable
from mom.fleet.retry import RetryPlan

GONE = Unreachable("gone")


def plan(interval: float = 60.0, random: float = 0.5) -> RetryPlan:
    return RetryPlan(interval, lambda: random)


@pytest.mark.feature("F4")
def test_a_refused_try_is_repeated_after_the_interval_for_ever() -> None:
    retry = plan(random=0.0)
    assert [retry.delay(GONE, 60.0 * n, False) for n in range(1000)] == [60.0] * 1000


@pytest.mark.feature("F4")
@pytest.mark.parametrize(("interval", "most"), [(60.0, 65.0), (30.0, 33.0), (600.0, 605.0)])
def test_the_spread_is_a_tenth_of_the_interval_and_at_most_five_seconds(
    interval: float, most: float
) -> None:
    assert plan(interval, 1.0).delay(GONE, 0.0, False) == most


@pytest.mark.feature("F4")
def test_the_first_try_after_a_lost_session_is_at_once_but_for_the_spread() -> None:
    assert plan(random=0.0).delay(GONE, 0.0, True) == 0.0
    assert plan(random=1.0).delay(GONE, 0.0, True) == 5.0


def test_an_omm_that_always_hangs_up_is_not_tried_without_end() -> None:
    retry = plan(random=0.0)
    assert [retry.delay(GONE, at, True) for at in (0.0, 1.0, 59.0, 60.0)] == [0.0, 60.0, 60.0, 0.0]


@pytest.mark.feature("F16")
def test_a_restarting_omm_is_tried_every_five_seconds_for_two_minutes() -> None:
    retry = plan(random=0.0)
    assert retry.delay(Restarting("restarts"), 0.0, False) == 5.0
    assert [retry.delay(GONE, at, False) for at in (5.0, 119.0, 120.0)] == [5.0, 5.0, 60.0]


@pytest.mark.feature("F16")
def test_nothing_is_logged_while_an_omm_restarts() -> None:
    retry = plan()
    retry.delay(Restarting("restarts"), 0.0, False)
    assert retry.quiet(119.0)
    assert not retry.quiet(120.0)


def test_a_restart_is_over_once_the_omm_is_connected() -> None:
    retry = plan(random=0.0)
    retry.delay(Restarting("restarts"), 0.0, False)
    retry.connected()
    assert retry.delay(GONE, 10.0, False) == 60.0


def test_what_must_be_accepted_is_not_tried_again() -> None:
    assert plan().delay(MustAccept("park", "1F1028D67A", "other PARK"), 0.0, False) is None
