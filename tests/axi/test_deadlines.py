"""Deadlines: one timer for all that is waited for."""

import pytest
from twisted.internet.task import Clock

from mom.axi.deadlines import Deadlines


class Bench:
    def __init__(self) -> None:
        self.clock = Clock()
        self.passed: list[int] = []
        self.deadlines = Deadlines(self.clock, self.passed.append)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_each_number_is_told_when_its_time_is_up_and_only_once(bench: Bench):
    bench.deadlines.put(1, 30)
    bench.clock.advance(10)
    bench.deadlines.put(2, 30)

    bench.clock.advance(20)
    assert bench.passed == [1]
    bench.clock.advance(9.9)
    assert bench.passed == [1]
    bench.clock.advance(0.1)
    bench.clock.advance(100)
    assert bench.passed == [1, 2]
    assert bench.clock.getDelayedCalls() == []


def test_a_number_with_less_time_is_told_before_those_that_came_first(bench: Bench):
    bench.deadlines.put(1, 30)
    bench.deadlines.put(2, 2)

    bench.clock.advance(2)
    assert bench.passed == [2]
    bench.clock.advance(28)
    assert bench.passed == [2, 1]


def test_numbers_that_are_due_together_are_told_in_the_order_of_their_times(bench: Bench):
    bench.deadlines.put(1, 3)
    bench.deadlines.put(2, 1)
    bench.deadlines.put(3, 2)

    bench.clock.advance(10)

    assert bench.passed == [2, 3, 1]


def test_all_numbers_share_one_timer_that_rings_once_in_vain(bench: Bench):
    for number in range(100):
        bench.deadlines.put(number, 30)
        bench.deadlines.drop(number)
    assert len(bench.clock.getDelayedCalls()) == 1

    bench.clock.advance(30)

    assert bench.passed == []
    assert bench.clock.getDelayedCalls() == []


def test_a_number_waits_its_own_time_though_the_timer_runs_already(bench: Bench):
    bench.deadlines.put(1, 30)
    bench.deadlines.drop(1)
    bench.clock.advance(20)
    bench.deadlines.put(2, 30)

    bench.clock.advance(29.9)
    assert bench.passed == []
    bench.clock.advance(0.1)
    assert bench.passed == [2]


def test_what_begins_when_a_time_is_up_does_not_make_others_wait_longer():
    clock, passed = Clock(), []

    def ask_again(number: int) -> None:
        passed.append((clock.seconds(), number))
        if number == 1:
            deadlines.put(3, 30)

    deadlines = Deadlines(clock, ask_again)
    deadlines.put(1, 10)
    deadlines.put(2, 15)
    clock.pump([1] * 60)

    assert passed == [(10, 1), (15, 2), (40, 3)]


def test_nothing_is_told_after_a_stop(bench: Bench):
    bench.deadlines.put(1, 30)

    bench.deadlines.stop()

    assert bench.clock.getDelayedCalls() == []
    bench.clock.advance(100)
    assert bench.passed == []


def test_a_number_that_another_one_takes_along_is_not_told(bench: Bench):
    def first_alone(number: int) -> None:
        bench.passed.append(number)
        deadlines.drop(2)

    deadlines = Deadlines(bench.clock, first_alone)
    deadlines.put(1, 1)
    deadlines.put(2, 1)

    bench.clock.advance(1)

    assert bench.passed == [1]
    assert bench.clock.getDelayedCalls() == []


def test_a_number_may_be_put_again_when_its_time_is_up(bench: Bench):
    def again(number: int) -> None:
        bench.passed.append(number)
        if len(bench.passed) < 3:
            deadlines.put(number, 5)

    deadlines = Deadlines(bench.clock, again)
    deadlines.put(1, 5)
    deadlines.put(2, 60)

    for _ in range(12):
        bench.clock.advance(5)

    assert bench.passed == [1, 1, 1, 2]
    assert bench.clock.getDelayedCalls() == []
