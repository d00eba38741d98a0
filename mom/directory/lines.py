"""The explainable lines: why a record is as it is, in words that an administrator understands.

Every sentence is made here: the page has each of them in its own language, and a test looks for
those it lacks. Times have date and zone, UTC; the page shows them in its reader's. Secrets and
hidden attributes are named, never quoted.
"""

import functools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NewType

import msgspec

from mom.directory.fingerprints import RECORDS
from mom.directory.merge import Judgement, Verdict
from mom.model.attribute import Attribute, Group, attributes, by_wire, wire_name
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom

_MAX_VALUE = 60

Sentence = NewType("Sentence", str)
"""What is kept with a record. Nobody else makes one."""
NOTHING = Sentence("")
"""There is nothing to say."""


@functools.lru_cache(maxsize=4096)
def omm_name(omm: OmmId) -> str:
    """An OMM as people know it: `OMM 0004`."""
    return f"OMM {omm:04d}"


def clock(stamp: int) -> str:
    """Date and time of a stamp (seconds since 1970): `2026-11-30 20:32:40 UTC`; `never` for 0."""
    if not 0 < stamp < 2**36:
        return "never"
    return f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d %H:%M:%S} UTC"


def in_words(value: object, attribute: Attribute | None = None) -> str:
    """A value as people see it: `on` and `off`, texts in quotes, `nothing` where there is none."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, str) or (attribute is not None and value in attribute.attr.choices):
        return str(value)
    return f'"{value}"' if len(value) <= _MAX_VALUE else f'"{value[:_MAX_VALUE]}…"'


def room_values(values: Mapping[str, object]) -> str:
    """Fields of a conference room (by Python name) with values: `name "Staff", omm 3`."""
    return _values({a.name: a for a in attributes(ConferenceRoom)}, values)


# -- what OMMs told


def decided(
    noun: Noun,
    names: Iterable[str],
    omm: OmmId,
    judged: Judgement,
    times: tuple[int, int],
    lost: Mapping[str, object],
) -> Sentence:
    """The line of one decision on a group.

    `times` are the OMM's stamp and MOM's by MOM's clock; `lost` the values that did not win, which
    stay in the line so that they can be put back.
    """
    what = ", ".join(map(wire_name, names))
    omm_at, mom_at = times
    if judged.verdict is Verdict.TAKE:
        text = f"{what} from {omm_name(omm)}, {_why_taken(omm_at, mom_at, judged.answer)}"
        side = "MOM"
    elif judged.own:
        text = f"{what} from MOM, {omm_name(omm)} took MOM's change before that one late"
        side = omm_name(omm)
    elif judged.tie:
        text = f"{what} from MOM, changed on {omm_name(omm)} in the same second ({clock(mom_at)})"
        side = omm_name(omm)
    elif judged.both:
        text = f"{what} from MOM, newer here ({clock(mom_at)} against {clock(omm_at)})"
        side = omm_name(omm)
    else:
        text = f"{what} from MOM, {omm_name(omm)} differs without a change of its own"
        side = omm_name(omm)
    values = _values({a.name: a for a in attributes(RECORDS[noun])}, lost)
    had = f"{side} had {values}"
    return Sentence(f"{text}; {had}" if values else text)


def _why_taken(omm_at: int, mom_at: int, answer: bool) -> Sentence:
    """Why an OMM's version was taken: news of it alone win, whatever the stamps say."""
    if answer:
        return Sentence("which stored it otherwise")
    if omm_at == mom_at:
        return Sentence(f"changed there in the same second ({clock(omm_at)})")
    if omm_at < mom_at:
        return Sentence("changed there and not here")
    return Sentence(f"newer there ({clock(omm_at)} against {clock(mom_at)})")


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


def imported(omm: OmmId) -> Sentence:
    """A record was new."""
    return Sentence(f"imported from {omm_name(omm)}")


def bound(
    partner: str, rel_type: str, omm: OmmId, omm_at: int, mom_at: int, answer: bool = False
) -> Sentence:
    """A relation was taken from an OMM. `answer`: from the answer to what MOM sent."""
    why = _why_taken(omm_at, mom_at, answer)
    if partner:
        return Sentence(f"bound to {partner} ({rel_type}) on {omm_name(omm)}, {why}")
    return Sentence(f"unbound on {omm_name(omm)}, {why}")


def user_named(number: str) -> str:
    """A user as the partner of a device, by its phone number or else its own."""
    return f"user {number}"


def device_named(number: str) -> str:
    """A device as the partner of a user, by its IPEI or else its number."""
    return f"device {number}"


def relation_kept(omm: OmmId, omm_at: int, mom_at: int) -> Sentence:
    """MOM's relation stood against an OMM's."""
    mine, theirs = clock(mom_at), clock(omm_at)
    return Sentence(f"relation from MOM, {omm_name(omm)} differs ({mine} against {theirs})")


def deleted_on(omm: OmmId) -> Sentence:
    """Deleted at its home, and so in MOM."""
    return Sentence(f"deleted on {omm_name(omm)}")


def kept_for_news(omm: OmmId) -> Sentence:
    """Deleted at its home, but MOM has something newer."""
    return Sentence(f"deleted on {omm_name(omm)}, changed in MOM since: kept")


def lives_elsewhere(omm: OmmId) -> Sentence:
    """An OMM has it no more, and it does not belong there."""
    return Sentence(f"no longer on {omm_name(omm)}, its home is elsewhere")


