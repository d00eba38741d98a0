"""The move of a phone: every state with everything that may happen, and the records it leads to."""

import itertools

import msgspec
import pytest

from mom.axi.mom_profile import LocateReject
from mom.directory.roaming import roam
from mom.directory.roaming.roam import Happening, Phase, Seen, Transition
from mom.directory.wire import Told
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.device import ROAMING_COMPLETE, ROAMING_STARTED, Device
from mom.model.identities import DeviceNumber, OmmId

A, B = "102800A1", "102800B2"
PHONE = Device(
    ppn=DeviceNumber(7),
    home=OmmId(1),
    s="Yes",
    omm_id=A,
    omm_id_ack=A,
    roaming=ROAMING_COMPLETE,
    time_stamp_roaming=1000,
)


@pytest.mark.parametrize(
    ("phase", "happening"), list(itertools.product(Phase, Happening)), ids=lambda it: it.value
)
def test_a_phone_that_rests_starts_only_when_it_comes_elsewhere_and_one_that_moves_always_ends(
    phase: Phase, happening: Happening
) -> None:
    step = roam.step(phase, happening)
    if happening is Happening.CAME_ELSEWHERE:
        assert (step.transition, step.leave, step.give) == (Transition.START, True, True)
    elif happening is Happening.CAME_THERE:
        assert (step.transition, step.leave, step.give) == (Transition.NONE, False, True)
    elif (
        phase is Phase.RESTS
        or happening is Happening.UNANSWERED
        or (phase is Phase.RETURNS and happening in (Happening.UNSENT, Happening.AWAY))
    ):
        assert step.transition is Transition.NONE
    elif phase is Phase.RETURNS or happening in (Happening.ACCEPTED, Happening.FOUND):
        assert (step.transition, step.register) == (Transition.FINISH, True)
    else:
        assert step.transition is Transition.ABORT
    assert step.reject is (happening is Happening.REFUSED)


REFUSED = {
    "licensed": LocateReject.LICENSE,
    "known": LocateReject.UNKNOWN,
    "subscribed": LocateReject.NOT_SUBSCRIBED,
    "pari_only": LocateReject.PARI_ONLY,
    "room": LocateReject.LIMIT,
    "clash": LocateReject.BUSY,
}


@pytest.mark.parametrize("wrong", list(itertools.product([False, True], repeat=6)))
def test_a_phone_is_refused_for_the_first_reason_that_there_is(wrong: tuple[bool, ...]) -> None:
    cases = dict(zip(REFUSED, wrong, strict=True))
    values = {n: (w if n in ("pari_only", "clash") else not w) for n, w in cases.items()}
    first = next((REFUSED[name] for name, w in cases.items() if w), None)
    assert roam.refusal(Seen(**values)) is first


def test_a_full_omm_is_told_from_a_busy_one() -> None:
    assert roam.reason("ENoMem") is LocateReject.LIMIT
    assert roam.reason("EInval") is LocateReject.BUSY
    assert roam.reason("") is LocateReject.BUSY


def test_a_phone_that_starts_has_its_new_home_and_remembers_the_old_one() -> None:
    started = roam.started(PHONE, OmmId(2), B, A, 500)
    assert (started.home, started.omm_id, started.omm_id_ack) == (2, B, A)
    assert started.roaming == ROAMING_STARTED
    assert started.time_stamp_roaming == 1001
    assert roam.phase(started) is Phase.MOVES
    assert roam.is_moving_to(started, OmmId(2))
    assert not roam.is_moving_to(PHONE, OmmId(1))


def test_a_finished_move_is_acknowledged_and_an_aborted_one_is_newer_than_its_start() -> None:
    started = roam.started(PHONE, OmmId(2), B, A, 2000)
    done, back = roam.finished(started), roam.aborted(started, OmmId(1), 2000)
    assert (done.home, done.omm_id, done.omm_id_ack, done.roaming) == (2, B, B, ROAMING_COMPLETE)
    assert done.time_stamp_roaming == 2000
    assert (back.home, back.omm_id, back.omm_id_ack) == (1, A, A)
    assert roam.phase(back) is Phase.RETURNS
    assert roam.phase(roam.finished(back)) is Phase.RESTS
    assert back.time_stamp_roaming == 2001
    assert back.rev_roaming > started.rev_roaming


def told(omm_id: str, ack: str, roaming: str = ROAMING_COMPLETE) -> Told:
    values = {"omm_id": omm_id, "omm_id_ack": ack, "roaming": roaming}
    return Told(Noun.DEVICE, 3, 7, {Group.ROAMING: dict(values)}, {}, {}, None, None)


MOVING = roam.started(PHONE, OmmId(2), B, A, 2000)


@pytest.mark.parametrize(
    ("device", "said", "ari", "stamp", "new", "arrived"),
    [
        (MOVING, told(B, B), B, 0, True, True),
        (MOVING, told(B, B), B, 2000, False, True),
        (MOVING, told(B, B), B, 1999, False, True),
        (MOVING, told(B, B), B, 1990, False, False),
        (MOVING, told(A, A), B, 2000, True, False),
        (MOVING, told(B, A), B, 2000, True, False),
        (MOVING, told(B, B, ROAMING_STARTED), B, 2000, True, False),
        (MOVING, told(B, B), A, 2000, True, False),
        (MOVING, told("", ""), "", 2000, True, False),
        (PHONE, told(A, A), A, 2000, True, False),
        (roam.aborted(MOVING, OmmId(1), 2000), told(A, A), A, 1000, False, True),
    ],
)
def test_a_phone_has_arrived_when_the_new_omm_tells_that_it_is_its_home(
    device: Device, said: Told, ari: str, stamp: int, new: bool, arrived: bool
) -> None:
    assert roam.has_arrived(device, said, ari, stamp, new) is arrived


def test_a_phone_without_a_home_stays_without_one() -> None:
    nowhere = msgspec.structs.replace(PHONE, home=OmmId(0))
    back = roam.aborted(roam.started(nowhere, OmmId(2), B, "", 2000), OmmId(0), 2000)
    assert (back.home, back.omm_id, back.omm_id_ack) == (0, "", "")
    assert roam.phase(back) is Phase.RESTS
