"""The marks of a record: what is wrong with it, in words that begin with what they are about.

Every mark is made here: the page has each of them in its own language, and a test looks for those
it lacks.
"""

from collections.abc import Mapping
from typing import NewType

from mom.directory.lines import omm_name
from mom.model.attribute import wire_name
from mom.model.identities import OmmId

_REFUSED = "not accepted by "
_MISSING = "credentials missing"
_DIFFERS = "may differ"
_GUARDED = "not spread: "
_CONFLICT = "number "
_SHARED = "conference number "
_WAITS = "waits for "

Marks = tuple[str, ...]
Why = NewType("Why", str)
"""Why an OMM did not take something. Nobody else makes one."""
NO_ANSWER = Why("no answer")
UNSENDABLE = Why("cannot be sent")
LEFT_OUT = Why("answered without it")
NO_RELATION = Why("relation (no SetPP)")
"""Of a record whose relation an OMM without `SetPP` cannot take."""


def refusal(code: str, bad: str) -> Why:
    """An error code of AXI, with the attribute it names if it names one."""
    return Why(f"{code} {bad}" if code and bad else code or bad)


def refused(marks: Marks, omm: OmmId, why: Why) -> Marks:
    """Mark what an OMM did not accept (`EInval num`)."""
    text = f"not accepted by {omm_name(omm)}: {why}"
    return _replace(marks, f"{_REFUSED}{omm_name(omm)}: ", (text,))


def accepted(marks: Marks, omm: OmmId) -> Marks:
    """Take away that an OMM did not accept something."""
    return _replace(marks, f"{_REFUSED}{omm_name(omm)}: ", ())


def credentials_missing(marks: Marks, omm: OmmId, names: tuple[str, ...]) -> Marks:
    """Mark that a record went to an OMM without these secrets; none takes the mark away."""
    text = f"credentials missing on {omm_name(omm)}: {', '.join(names)}"
    return _replace(marks, f"{_MISSING} on {omm_name(omm)}", (text,) if names else ())


def left(marks: Marks, omm: OmmId) -> Marks:
    """Take away what is about a record on an OMM that does not hold it any more."""
    return credentials_missing(accepted(marks, omm), omm, ())


def may_differ(marks: Marks, omm: OmmId, names: tuple[str, ...]) -> Marks:
    """Mark that an OMM's secrets may not be what MOM knows; none takes the mark away."""
    text = f"may differ on {omm_name(omm)}: {', '.join(names)}"
    return _replace(marks, f"{_DIFFERS} on {omm_name(omm)}", (text,) if names else ())


def known_secrets(marks: Marks) -> Marks:
    """Take away all doubts about secrets: they were entered anew."""
    return tuple(mark for mark in marks if not mark.startswith((_DIFFERS, _MISSING)))


def guarded(marks: Marks, flaws: Mapping[str, str]) -> Marks:
    """Mark the attributes (by Python name or that on the wire) that are kept but not spread."""
    texts = tuple(f"not spread: {wire_name(name)} {why}" for name, why in flaws.items())
    return _replace(marks, _GUARDED, texts)


def conflicts(marks: Marks, num: str, others: tuple[tuple[int, OmmId], ...]) -> Marks:
    """Mark who else has the same number: pairs of user number and OMM (0 = none)."""
    texts = tuple(f"number {num} also used by user {_at(user, omm)}" for user, omm in others)
    return _replace(marks, _CONFLICT, texts)


def in_conflict(marks: Marks) -> bool:
    """Whether somebody else has the same number."""
    return any(mark.startswith(_CONFLICT) for mark in marks)


def same_conference(marks: Marks, conference: str, others: tuple[tuple[int, OmmId], ...]) -> Marks:
    """Mark which rooms have the same conference number: pairs of room and OMM (0 = none)."""
    texts = tuple(
        f"conference number {conference} also used by room {_at(room, omm)}" for room, omm in others
    )
    return _replace(marks, _SHARED, texts)


def shared(marks: Marks) -> Marks:
    """The marks of rooms with the same conference number."""
    return tuple(mark for mark in marks if mark.startswith(_SHARED))


def waits_for(marks: Marks, omms: tuple[OmmId, ...]) -> Marks:
    """Mark which OMMs must let go of a room first, and are not connected."""
    texts = tuple(f"waits for {omm_name(omm)}, which is not connected" for omm in omms)
    return _replace(marks, _WAITS, texts)


def stays_different(marks: Marks, omm: OmmId, names: tuple[str, ...]) -> Marks:
    """Mark the fields that an OMM accepts and yet keeps otherwise; none takes the mark away."""
    text = f"stays different on {omm_name(omm)}: {', '.join(names)}"
    return _replace(marks, f"stays different on {omm_name(omm)}", (text,) if names else ())


def forgotten(marks: Marks, omm: OmmId) -> Marks:
    """Take away all that is about one OMM: it has nothing to do with the record any more."""
    return tuple(mark for mark in marks if omm_name(omm) not in mark or mark.startswith(_SHARED))


def _at(number: int, omm: OmmId) -> str:
    return f"{number} ({omm_name(omm)})" if omm else str(number)


def _replace(marks: Marks, head: str, texts: tuple[str, ...]) -> Marks:
    if not texts and not any(mark.startswith(head) for mark in marks):
        return marks
    return (*(mark for mark in marks if not mark.startswith(head)), *texts)
