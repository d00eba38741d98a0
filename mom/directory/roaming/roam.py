"""The move of a phone from one OMM to another: what follows from what happens. Pure.

All that a move is at any moment is in the device's record: `home` and `omm_id` are where it goes,
`omm_id_ack` is where it comes from, and `roaming` says that it is under way. So after a crash the
same rules bring it to its end. A move that is given up is under way, too, from the old OMM to
itself, until that has registered the phone again.
"""

import enum

import msgspec

from mom.axi.mom_profile import LocateReject
from mom.directory.merge import later
from mom.directory.wire import Told
from mom.model.attribute import Group
from mom.model.device import ROAMING_COMPLETE, ROAMING_STARTED, Device
from mom.model.identities import OmmId

_JITTER = 1
"""Seconds by which one stamp may differ in two sessions, for the clocks are compared anew."""


class Phase(enum.Enum):
    """Where a phone stands."""

    RESTS = "rests"
    MOVES = "moves"
    RETURNS = "returns"
    """The move was given up, and the old OMM is still to be told."""


class Happening(enum.Enum):
    """What may happen to a phone; "there" is the OMM that it moves to or is at home at."""

    CAME_THERE = "came there"
    CAME_ELSEWHERE = "came elsewhere"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNSENT = "not sent"
    UNANSWERED = "not answered"
    FOUND = "found there"
    NOT_FOUND = "not found there"
    AWAY = "there is away"


class Transition(enum.Enum):
    """What becomes of the record."""

    NONE = "none"
    START = "start"
    FINISH = "finish"
    ABORT = "abort"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What follows: the record's `transition`, and which messages go out.

    `leave`: the old OMM ends the phone's SIP registration; `give`: the new one gets the records;
    `register`: the OMM where the phone is now registers it; `reject`: the OMM that asked is told
    that the phone may not come.
    """

    transition: Transition = Transition.NONE
    leave: bool = False
    give: bool = False
    register: bool = False
    reject: bool = False


_NOTHING = Step()
_AGAIN = Step(give=True)
_START = Step(transition=Transition.START, leave=True, give=True)
_FINISH = Step(transition=Transition.FINISH, register=True)
_ABORT = Step(transition=Transition.ABORT)
_STEPS: dict[tuple[Phase, Happening], Step] = {
    (Phase.RESTS, Happening.CAME_THERE): _AGAIN,
    (Phase.RESTS, Happening.CAME_ELSEWHERE): _START,
    (Phase.RESTS, Happening.ACCEPTED): Step(register=True),
    (Phase.RESTS, Happening.REFUSED): Step(reject=True),
    (Phase.RESTS, Happening.UNSENT): _NOTHING,
    (Phase.RESTS, Happening.UNANSWERED): _NOTHING,
    (Phase.RESTS, Happening.FOUND): _NOTHING,
    (Phase.RESTS, Happening.NOT_FOUND): _NOTHING,
    (Phase.RESTS, Happening.AWAY): _NOTHING,
    (Phase.MOVES, Happening.CAME_THERE): _AGAIN,
    (Phase.MOVES, Happening.CAME_ELSEWHERE): _START,
    (Phase.MOVES, Happening.ACCEPTED): _FINISH,
    (Phase.MOVES, Happening.REFUSED): Step(transition=Transition.ABORT, reject=True),
    (Phase.MOVES, Happening.UNSENT): _ABORT,
    (Phase.MOVES, Happening.UNANSWERED): _NOTHING,
    (Phase.MOVES, Happening.FOUND): _FINISH,
    (Phase.MOVES, Happening.NOT_FOUND): _ABORT,
    (Phase.MOVES, Happening.AWAY): _ABORT,
    (Phase.RETURNS, Happening.CAME_THERE): _AGAIN,
    (Phase.RETURNS, Happening.CAME_ELSEWHERE): _START,
    (Phase.RETURNS, Happening.ACCEPTED): _FINISH,
    (Phase.RETURNS, Happening.REFUSED): Step(
        transition=Transition.FINISH, register=True, reject=True
    ),
    (Phase.RETURNS, Happening.UNSENT): _NOTHING,
    (Phase.RETURNS, Happening.UNANSWERED): _NOTHING,
    (Phase.RETURNS, Happening.FOUND): _FINISH,
    (Phase.RETURNS, Happening.NOT_FOUND): _FINISH,
    (Phase.RETURNS, Happening.AWAY): _NOTHING,
}


def phase(device: Device) -> Phase:
    """Where a phone stands by its record."""
    if device.roaming != ROAMING_STARTED:
        return Phase.RESTS
    return Phase.RETURNS if device.omm_id == device.omm_id_ack else Phase.MOVES


def is_moving_to(device: Device | None, omm: OmmId) -> bool:
    """Whether a phone is on its way to that OMM."""
    return device is not None and phase(device) is not Phase.RESTS and device.home == omm


def step(stands: Phase, happening: Happening) -> Step:
    """What follows from something that happens to a phone."""
    return _STEPS[stands, happening]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a phone may come to an OMM.

    `pari_only`: it is subscribed to another OMM's own identity; `clash`: the OMM holds another
    user with its number; `room`: the OMM takes one more phone.
    """

    licensed: bool = True
    known: bool = True
    subscribed: bool = True
    pari_only: bool = False
    clash: bool = False
    room: bool = True


