"""The marks of a record: what is wrong with it, in words that begin with what they are about."""

from collections.abc import Mapping

from mom.directory.lines import omm_name
from mom.model.identities import OmmId

_REFUSED = "not accepted by "
_MISSING = "credentials missing"
_DIFFERS = "may differ"
_GUARDED = "not spread: "
_CONFLICT = "number "
_SHARED = "conference number "
_WAITS = "waits for "
_STAYS = "stays different on "

Marks = tuple[str, ...]


def refused(marks: Marks, omm: OmmId, why: str) -> Marks:
    """Mark what an OMM did not accept (`EInval num`); empty takes the mark away."""
    head = f"{_REFUSED}{omm_name(omm)}: "
    return _replace(marks, head, (head + why,) if why else ())


def credentials_missing(marks: Marks, omm: OmmId, names: tuple[str, ...]) -> Marks:
    """Mark that a record went to an OMM without these secrets; none takes the mark away."""
    head = f"{_MISSING} on {omm_name(omm)}"
    return _replace(marks, head, (f"{head}: {', '.join(names)}",) if names else ())


def may_differ(marks: Marks, omm: OmmId, names: tuple[str, ...]) -> Marks:
    """Mark that an OMM's secrets may not be what MOM knows; none takes the mark away."""
    head = f"{_DIFFERS} on {omm_name(omm)}"
    return _replace(marks, head, (f"{head}: {', '.join(names)}",) if names else ())


def known_secrets(marks: Marks) -> Marks:
    """Take away all doubts about secrets: they were entered anew."""
    return tuple(mark for mark in marks if not mark.startswith((_DIFFERS, _MISSING)))


def guarded(marks: Marks, flaws: Mapping[str, str]) -> Marks:
    """Mark the attributes that are kept but not spread."""
    return _replace(marks, _GUARDED, tuple(f"{_GUARDED}{n} {why}" for n, why in flaws.items()))


def conflicts(marks: Marks, num: str, others: tuple[tuple[int, OmmId], ...]) -> Marks:
    """Mark who else has the same number: pairs of user number and OMM (0 = none)."""
    texts = tuple(f"{_CONFLICT}{num} also used by user {user}{_at(omm)}" for user, omm in others)
    return _replace(marks, _CONFLICT, texts)


def in_conflict(marks: Marks) -> bool:
    """Whether somebody else has the same number."""
    return any(mark.startswith(_CONFLICT) for mark in marks)


def same_conference(marks: Marks, conference: str, others: tuple[tuple[int, OmmId], ...]) -> Marks:
    """Mark which rooms have the same conference number: pairs of room and OMM (0 = none)."""
    texts = tuple(
        f"conference number {conference} also used by room {room}" + _at(omm)
        for room, omm in others
    )
    return _replace(marks, _SHARED, texts)


def shared(marks: Marks) -> Marks:
    """The marks of rooms with the same conference number."""
    return tuple(mark for mark in marks if mark.startswith(_SHARED))


def waits_for(marks: Marks, omms: tuple[OmmId, ...]) -> Marks:
    """Mark which OMMs must let go of a room first, and are not connected."""
    texts = tuple(f"{_WAITS}{omm_name(omm)}, which is not connected" for omm in omms)
    return _replace(marks, _WAITS, texts)


def stays_different(marks: Marks, omm: OmmId, names: tuple[str, ...]) -> Marks:
    """Mark the fields that an OMM accepts and yet keeps otherwise; none takes the mark away."""
    head = f"{_STAYS}{omm_name(omm)}"
    return _replace(marks, head, (f"{head}: {', '.join(names)}",) if names else ())


def forgotten(marks: Marks, omm: OmmId) -> Marks:
    """Take away all that is about one OMM: it has nothing to do with the record any more."""
    return tuple(mark for mark in marks if omm_name(omm) not in mark or mark.startswith(_SHARED))


def _at(omm: OmmId) -> str:
    return f" ({omm_name(omm)})" if omm else ""


def _replace(marks: Marks, head: str, texts: tuple[str, ...]) -> Marks:
    if not texts and not any(mark.startswith(head) for mark in marks):
        return marks
    return (*(mark for mark in marks if not mark.startswith(head)), *texts)
