"""The straight way for what an OMM tells when it is read first: records that MOM does not know.

A hundred thousand of them may come at once. Of unbound records, and of users with their devices
side by side, that nobody in MOM is like, nothing has to be compared or decided: they are taken as
they are, all together and by column. It gives exactly what `mom.directory.settle` gives, which
takes all the rest.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from mom.directory import lines, marks, wire
from mom.directory.alike import Alike, grouped
from mom.directory.bench import Bench
from mom.directory.entry import UNBOUND, revisions_of
from mom.directory.fingerprints import digests_of_all, stamps_in
from mom.directory.known import keys_in
from mom.directory.news import Facts
from mom.directory.plans import plan_of
from mom.directory.relation import PLACE
from mom.directory.rows import Removed, Row
from mom.directory.wire import Record
from mom.model.agreement import prefixes
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId

_NO_NUMBER = frozenset(("", "0"))
_BOTH = (Noun.USER, Noun.DEVICE)


class _Lead(msgspec.Struct, frozen=True):
    """What a record says of its relation; `partner` is a local number, 0 = none."""

    noun: Noun
    local: int
    partner: int
    rel_type: str
    stamp: int


class _Bond(msgspec.Struct, frozen=True):
    """The place of the other end of a pair, and what the device tells of the relation."""

    partner: int
    rel_type: str
    stamp: int


class Fresh:
    """What an OMM told in one portion, as far as nothing of it has to be decided."""

    def __init__(self, items: Sequence[Row | Removed]) -> None:
        self._items = items
        self._rows = {at: row for at, item in enumerate(items) if (row := _read(item))}
        self._groups = grouped(self._rows)
        self._group: dict[int, int] = {}
        self._keys: dict[int, str] = {}
        for number, group in enumerate(self._groups):
            self._group.update(dict.fromkeys(group.places, number))
            self._keys.update(zip(group.places, keys_in(group.noun, group.columns), strict=False))
        self._most = len(items)
        """Records that are tried at once: fewer while somebody is like nearly all of them."""
        leads = {at: lead for group in self._groups for at, lead in _leads(group)}
        self._alone = {at for at, lead in leads.items() if not lead.partner}
        self._bonds: dict[int, _Bond] = {}
        for at, lead in leads.items():
            device = leads.get(at + 1)
            if device is not None and _are_pair(lead, device):
                self._bonds[at] = _Bond(at + 1, device.rel_type, device.stamp)
                self._bonds[at + 1] = _Bond(at, device.rel_type, device.stamp)

    def take(self, bench: Bench, place: int, facts: Facts, room: int) -> int:
        """Draft records that nobody is like, from `place` on; tells how many there were.

        `room` is how many users MOM may take; it takes no records at all where there is none.
        """
        end = self._end(bench, place, facts.omm, room)
        numbers: dict[int, int] = {}
        for noun in _BOTH:
            places = [at for at in range(place, end) if self._items[at].noun is noun]
            if places:
                numbers.update(zip(places, bench.numbers(noun, len(places)), strict=True))
        for part in self._parts(place, end):
            _arrive(bench, part, [self._bonds.get(at) for at in part.places], numbers, facts)
        return end - place

    def _end(self, bench: Bench, place: int, omm: OmmId, room: int) -> int:
        """The end of some records from `place` on that nobody is like."""
        end = place if self._is_inside(place) else self._plain_end(place, room)
        tried = end
        while end > place and not self._are_strange(bench, place, end, omm):
            half = place + (end - place) // 2
            if self._is_inside(half):
                half += 1 if half + 1 < end else -1
            end = half
        self._most = 2 * (self._most if end == tried else max(end - place, 1))
        return end

    def _plain_end(self, place: int, room: int) -> int:
        """The end of the records from `place` on of which nothing has to be decided."""
        stop = place + self._most
        while place in self._alone or place in self._bonds:
            if (not room or place >= stop) and not self._is_inside(place):
                break
            room -= self._items[place].noun is Noun.USER
            place += 1
        return place

    def _is_inside(self, place: int) -> bool:
        """Whether a place is between the two of a pair."""
        bond = self._bonds.get(place)
        return bond is not None and bond.partner < place

    def _are_strange(self, bench: Bench, place: int, end: int, omm: OmmId) -> bool:
        """Whether nobody is like any of these records."""
        for noun in _BOTH:
            places = [at for at in range(place, end) if self._rows[at].noun is noun]
            keys = [key for at in places if (key := self._keys.get(at))]
            if not bench.are_strange(noun, omm, [self._rows[at].local for at in places], keys):
                return False
        return True

    def _parts(self, place: int, end: int) -> list[Alike]:
        """The records from `place` to `end`."""
        numbers = dict.fromkeys([self._group[at] for at in range(place, end)])
        groups = [self._groups[number] for number in numbers]
        cuts = [(bisect_left(each.places, place), bisect_left(each.places, end)) for each in groups]
        return [each.part(*cut) for each, cut in zip(groups, cuts, strict=True)]


def _read(item: Row | Removed) -> Row | None:
    """An item that is of a reading, and no event or answer."""
    if not isinstance(item, Row) or not item.whole:
        return None
    told = item.live or item.deleted or item.missing or item.sent or item.number
    return None if told else item


def _leads(group: Alike) -> Iterable[tuple[int, _Lead]]:
    """What those say of their relations, by place, that may be taken as they are."""
    noun, columns, count = group.noun, group.columns, len(group.places)
    plan = plan_of(noun, group.names)
    odd = plan.misfits(columns)
    told = columns.get(wire.number_name(noun), ())
    if not _NO_NUMBER.issuperset(told):
        odd |= {at for at, number in enumerate(told) if number not in _NO_NUMBER}
    types = columns.get("relType", ())
    partners = columns.get(wire.partner_name(noun)) or ("",) * count
    stamps = stamps_in(columns, plan.shape.stamps[PLACE], count)
    for at, (rel_type, text) in enumerate(zip(types, partners, strict=False)):
        partner = 0 if rel_type == UNBOUND else wire.whole(text)
        if partner is not None and at not in odd:
            yield group.places[at], _Lead(noun, group.locals[at], partner, rel_type, stamps[at])


def _are_pair(user: _Lead, device: _Lead) -> bool:
    """Whether both tell that they are bound to each other, and since when."""
    return (
        user.noun is Noun.USER
        and device.noun is Noun.DEVICE
        and user.partner == device.local
        and device.partner == user.local
        and device.stamp > 0
    )


def _arrive(
    bench: Bench,
    part: Alike,
    bonds: Sequence[_Bond | None],
    numbers: dict[int, int],
    facts: Facts,
) -> None:
    """Draft records, what MOM and the OMM agree on, and why they are there.

    `bonds` are of each of them, `numbers` the system-wide ones by place.
    """
    noun, columns, count = part.noun, part.columns, len(part.places)
    raws = plan_of(noun, part.names).shape.raws(columns, count, part.same)
    records = _records(part, bonds, numbers, raws.stamps, facts)
    if not facts.guard.are_harmless(noun, part.names, columns):
        records = [_marked(record, noun, facts) for record in records]
    revisions = list(zip(*map(revisions_of, records), strict=True))
    agreed = prefixes(raws.stamps, raws.prints, raws.observed, revisions)
    if noun is Noun.USER:
        agreed = list(map(bytes.__add__, agreed, digests_of_all(columns, count)))
    copies = [
        Copy(
            noun=noun,
            number=numbers[place],
            omm=facts.omm,
            local=local,
            state=CopyState.HELD,
            since=facts.now,
            agreed=each,
        )
        for place, local, each in zip(part.places, part.locals, agreed, strict=True)
    ]
    bench.arrive(noun, records, copies, lines.imported(facts.omm))


def _records(
    part: Alike,
    bonds: Sequence[_Bond | None],
    numbers: dict[int, int],
    stamps: Sequence[Sequence[int]],
    facts: Facts,
) -> list[Record]:
    """The records as they are told, their stamps by MOM's clock."""
    noun, columns, count = part.noun, part.columns, len(part.places)
    plan = plan_of(noun, part.names)
    own: dict[str, Iterable[object]] = {
        wire.local_name(noun): [numbers[place] for place in part.places],
        wire.partner_name(noun): [numbers[bond.partner] if bond else 0 for bond in bonds],
        "relType": [bond.rel_type if bond else UNBOUND for bond in bonds],
        "timeStampRelation": [facts.own_time(bond.stamp) if bond else 0 for bond in bonds],
        "revRelation": [2 if bond else 1 for bond in bonds],
        "revision": [2 if bond else 1 for bond in bonds],
        "extra": plan.extras(columns, count),
    }
    for name, told in zip(plan.stamps, stamps, strict=True):
        if name:
            own[name] = list(map(facts.own_time, told))
    for name in plan.secrets:
        own[name] = [facts.sealed(cipher) if cipher else None for cipher in columns[name]]
    if noun is Noun.DEVICE:
        own["home"] = _homes(part, facts)
    return plan.records(columns, own)


def _homes(part: Alike, facts: Facts) -> list[OmmId]:
    """Where devices are: what is subscribed is at the OMM that it names, or here."""
    aris = part.columns.get("ommId") or ("",) * len(part.places)
    homes = {ari: facts.at(ari) for ari in set(aris)}
    subscribed = part.columns.get("s") or ("",) * len(part.places)
    pairs = zip(subscribed, aris, strict=True)
    return [homes[ari] if state == "Yes" else OmmId(0) for state, ari in pairs]


def _marked(record: Record, noun: Noun, facts: Facts) -> Record:
    """The record with a mark for each text that must not reach an OMM."""
    flaws = facts.guard.flaws(noun, record)
    return msgspec.structs.replace(record, marks=marks.guarded((), flaws))
