"""The workbench of one unit of work: drafts of records and copies above index and store.

Decisions read and change drafts here; at the end everything that changed is put into the store's
unit at once, and after its commit into the index. Nothing outside sees a draft.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from mom.directory.copy_drafts import CopyDrafts
from mom.directory.entry import Entry, entry_of
from mom.directory.entry_drafts import EntryDrafts
from mom.directory.index import Index
from mom.directory.lines import Sentence
from mom.directory.recent import Recent
from mom.directory.rows import Known
from mom.directory.wire import Record
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.omm import Omm
from mom.model.roam import Roam
from mom.model.user import User
from mom.store.copies import CopyKey
from mom.store.trash import Discarded


class Work(Protocol):
    """What is needed of the store's unit of work."""

    async def records(
        self, users: Collection[int], devices: Collection[int]
    ) -> tuple[dict[int, User], dict[int, Device]]:
        """Load users and devices."""

    async def trash_find(self, noun: Noun, text: str) -> Discarded | None:
        """The record with that `num` or IPEI that was deleted last."""

    async def trash_get(self, noun: Noun, number: int) -> Discarded | None:
        """The deleted record with that system-wide number."""

    async def lost(self, noun: Noun, number: int) -> list[str]:
        """The values that lost in the explainable lines of a record, as JSON."""

    def next_numbers(self, noun: Noun, count: int) -> Sequence[int]:
        """Numbers that were never used."""

    def raise_number(self, noun: Noun, at_least: int) -> None:
        """Give away only higher numbers from now on."""

    def revive(self, entry: Discarded, after: User | Device | None = None) -> None:
        """Take a record out of the trash."""

    def put_user(self, before: User | None, after: User) -> None:
        """Insert or update."""

    def put_device(self, before: Device | None, after: Device) -> None:
        """Insert or update."""

    def delete_user(self, before: User) -> None:
        """Move to the trash."""

    def delete_device(self, before: Device) -> None:
        """Move to the trash."""

    def put_new(self, users: Sequence[User], devices: Sequence[Device]) -> None:
        """Insert."""

    def put_copies(self, copies: Mapping[CopyKey, Copy | None]) -> None:
        """Insert or update; delete where there is None."""

    def add_line(self, noun: Noun, number: int, at: int, text: str, lost: str = "") -> None:
        """Keep an explainable line."""

    def add_first_lines(self, noun: Noun, numbers: Sequence[int], at: int, text: str) -> None:
        """Keep the first line of new records, whose numbers go up."""

    def put_roam(self, roam: Roam) -> None:
        """Keep a move of a phone."""

    def put_omm(self, before: Omm | None, after: Omm) -> None:
        """Insert or update."""


class Drafts(msgspec.Struct, frozen=True):
    """What a unit of work changed, to be applied to the index after the commit.

    `loaded` are the records that it read, as they are then; `arrived` those that came with
    `Bench.arrive` and were not changed afterwards, nor were their copies.
    """

    records: dict[Known, Entry | None]
    copies: dict[CopyKey, Copy | None]
    loaded: dict[Known, Record | None]
    arrived: frozenset[Known] = frozenset()

    @property
    def are_arrivals(self) -> bool:
        """All that was changed arrived, and each record has one copy."""
        return len(self.arrived) == len(self.records) == len(self.copies)


