"""The marks of a record: what is wrong with it, in words that begin with what they are about."""

from collections.abc import Mapping

from mom.directory.lines import omm_name
from mom.model.identities import OmmId

_REFUSED = "not accepted by "
_MISSING = "credentials missing"
_DIFFERS = "may differ"
_GUARDED = "not spread: "
_CONFLICT = "number "

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
    texts = tuple(
        f"{_CONFLICT}{num} also used by user {user}" + (f" ({omm_name(omm)})" if omm else "")
        for user, omm in others
    )
    return _replace(marks, _CONFLICT, texts)


def in_conflict(marks: Marks) -> bool:
    """Whether somebody else has the same number."""
    return any(mark.startswith(_CONFLICT) for mark in marks)


def _replace(marks: Marks, head: str, texts: tuple[str, ...]) -> Marks:
    if not texts and not any(mark.startswith(head) for mark in marks):
        return marks
    return (*(mark for mark in marks if not mark.startswith(head)), *texts)
