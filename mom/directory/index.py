"""The in-memory index of all records and copies: finds without a query, decides what is unchanged.

It is changed only when a commit is applied, before anyone is told, and holds nothing that the
store does not hold. It knows neither elements nor decisions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import repeat

from mom.directory.entry import Entry, entry_of
from mom.directory.wanted import wanted
from mom.model.copy import Copy, CopyState, Noun
from mom.model.device import Device
from mom.model.identities import OmmId
from mom.model.user import User

NOUNS = (Noun.USER, Noun.DEVICE)
"""The nouns that have copies."""
_PAIRED = Noun.DEVICE
"""A pair is counted where its device is."""


class Shelf:
    """The copies of one noun on one OMM, by local number and by system-wide number."""

    def __init__(self) -> None:
        self.by_local: dict[int, Copy] = {}
        self.unplaced: dict[int, Copy] = {}
        """Copies whose local number is not known yet, by system-wide number."""
        self.offered = 0
        """How many are offered: sent, and not confirmed."""

    def __len__(self) -> int:
        return len(self.by_local) + len(self.unplaced)

    def __iter__(self) -> Iterator[Copy]:
        yield from self.by_local.values()
        yield from self.unplaced.values()

    def put(self, copy: Copy) -> None:
        """Add a copy."""
        place, key = (self.by_local, copy.local) if copy.local else (self.unplaced, copy.number)
        if key in place:
            self._count(place[key], -1)
        place[key] = copy
        if copy.state is CopyState.OFFERED:
            self.offered += 1

    def drop(self, copy: Copy) -> None:
        """Take a copy away, unless its place has gone to another record by now."""
        if not copy.local:
            self._count(self.unplaced.pop(copy.number, None), -1)
        elif self.by_local.get(copy.local, copy).number == copy.number:
            self._count(self.by_local.pop(copy.local, None), -1)

    def _count(self, copy: Copy | None, step: int) -> None:
        if copy is not None and copy.state is CopyState.OFFERED:
            self.offered += step


class Index:
    """Users by number, devices by IPEI, homes, and who holds what."""

    def __init__(self) -> None:
        self._entries: dict[Noun, dict[int, Entry]] = {noun: {} for noun in NOUNS}
        self._keys: dict[Noun, dict[str, int | tuple[int, ...]]] = {noun: {} for noun in NOUNS}
        self._copies: dict[Noun, dict[int, Copy | tuple[Copy, ...]]] = {n: {} for n in NOUNS}
        """One copy as it is: nearly every record has just one, and a tuple takes memory."""
        self._shelves: defaultdict[tuple[Noun, OmmId], Shelf] = defaultdict(Shelf)
        self._at_home: defaultdict[OmmId, set[int]] = defaultdict(set)
        self.permanent: set[int] = set()
        """The numbers of all permanent users."""
        self.moving: set[int] = set()
        """The numbers of all devices whose move is under way."""
        self.pairs = 0
        """How many devices are bound to a user."""
        self.trash: set[tuple[Noun, str]] = set()
        """The keys of deleted records that may be revived; some may be gone by now."""

    def entry(self, noun: Noun, number: int) -> Entry | None:
        """The entry of a record, or None if there is no such record."""
        return self._entries[noun].get(number)

    def count(self, noun: Noun) -> int:
        """How many records there are."""
        return len(self._entries[noun])

    def numbers(self, noun: Noun) -> list[int]:
        """All system-wide numbers of a noun."""
        return list(self._entries[noun])

    def with_key(self, noun: Noun, key: str) -> tuple[int, ...]:
        """The records with that `num` (users) or those IPEI digits (devices)."""
        found = self._keys[noun].get(key, ()) if key else ()
        return (found,) if isinstance(found, int) else found

    def has_none(self, noun: Noun, keys: Collection[str]) -> bool:
        """Whether nobody has, or had when deleted, any of these keys."""
        return self._keys[noun].keys().isdisjoint(keys) and not (
            self.trash and any((noun, key) in self.trash for key in keys)
        )

    def copies(self, noun: Noun, number: int) -> tuple[Copy, ...]:
        """The copies of a record on all OMMs."""
        found = self._copies[noun].get(number, ())
        return (found,) if isinstance(found, Copy) else found

    def copy(self, noun: Noun, number: int, omm: OmmId) -> Copy | None:
        """The copy of a record on one OMM."""
        found = self._copies[noun].get(number, ())
        if isinstance(found, Copy):
            return found if found.omm == omm else None
        return next((copy for copy in found if copy.omm == omm), None)

    def shelf(self, noun: Noun, omm: OmmId) -> Shelf:
        """The copies of a noun on one OMM."""
        return self._shelves[noun, omm]

    def local(self, noun: Noun, omm: OmmId, local: int) -> Copy | None:
        """The copy that has that local number on an OMM."""
        return self.shelf(noun, omm).by_local.get(local)

    def held(self, omm: OmmId) -> tuple[int, int]:
        """How many users and devices an OMM holds."""
        users, devices = (self.shelf(noun, omm) for noun in NOUNS)
        return len(users) - users.offered, len(devices) - devices.offered

    def at_home(self, omm: OmmId) -> set[int]:
        """The numbers of the devices whose home is that OMM."""
        return self._at_home.get(omm, set())

    def due(self, omm: OmmId) -> Iterator[tuple[Noun, int]]:
        """All records that the OMM holds or should hold: users first, some twice."""
        devices = set(self.at_home(omm))
        for number in self.permanent:
            yield Noun.USER, number
            entry = self.entry(Noun.USER, number)
            if entry is not None and entry.partner:
                devices.add(entry.partner)
        for noun in NOUNS:
            yield from zip(repeat(noun), [copy.number for copy in self.shelf(noun, omm)])
        (user, device), entries = NOUNS, self._entries[Noun.DEVICE]
        for number in devices:
            entry = entries.get(number)
            if entry is not None and wanted(entry, omm, self):
                if entry.partner:
                    yield user, entry.partner
                yield device, number

    def put(self, record: User | Device) -> None:
        """Take a new or changed record."""
        self.put_entry(entry_of(record))

    def put_entry(self, entry: Entry) -> None:
        """Take the entry of a new or changed record."""
        noun, number = entry.noun, entry.number
        kept = self._entries[noun]
        if number in kept:
            self._unlink(kept[number])
        kept[number] = entry
        if entry.key and self._keys[noun].setdefault(entry.key, number) != number:
            self._keys[noun][entry.key] = (*self.with_key(noun, entry.key), number)
        self._link((entry,))

    def arrive(self, entries: Collection[Entry], copies: Collection[Copy]) -> None:
        """Take new records whose keys nobody has, each with its only copy, which is held at a free
        place: what putting them one by one would do, all at once.
        """
        for noun in NOUNS:
            ours = {entry.number: entry for entry in entries if entry.noun is noun}
            held = [copy for copy in copies if copy.noun is noun]
            self._entries[noun].update(ours)
            self._keys[noun].update([(e.key, number) for number, e in ours.items() if e.key])
            self._copies[noun].update([(copy.number, copy) for copy in held])
            for omm in {copy.omm for copy in held}:
                there = [(copy.local, copy) for copy in held if copy.omm == omm]
                self.shelf(noun, omm).by_local.update(there)
        self._link(entries)

    def discard(self, noun: Noun, number: int) -> None:
        """Forget a record that went to the trash; its copies stay until they are dropped."""
        former = self._entries[noun].pop(number, None)
        if former is not None:
            self._unlink(former)
            if former.key:
                self.trash.add((noun, former.key))

    def put_copy(self, copy: Copy) -> None:
        """Take a new or changed copy."""
        noun, number = copy.noun, copy.number
        kept = self._copies[noun]
        if number in kept:
            self.drop_copy(noun, number, copy.omm)
        others = self.copies(noun, number) if number in kept else ()
        kept[number] = (*others, copy) if others else copy
        self.shelf(noun, copy.omm).put(copy)

    def drop_copy(self, noun: Noun, number: int, omm: OmmId) -> None:
        """Forget a copy."""
        former = self.copy(noun, number, omm)
        if former is None:
            return
        left = tuple(copy for copy in self.copies(noun, number) if copy.omm != omm)
        if left:
            self._copies[noun][number] = left if len(left) > 1 else left[0]
        else:
            del self._copies[noun][number]
        self.shelf(noun, omm).drop(former)

    def _link(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.home:
                self._at_home[entry.home].add(entry.number)
            if entry.permanent:
                self.permanent.add(entry.number)
            if entry.moving:
                self.moving.add(entry.number)
            if entry.partner > 0 and entry.noun is _PAIRED:
                self.pairs += 1

    def _unlink(self, entry: Entry) -> None:
        left = tuple(n for n in self.with_key(entry.noun, entry.key) if n != entry.number)
        keys = self._keys[entry.noun]
        if len(left) > 1:
            keys[entry.key] = left
        elif left:
            keys[entry.key] = left[0]
        else:
            keys.pop(entry.key, None)
        if entry.home:
            self.at_home(entry.home).discard(entry.number)
        if entry.permanent:
            self.permanent.discard(entry.number)
        if entry.moving:
            self.moving.discard(entry.number)
        self.pairs -= entry.noun is _PAIRED and entry.partner > 0
