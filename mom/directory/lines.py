"""The explainable lines: why a record is as it is, in words that an administrator understands.

Times are UTC. Secrets and hidden attributes are named, never quoted.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from mom.directory.fingerprints import RECORDS
from mom.directory.merge import Judgement, Verdict
from mom.model.attribute import Group, attributes
from mom.model.copy import Noun
from mom.model.identities import OmmId

_MAX_VALUE = 60


def omm_name(omm: OmmId) -> str:
    """An OMM as people know it: `OMM 0004`."""
    return f"OMM {omm:04d}"


def clock(stamp: int) -> str:
    """The time of day of a stamp (seconds since 1970); `never` for 0."""
    if not 0 < stamp < 2**36:
        return "never"
    return datetime.fromtimestamp(stamp, UTC).strftime("%H:%M:%S")


def decided(
    noun: Noun,
    names: Iterable[str],
    omm: OmmId,
    judged: Judgement,
    times: tuple[int, int],
    lost: Mapping[str, object],
) -> str:
    """The line of one decision on a group.

    `times` are the OMM's stamp and MOM's by MOM's clock; `lost` the values that did not win, which
    stay in the line so that they can be put back.
    """
    what = ", ".join(names)
    omm_at, mom_at = times
    if judged.verdict is Verdict.TAKE:
        text = f"{what} from {omm_name(omm)}, newer there ({clock(omm_at)} against {clock(mom_at)})"
        side = "MOM"
    elif judged.tie:
        text = f"{what} from MOM, changed on {omm_name(omm)} in the same second ({clock(mom_at)})"
        side = omm_name(omm)
    elif judged.both:
        text = f"{what} from MOM, newer here ({clock(mom_at)} against {clock(omm_at)})"
        side = omm_name(omm)
    else:
        text = f"{what} from MOM, {omm_name(omm)} differs without a change of its own"
        side = omm_name(omm)
    values = _values(noun, lost)
    return f"{text}; {side} had {values}" if values else text


def lost(noun: Noun, values: Mapping[str, object]) -> str:
    """The values (by Python name) that people can put back, as JSON by name on the wire.

    Empty if there are none. Only what people enter is in it, and no secret.
    """
    kept = {
        a.wire: values[a.name]
        for a in attributes(RECORDS[noun])
        if a.name in values
        and a.group is Group.ADMIN
        and a.attr.written_by == "client"
        and not a.attr.hidden
        and values[a.name] is not None
    }
    return msgspec.json.encode(kept).decode() if kept else ""


def imported(omm: OmmId) -> str:
    """A record was new."""
    return f"imported from {omm_name(omm)}"


def bound(partner: str, rel_type: str, omm: OmmId, omm_at: int, mom_at: int) -> str:
    """A relation was taken from an OMM."""
    what = f"bound to {partner} ({rel_type})" if partner else "unbound"
    return f"{what} on {omm_name(omm)}, newer there ({clock(omm_at)} against {clock(mom_at)})"


def relation_kept(omm: OmmId, omm_at: int, mom_at: int) -> str:
    """MOM's relation stood against an OMM's."""
    return f"relation from MOM, {omm_name(omm)} differs ({clock(mom_at)} against {clock(omm_at)})"


def _values(noun: Noun, values: Mapping[str, object]) -> str:
    known = {a.name: a for a in attributes(RECORDS[noun])}
    parts = []
    for name, value in values.items():
        attribute = known.get(name)
        if attribute is not None and attribute.attr.hidden:
            continue
        shown = "nothing" if value is None else repr(value)[:_MAX_VALUE]
        parts.append(f"{attribute.wire if attribute else name} {shown}")
    return ", ".join(parts)