class Bench:
    """Drafts of one unit of work; looks like the index to whoever identifies and decides."""

    def __init__(self, index: Index, work: Work, recent: Recent | None = None) -> None:
        """What is in `recent` need not be loaded."""
        self.work = work
        self._index = index
        self._recent = recent
        self._loaded: set[Known] = set()
        self._before: dict[Known, Record | None] = {}
        self._now: dict[Known, Record | None] = {}
        self.entries = EntryDrafts(index)
        self._copies = CopyDrafts(index)
        self._lines: list[tuple[Noun, int, int, str, str]] = []
        self._arrived: dict[tuple[Noun, int, Sentence], list[int]] = {}
        """The numbers of records that arrived, by their first line and its time."""
        self._revived: dict[Known, Discarded] = {}

    def count(self, noun: Noun) -> int:
        """How many records there are, drafts included."""
        return self.entries.count(noun)

    async def load(self, users: Collection[int], devices: Collection[int]) -> None:
        """Load records that are not here yet; what the store does not have stays unknown."""
        users = [n for n in users if self._must_load((Noun.USER, n))]
        devices = [n for n in devices if self._must_load((Noun.DEVICE, n))]
        if users or devices:
            found, ones = await self.work.records(users, devices)
            for number in users:
                self._came((Noun.USER, number), found.get(number))
            for number in devices:
                self._came((Noun.DEVICE, number), ones.get(number))

    def number(self, noun: Noun) -> int:
        """A number that was never used."""
        return self.numbers(noun, 1)[0]

    def numbers(self, noun: Noun, count: int) -> Sequence[int]:
        """Numbers that were never used, going up."""
        return self.work.next_numbers(noun, count)

    async def revived(self, noun: Noun, key: str) -> Record | None:
        """The record with that `num` or IPEI out of the trash, as it was; None if none is there."""
        if not key or (noun, key) not in self._index.trash:
            return None
        return self._out_of_trash(await self.work.trash_find(noun, key))

    async def revived_number(self, noun: Noun, number: int) -> Record | None:
        """The same by the system-wide number."""
        return self._out_of_trash(await self.work.trash_get(noun, number))

    def _out_of_trash(self, found: Discarded | None) -> Record | None:
        if (
            found is None
            or found.record is None
            or self.entry(found.noun, found.number) is not None
        ):
            return None
        self._before[found.noun, found.number] = None
        self._now[found.noun, found.number] = None
        self._revived[found.noun, found.number] = found
        return found.record

    def loaded(self, noun: Noun, number: int) -> bool:
        """Whether the record was asked for already."""
        return (noun, number) in self._now

    def user(self, number: int) -> User | None:
        """The draft of a user that was loaded."""
        found = self._now[Noun.USER, number]
        return found if isinstance(found, User) else None

    def device(self, number: int) -> Device | None:
        """The draft of a device that was loaded."""
        found = self._now[Noun.DEVICE, number]
        return found if isinstance(found, Device) else None

    def record(self, noun: Noun, number: int) -> Record | None:
        """The draft of a record that was loaded."""
        return self._now[noun, number]

    def put(self, record: Record) -> None:
        """Draft a new or changed record."""
        known = key_of(record)
        self._before.setdefault(known, None)
        self._now[known] = record
        self.entries.put(entry_of(record))

    def arrive(
        self, noun: Noun, records: Sequence[Record], copies: Sequence[Copy], line: Sentence
    ) -> None:
        """Draft new records whose keys nobody has, with their first copies and their first line.

        Whom they are bound to must arrive in the same unit of work.
        """
        entries = [entry_of(record) for record in records]
        numbers = [entry.number for entry in entries]
        known: list[Known] = [(noun, number) for number in numbers]
        self._before.update(dict.fromkeys(known))
        self._now.update(zip(known, records, strict=True))
        self.entries.arrive(noun, entries)
        self._copies.arrive(copies)
        self._arrived.setdefault((noun, copies[0].since, line), []).extend(numbers)

    def are_strange(
        self, noun: Noun, omm: OmmId, places: Sequence[int], keys: Sequence[str]
    ) -> bool:
        """Whether no two records have one of these local numbers on an OMM or one of these keys
        (`num` or IPEI), and nobody in MOM has one or had it before, drafts included.
        """
        return (
            len(set(places)) == len(places)
            and len(set(keys)) == len(keys)
            and self._copies.are_free(noun, omm, places)
            and self.entries.has_none(noun, keys)
        )

    def remove(self, noun: Noun, number: int) -> None:
        """Draft the end of a record."""
        self.entries.remove(noun, number)
        self._now[noun, number] = None

    def put_copy(self, copy: Copy) -> None:
        """Draft a new or changed copy."""
        self._copies.put(copy)

    def drop_copy(self, copy: Copy) -> None:
        """Draft the end of a copy."""
        self._copies.drop(copy)

    def line(self, noun: Noun, number: int, at: int, text: Sentence, lost: str = "") -> None:
        """Keep an explainable line with a record, and the values that it cost (JSON)."""
        self._lines.append((noun, number, at, text, lost))

    def entry(self, noun: Noun, number: int) -> Entry | None:
        """The entry of a record, drafts included."""
        return self.entries.get(noun, number)

    def with_key(self, noun: Noun, key: str) -> tuple[int, ...]:
        """The records with that `num` or IPEI, drafts included."""
        return self.entries.with_key(noun, key)

    def copies(self, noun: Noun, number: int) -> tuple[Copy, ...]:
        """The copies of a record, drafts included."""
        return self._copies.of(noun, number)

    def copy(self, noun: Noun, number: int, omm: OmmId) -> Copy | None:
        """The copy of a record on an OMM, drafts included."""
        return self._copies.on(noun, number, omm)

    def local(self, noun: Noun, omm: OmmId, local: int) -> Copy | None:
        """The copy with that local number, drafts included."""
        return self._copies.local(noun, omm, local)

    def is_new(self, noun: Noun, number: int) -> bool:
        """Whether the record is made in this unit of work."""
        return self._before.get((noun, number)) is None

    def finish(self) -> Drafts:
        """Put everything that changed into the store's unit."""
        arrived = self.entries.arrived
        records = {key: record for key, record in self._now.items() if record != self._before[key]}
        new = [record for key, record in records.items() if key in arrived]
        users = [record for record in new if isinstance(record, User)]
        self.work.put_new(users, [record for record in new if isinstance(record, Device)])
        for key, record in records.items():
            if key not in arrived:
                self._store(self._before[key], record)
            if record is not None and key in self._revived:
                self.work.revive(self._revived[key], record)
        copies = self._copies.changed()
        self.work.put_copies(copies)
        for (noun, at, text), numbers in self._arrived.items():
            self.work.add_first_lines(noun, sorted(numbers), at, text)
        for line in self._lines:
            self.work.add_line(*line)
        entries = {key: self.entries.drafted(key) for key in records}
        loaded = {known: self._now[known] for known in self._loaded}
        return Drafts(entries, copies, loaded, frozenset(arrived & self._copies.arrived))

    def _must_load(self, known: Known) -> bool:
        if not known[1] or known in self._now:
            return False
        recent = self._recent.find(known) if self._recent is not None else None
        if recent is not None:
            self._came(known, recent)
        return recent is None

    def _came(self, known: Known, record: Record | None) -> None:
        self._loaded.add(known)
        self._before[known] = self._now[known] = record

    def _store(self, before: Record | None, after: Record | None) -> None:
        if isinstance(after, User):
            self.work.put_user(before if isinstance(before, User) else None, after)
        elif isinstance(after, Device):
            self.work.put_device(before if isinstance(before, Device) else None, after)
        elif isinstance(before, User):
            self.work.delete_user(before)
        elif isinstance(before, Device):
            self.work.delete_device(before)


def key_of(record: Record) -> tuple[Noun, UserNumber | DeviceNumber]:
    """Noun and system-wide number of a record."""
    if isinstance(record, User):
        return Noun.USER, record.uid
    return Noun.DEVICE, record.ppn


def apply(index: Index, drafts: Drafts) -> None:
    """Bring the index to what was committed."""
    if drafts.are_arrivals:
        entries = [entry for entry in drafts.records.values() if entry is not None]
        index.arrive(entries, [copy for copy in drafts.copies.values() if copy is not None])
        return
    for (noun, number), entry in drafts.records.items():
        if entry is None:
            index.discard(noun, number)
        else:
            index.put_entry(entry)
    for (noun, number, omm), copy in drafts.copies.items():
        if copy is None:
            index.drop_copy(noun, number, omm)
        else:
            index.put_copy(copy)
