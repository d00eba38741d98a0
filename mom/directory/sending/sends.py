"""What must go to one OMM about one user and its device, step by step. Pure.

Everything follows from the difference between `wanted` and the copies: what is not wanted is
deleted, the user before the device; what is wanted is made, changed group by group, or told its
system-wide number, both in one `SetPP`.
"""

from typing import Protocol

import msgspec

from mom.directory.entry import Entry, other
from mom.directory.rows import Known
from mom.directory.sending.abilities import Abilities
from mom.directory.wanted import Partners, wanted
from mom.model.agreement import GROUPS, PENDING, revisions
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId


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
    tells = site.abilities.set_pp and not copy.is_numbered
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
    if copy is not None and copy.state is CopyState.HELD and copy.local:
        return copy.local
    return None if other(noun) in entries else 0
