"""What must go to one OMM about one user and its device, and the requests for it. Pure.

Everything follows from the difference between `wanted` and the copies: what is not wanted is
deleted, the user before the device; what is wanted is made, changed group by group, or told its
system-wide number, both in one `SetPP`.
"""

from typing import Protocol

import msgspec

from mom.axi.element import Element
from mom.axi.secrets import PublicKey
from mom.directory import credentials, wire
from mom.directory.entry import UNBOUND, Entry, other
from mom.directory.fingerprints import stamp_name
from mom.directory.guard import Guard
from mom.directory.news import NOT_SENT
from mom.directory.rows import Known, Row
from mom.directory.sending.abilities import Abilities
from mom.directory.wanted import Partners, wanted
from mom.directory.wire import Record
from mom.model.agreement import GROUPS, PENDING, revisions
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.model.user import User


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One record in a request: `local` 0 = to be made; without groups only the number is told.

    `partner` is the local number of the bound record, None = it is made in the same request, 0 =
    none.
    """

    noun: Noun
    number: int
    local: int
    groups: tuple[Group, ...]
    partner: int | None = 0


class Change(msgspec.Struct, frozen=True):
    """Make or change: one or two parts, the user first."""

    parts: tuple[Part, ...]

    @property
    def is_number(self) -> bool:
        """Nothing but system-wide numbers is told."""
        return all(part.local and not part.groups for part in self.parts)


class Delete(msgspec.Struct, frozen=True):
    """Remove one or two copies, the user's first."""

    copies: tuple[Copy, ...]


class Forget(msgspec.Struct, frozen=True):
    """Drop a copy that the OMM never confirmed."""

    copy: Copy


class Relate(msgspec.Struct, frozen=True):
    """Bring the relation of one or two records to an OMM without `SetPP`, the user first."""

    parts: tuple[Part, ...]


Step = Change | Delete | Forget | Relate


class Holdings(Partners, Protocol):
    """Finds entries and copies: the index, or the workbench of a unit of work."""

    def copy(self, noun: Noun, number: int, omm: OmmId) -> Copy | None:
        """The copy of a record on an OMM."""


class Site(msgspec.Struct, frozen=True):
    """One OMM as the planning sees it; `skip` are records that are left alone for now."""

    index: Holdings
    omm: OmmId
    abilities: Abilities
    skip: frozenset[Known] = frozenset()


def pair_of(index: Partners, noun: Noun, number: int) -> dict[Noun, int]:
    """A record and the one it is bound to."""
    entry = index.entry(noun, number)
    pair = {noun: number}
    if entry is not None and entry.partner:
        pair[other(noun)] = entry.partner
    return pair


def next_step(site: Site, pair: dict[Noun, int]) -> Step | None:
    """The next thing to do about a pair at an OMM; None if all is as it should be."""
    entries: dict[Noun, Entry] = {}
    unwanted: list[Copy] = []
    for noun in (Noun.USER, Noun.DEVICE):
        number = pair.get(noun, 0)
        if not number or (noun, number) in site.skip:
            continue
        entry = site.index.entry(noun, number)
        copy = site.index.copy(noun, number, site.omm)
        if entry is not None and wanted(entry, site.omm, site.index):
            entries[noun] = entry
        elif copy is not None:
            unwanted.append(copy)
    if unwanted:
        there = tuple(copy for copy in unwanted if copy.local)
        return Delete(there) if there else Forget(unwanted[0])
    parts = []
    for noun, entry in entries.items():
        part = _part(site, noun, entry, entries)
        if part is not None:
            parts.append(part)
    if len(entries) > 1 and any(Group.RELATION in part.groups for part in parts):
        parts = [_related(site, noun, entry, entries, parts) for noun, entry in entries.items()]
    if parts or site.abilities.set_pp:
        return Change(tuple(parts)) if parts else None
    return _relation_due(site, entries)


def _relation_due(site: Site, entries: dict[Noun, Entry]) -> Relate | None:
    """What there is to do about a relation once all else is there, at an OMM without `SetPP`."""
    parts = []
    due = False
    for noun, entry in entries.items():
        copy = site.index.copy(noun, entry.number, site.omm)
        if copy is None or not copy.local:
            return None
        parts.append(
            Part(noun=noun, number=entry.number, local=copy.local, groups=(Group.RELATION,))
        )
        place = GROUPS[noun].index(Group.RELATION)
        agreed = revisions(noun, copy.agreed)[place]
        due = due or agreed not in (entry.revisions[place], PENDING)
    return Relate(tuple(parts)) if due else None


