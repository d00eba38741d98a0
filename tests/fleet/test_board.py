from collections.abc import Sequence

from twisted.internet.task import Clock

from mom.fleet.board import GATHERED_SECONDS, StatusBoard
from mom.model.identities import OmmId
from mom.model.omm import OmmState, OmmStatus


def status(number: int, state: OmmState = OmmState.CONNECTED, done: int = 0) -> OmmStatus:
    return OmmStatus(id=OmmId(number), state=state, done=done)


def board(clock: Clock) -> StatusBoard:
    return StatusBoard(clock, lambda omm: (omm * 10, omm))


def test_an_unknown_omm_is_disabled() -> None:
    assert board(Clock()).status(OmmId(7)) == OmmStatus(id=OmmId(7))


def test_statuses_come_by_number_with_the_counts_of_the_moment() -> None:
    made = board(Clock())
    made.put(status(2))
    made.put(status(1))
    assert [(s.id, s.n_users, s.n_devs) for s in made.statuses()] == [(1, 10, 1), (2, 20, 2)]


def test_changes_are_gathered_and_told_once_with_the_newest_status() -> None:
    clock, told = Clock(), list[Sequence[OmmStatus]]()
    made = board(clock)
    made.subscribe(told.append)
    for done in range(100):
        made.put(status(1, done=done))
    made.put(status(2))
    clock.advance(GATHERED_SECONDS)
    assert [[(s.id, s.done) for s in each] for each in told] == [[(1, 99), (2, 0)]]


def test_the_same_status_again_is_no_change() -> None:
    clock, told = Clock(), list[Sequence[OmmStatus]]()
    made = board(clock)
    made.subscribe(told.append)
    made.put(status(1))
    clock.advance(GATHERED_SECONDS)
    made.put(status(1))
    assert clock.getDelayedCalls() == []
    assert len(told) == 1


def test_a_stopped_listener_hears_nothing_and_a_failing_one_silences_nobody(
    logged_errors: object,
) -> None:
    clock, told, stopped = Clock(), list[Sequence[OmmStatus]](), list[Sequence[OmmStatus]]()
    made = board(clock)
    made.subscribe(lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    made.subscribe(told.append)
    subscription = made.subscribe(stopped.append)
    subscription.stop()
    subscription.stop()
    made.put(status(1))
    clock.advance(GATHERED_SECONDS)
    assert (len(told), stopped) == (1, [])
    assert logged_errors.flush(ZeroDivisionError)  # type: ignore[attr-defined]


def test_a_removed_omm_is_forgotten() -> None:
    made = board(Clock())
    made.put(status(1))
    made.remove(OmmId(1))
    assert made.statuses() == []


def test_states_are_counted() -> None:
    made = board(Clock())
    for number in (1, 2):
        made.put(status(number))
    made.put(status(3, OmmState.WAITING))
    assert made.states() == {"connected": 2, "waiting": 1}


def test_a_closed_board_leaves_no_timer() -> None:
    clock = Clock()
    made = board(clock)
    made.subscribe(lambda _: None)
    made.put(status(1))
    made.close()
    assert clock.getDelayedCalls() == []