def kept_after_import(omm: OmmId) -> Sentence:
    """An OMM got another database, without this record."""
    return Sentence(f"not on {omm_name(omm)} after the import of the database: kept")


def restored(omm: OmmId) -> Sentence:
    """Somebody wanted it back on the OMM that had lost it."""
    return Sentence(f"restored on {omm_name(omm)}")


def revived_on(omm: OmmId) -> Sentence:
    """An OMM had something newer of a record in the trash."""
    return Sentence(f"back from the trash, {omm_name(omm)}")


# -- phones that move and subscribe


def moved(source: OmmId, target: OmmId, seconds: float) -> Sentence:
    """A phone moved; 0 = no OMM."""
    return Sentence(f"moved from {_place(source)} to {omm_name(target)} in {seconds:.3f} s")


def moved_alone(source: OmmId, target: OmmId) -> Sentence:
    """An OMM took the phone without asking."""
    return Sentence(f"moved from {_place(source)} to {omm_name(target)} without MOM")


def stays(source: OmmId, target: OmmId, result: str, why: str) -> Sentence:
    """A phone did not move; `result` is the outcome in words, `why` says more about it."""
    reason = f"{result} ({why})" if why else result
    return Sentence(f"stays at {_place(source)}, did not move to {omm_name(target)}: {reason}")


def became(ipei: str) -> Sentence:
    """A device that was made beforehand is this phone now."""
    return Sentence(f"became {ipei} by an additional ID")


def subscribes(omm: OmmId, *, automatic: bool) -> Sentence:
    """A device was made for a phone that subscribes."""
    if automatic:
        return Sentence(f"subscribes at {omm_name(omm)}, made by auto-create")
    return Sentence(f"subscribes at {omm_name(omm)}, made by an additional ID")


def bound_by_id(user: int, device: int, rel_type: str) -> Sentence:
    """A phone was bound to the user whose additional ID was typed at it."""
    ends = f"user {user} and device {device} ({rel_type})"
    return Sentence(f"bound by an additional ID: {ends}")


def refused(what: str, omm: OmmId, reason: str) -> Sentence:
    """An OMM had to send a phone away."""
    return Sentence(f"{what} refused on {omm_name(omm)}: {reason}")


# -- what people and applications did


def created(by: str) -> Sentence:
    """Made in MOM."""
    return Sentence(f"created by {by}")


def copied(by: str, noun: Noun, number: int) -> Sentence:
    """Made in MOM like another one."""
    return Sentence(f"copied by {by} from {noun.value} {number}")


def changed(before: msgspec.Struct, values: Mapping[str, object], by: str) -> Sentence:
    """Changed in MOM: the fields, with their former values."""
    parts = []
    for attribute in by_wire(type(before)).values():
        if attribute.name not in values:
            continue
        former = getattr(before, attribute.name)
        if attribute.attr.hidden:
            parts.append(attribute.wire)
        elif former != values[attribute.name]:
            parts.append(f"{attribute.wire} (was {in_words(former, attribute)})")
    return Sentence(f"changed by {by}: {', '.join(parts)}")


def deleted(by: str) -> Sentence:
    """Deleted in MOM."""
    return Sentence(f"deleted by {by}")


def revived(by: str) -> Sentence:
    """Put back from the trash."""
    return Sentence(f"back from the trash by {by}")


def tied(by: str, user: int, device: int, rel_type: str) -> Sentence:
    """Bound in MOM."""
    ends = f"user {user} and device {device} ({rel_type})"
    return Sentence(f"bound by {by}: {ends}")


def untied(by: str) -> Sentence:
    """Unbound in MOM."""
    return Sentence(f"unbound by {by}")


def related(by: str, rel_type: str, former: str) -> Sentence:
    """The type of a relation was changed in MOM."""
    return Sentence(f"relation made {rel_type} by {by} (was {former})")


def unsubscribed(by: str) -> Sentence:
    """Unsubscribed in MOM."""
    return Sentence(f"unsubscribed by {by}")


# -- conference rooms


def room_told(omm: OmmId, values: str, former: Mapping[str, object]) -> Sentence:
    """An OMM's version was taken; `values` in words."""
    text = f"{values} from {omm_name(omm)}"
    had = f"MOM had {room_values(former)}"
    return Sentence(f"{text}; {had}" if former else text)


def room_given(omm: OmmId, lost: Mapping[str, object]) -> Sentence:
    """An OMM had something else than MOM."""
    return Sentence(f"MOM's version given to {omm_name(omm)}, which had {room_values(lost)}")


def room_taken_in(omm: OmmId) -> Sentence:
    """A room was new."""
    return Sentence(f"taken in from {omm_name(omm)}")


def room_missing(omm: OmmId) -> Sentence:
    """A room was not at its OMM."""
    return Sentence(f"missing on {omm_name(omm)}: made again")


def room_homeless(omm: OmmId) -> Sentence:
    """The OMM of a room is no longer in MOM."""
    return Sentence(f"on no OMM: {omm_name(omm)} was deleted")


def _place(omm: OmmId) -> str:
    return omm_name(omm) if omm else "nowhere"


def _values(known: Mapping[str, Attribute], values: Mapping[str, object]) -> str:
    parts = []
    for name, value in values.items():
        attribute = known.get(name)
        if attribute is None or not attribute.attr.hidden:
            wire = attribute.wire if attribute is not None else name
            parts.append(f"{wire} {in_words(value, attribute)}")
    return ", ".join(parts)
