"""The requests that carry a step to one OMM, and what its answers tell. Pure.

An OMM that knows `SetPP` gets one request for both ends of a pair, another one a request a record.
"""

import msgspec

from mom.axi.element import Element
from mom.axi.secrets import PublicKey
from mom.directory import credentials, wire
from mom.directory.entry import UNBOUND
from mom.directory.fingerprints import stamp_name
from mom.directory.guard import Guard
from mom.directory.news import NOT_SENT
from mom.directory.rows import Known, Row
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.sends import Change, Part
from mom.directory.wire import Record
from mom.model.agreement import GROUPS
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.user import User


class Recipient(msgspec.Struct, frozen=True):
    """The OMM that values are written for: its key, what it knows, and its clock minus MOM's in
    seconds.
    """

    key: PublicKey | None
    abilities: Abilities
    guard: Guard
    offset: int


def requests(
    step: Change, records: dict[Known, Record], to: Recipient
) -> list[tuple[Element, tuple[Part, ...]]]:
    """The requests that carry a step: one `SetPP`, or one for each record without it.

    Such an OMM takes a relation only of a fixed pair that is made at once.
    """
    elements = [
        (part, _element(part, records.get((part.noun, part.number)), to)) for part in step.parts
    ]
    if to.abilities.set_pp:
        return [(Element("SetPP", {}, tuple(e for _, e in elements)), step.parts)]
    if to.abilities.fixed_pairs and _is_new_pair(step, records):
        whole = tuple(msgspec.structs.replace(p, groups=GROUPS[p.noun]) for p in step.parts)
        return [(Element("CreateFixedPP", {}, tuple(e for _, e in elements)), whole)]
    found: list[tuple[Element, tuple[Part, ...]]] = []
    for part, element in elements:
        verb = "Set" if part.local else "Create"
        name = f"{verb}PPUser" if part.noun is Noun.USER else f"{verb}PPDev"
        found.append((Element(name, {}, (element,)), (part,)))
    return found


def _is_new_pair(step: Change, records: dict[Known, Record]) -> bool:
    """Whether a step makes both ends of a fixed relation."""
    ends = [records.get((part.noun, part.number)) for part in step.parts if not part.local]
    return len(ends) > 1 and all(end is not None and end.rel_type == "Fixed" for end in ends)


def sent_revisions(part: Part, record: Record | None) -> tuple[int, ...]:
    """The revisions that a part carries, `NOT_SENT` for groups that it does not."""
    return tuple(
        getattr(record, f"rev_{group.value}") if group in part.groups else NOT_SENT
        for group in GROUPS[part.noun]
    )


def rows_in(
    answer: Element, parts: tuple[Part, ...], records: dict[Known, Record], numbered: bool
) -> list[Row]:
    """The records as the OMM stored them, users first; what the answer leaves out is not there.

    `numbered`: the request told the system-wide numbers.
    """
    rows = []
    for part in parts:
        child = answer.child(wire.child_name(part.noun))
        if child is None and answer.has(wire.local_name(part.noun)):
            child = Element(wire.child_name(part.noun), answer.attrs)
        if child is None:
            continue
        rows.append(
            Row(
                noun=part.noun,
                element=child,
                local=wire.local_of(part.noun, child) or part.local,
                whole=True,
                sent=sent_revisions(part, records.get((part.noun, part.number))),
                number=part.number,
                numbered=numbered,
            )
        )
    return rows


def _element(part: Part, record: Record | None, to: Recipient) -> Element:
    attrs = {
        wire.local_name(part.noun): str(part.local),
        wire.number_name(part.noun): str(part.number),
    }
    if not to.abilities.set_pp:
        del attrs[wire.number_name(part.noun)]
    if record is not None and part.groups:
        flaws = to.guard.flaws(part.noun, record)
        for group in part.groups:
            attrs |= _group(part, group, record, to, flaws)
    return wire.element(part.noun, attrs)


def _group(
    part: Part, group: Group, record: Record, to: Recipient, flaws: dict[str, str]
) -> dict[str, str]:
    stamp: int = getattr(record, f"time_stamp_{group.value}")
    attrs: dict[str, str] = {}
    if group is Group.RELATION:
        attrs = _relation(part, record)
    else:
        members = [
            a
            for a in wire.members(part.noun, group)
            if a.name not in flaws and to.abilities.may_send(part.noun, a)
        ]
        attrs = wire.texts(members, record)
    if group is Group.ADMIN:
        attrs |= {
            name: text
            for name, text in record.extra.items()
            if to.abilities.has_shown(part.noun, name)
        }
        if isinstance(record, User):
            attrs |= {
                name: cipher
                for name, cipher in credentials.give(record, to.key)[0].items()
                if to.abilities.may_send_secret(name)
            }
    if stamp and to.abilities.may_stamp(part.noun, stamp_name(group)):
        attrs[stamp_name(group)] = str(max(stamp + to.offset, 1))
    return attrs


def _relation(part: Part, record: Record) -> dict[str, str]:
    name = wire.partner_name(part.noun)
    if part.partner == 0 or record.rel_type == UNBOUND:
        return {name: "0", "relType": UNBOUND}
    if part.partner is None:
        return {"relType": record.rel_type}
    return {name: str(part.partner), "relType": record.rel_type}