def refusal(seen: Seen) -> LocateReject | None:
    """Why a phone may not come; None if it may."""
    if not seen.licensed:
        return LocateReject.LICENSE
    if not seen.known:
        return LocateReject.UNKNOWN
    if not seen.subscribed:
        return LocateReject.NOT_SUBSCRIBED
    if seen.pari_only:
        return LocateReject.PARI_ONLY
    if not seen.room:
        return LocateReject.LIMIT
    return LocateReject.BUSY if seen.clash else None


def reason(code: str) -> LocateReject:
    """Why the phone may not come, by the error that its OMM answered to its records."""
    return LocateReject.LIMIT if code == "ENoMem" else LocateReject.BUSY


def started(device: Device, home: OmmId, ari: str, source: str, now: int) -> Device:
    """The record of a phone that begins to move to the OMM `home` with that ARI.

    `source` is the ARI of the OMM that has it, empty for none.
    """
    return msgspec.structs.replace(
        device,
        home=home,
        omm_id=ari,
        omm_id_ack=source,
        roaming=ROAMING_STARTED,
        time_stamp_roaming=later(now, device.time_stamp_roaming),
        rev_roaming=device.rev_roaming + 1,
        revision=device.revision + 1,
    )


def finished(device: Device) -> Device:
    """The record of a phone that has come to where it went.

    The revision of the group stays: no OMM was ever told anything else of it.
    """
    return msgspec.structs.replace(
        device,
        omm_id_ack=device.omm_id,
        roaming=ROAMING_COMPLETE,
        revision=device.revision + 1,
    )


def reopened(device: Device, move: Device) -> Device:
    """The record of a phone that is there, but whose registration there is still to be made.

    `move` is the record as it was before.
    """
    return msgspec.structs.replace(
        device, omm_id_ack=move.omm_id_ack, roaming=move.roaming, revision=move.revision + 1
    )


def aborted(device: Device, source: OmmId, now: int) -> Device:
    """The record of a phone that returns to where it was; `source` 0: MOM knows no such OMM."""
    return msgspec.structs.replace(
        device,
        home=source,
        omm_id=device.omm_id_ack,
        roaming=ROAMING_STARTED if source else ROAMING_COMPLETE,
        time_stamp_roaming=later(now, device.time_stamp_roaming),
        rev_roaming=device.rev_roaming + 1,
        revision=device.revision + 1,
    )


def has_arrived(device: Device, told: Told, ari: str, stamp: int, new: bool) -> bool:
    """Whether what the OMM with that ARI tells shows that the phone's records are there.

    `new`: the OMM held no copy before the move. One that did proves by its `stamp` (by MOM's
    clock, 0 = none told) that this is no older stay of the phone.
    """
    if phase(device) is Phase.RESTS or not ari or device.omm_id != ari:
        return False
    here = (told.value(Group.ROAMING, "omm_id"), told.value(Group.ROAMING, "omm_id_ack"))
    if here != (ari, ari) or told.value(Group.ROAMING, "roaming") != ROAMING_COMPLETE:
        return False
    returns = phase(device) is Phase.RETURNS
    return new or returns or stamp + _JITTER >= device.time_stamp_roaming