def arrival(site: Site, pair: dict[Noun, int]) -> Change:
    """What a phone and its user need at the OMM where the phone appeared, whatever it has."""
    found = ((noun, site.index.entry(noun, pair.get(noun, 0))) for noun in (Noun.USER, Noun.DEVICE))
    entries = {noun: entry for noun, entry in found if entry is not None}
    parts = []
    for noun, entry in entries.items():
        part = _part(site, noun, entry, entries)
        if part is None:
            part = Part(noun=noun, number=entry.number, local=0, groups=())
        copy = site.index.copy(noun, entry.number, site.omm)
        local = copy.local if copy is not None and not _leaves(copy) else 0
        groups = part.groups
        if noun is Noun.DEVICE and Group.ROAMING not in groups:
            groups = (*groups, Group.ROAMING)
        parts.append(msgspec.structs.replace(part, local=local, groups=groups))
    if len(entries) > 1 and any(Group.RELATION in part.groups for part in parts):
        parts = [_related(site, noun, entry, entries, parts) for noun, entry in entries.items()]
    return Change(tuple(parts))


def requests(
    step: Change, records: dict[Known, Record], to: "Recipient"
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


def rows_in(answer: Element, parts: tuple[Part, ...], records: dict[Known, Record]) -> list[Row]:
    """The records as the OMM stored them, users first; what the answer leaves out is not there."""
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
            )
        )
    return rows


class Recipient(msgspec.Struct, frozen=True):
    """The OMM that values are written for: its key, what it knows, and its clock minus MOM's in
    seconds.
    """

    key: PublicKey | None
    abilities: Abilities
    guard: Guard
    offset: int


def _leaves(copy: Copy) -> bool:
    """Whether a copy may be gone before the next request arrives; its system-wide number finds it
    if it is not, and makes it anew if it is.
    """
    return copy.state is CopyState.REMOVING and copy.told == copy.number


def _part(site: Site, noun: Noun, entry: Entry, entries: dict[Noun, Entry]) -> Part | None:
    copy = site.index.copy(noun, entry.number, site.omm)
    partner = _partner(site, noun, entry, entries)
    made = copy is not None and copy.state is CopyState.HELD and copy.agreed and copy.local
    if copy is None or not made:
        groups = _sendable(site, GROUPS[noun])
        return Part(
            noun=noun,
            number=entry.number,
            local=copy.local if copy is not None else 0,
            groups=groups,
            partner=partner,
        )
    agreed = revisions(noun, copy.agreed)
    groups = tuple(
        group
        for place, group in enumerate(GROUPS[noun])
        if agreed[place] not in (entry.revisions[place], PENDING)
    )
    groups = _sendable(site, groups)
    joining = partner is None and site.abilities.set_pp
    if joining and Group.RELATION not in groups:
        groups = (*groups, Group.RELATION)
    tells = site.abilities.set_pp and copy.told != entry.number
    if not groups and not tells:
        return None
    return Part(
        noun=noun,
        number=entry.number,
        local=copy.local,
        groups=groups,
        partner=partner,
    )


def _sendable(site: Site, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups without the relation if the OMM does not know `SetPP`, which alone carries it."""
    if site.abilities.set_pp:
        return groups
    return tuple(group for group in groups if group is not Group.RELATION)


def _related(
    site: Site, noun: Noun, entry: Entry, entries: dict[Noun, Entry], parts: list[Part]
) -> Part:
    """The part of one end of a relation that is sent: both ends are told in one request."""
    part = next((part for part in parts if part.noun is noun), None)
    if part is None:
        copy = site.index.copy(noun, entry.number, site.omm)
        part = Part(
            noun=noun,
            number=entry.number,
            local=copy.local if copy is not None else 0,
            groups=(),
            partner=_partner(site, noun, entry, entries),
        )
    if Group.RELATION in part.groups:
        return part
    return msgspec.structs.replace(part, groups=(*part.groups, Group.RELATION))


def _partner(site: Site, noun: Noun, entry: Entry, entries: dict[Noun, Entry]) -> int | None:
    """The local number of the bound record there; None if it is made in the same request."""
    if not entry.partner:
        return 0
    copy = site.index.copy(other(noun), entry.partner, site.omm)
    if copy is not None and copy.state is CopyState.HELD:
        return copy.local
    return None if other(noun) in entries else 0


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
