"""Drafts of entries above the index, in one unit of work; looks like the index to whoever asks.

It knows no records and no store.
"""

from collections.abc import Collection, Sequence

from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.directory.rows import Known
from mom.model.copy import Noun


class EntryDrafts:
    """The entries of the records that a unit of work makes, changes or ends."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._entries: dict[Known, Entry | None] = {}
        self._keys: dict[tuple[Noun, str], set[int]] = {}
        self._added: dict[Noun, int] = {}
        self._no_longer_permanent: set[int] = set()
        self.fresh_permanent: set[int] = set()
        """The users that drafts make permanent."""
        self.arrived: set[Known] = set()
        """Records that arrived and were not changed afterwards."""

    @property
    def permanent(self) -> int:
        """How many permanent users there are, drafts included."""
        gone = len(self._no_longer_permanent)
        return len(self._index.permanent) + len(self.fresh_permanent) - gone

    def count(self, noun: Noun) -> int:
        """How many records there are, drafts included."""
        return self._index.count(noun) + self._added.get(noun, 0)

    def put(self, entry: Entry) -> None:
        """Draft the entry of a new or changed record."""
        known = (entry.noun, entry.number)
        if self.get(*known) is None:
            self._add(entry.noun, 1)
        self._entries[known] = entry
        self.arrived.discard(known)
        self._note(entry)
        self._count_permanent(*known, entry.permanent)

    def arrive(self, noun: Noun, entries: Sequence[Entry]) -> None:
        """Draft the entries of new records whose keys nobody has."""
        known = [(noun, entry.number) for entry in entries]
        self._entries.update(zip(known, entries, strict=True))
        self.arrived.update(known)
        self._add(noun, len(entries))
        for entry in entries:
            self._note(entry)
            if entry.permanent:
                self._count_permanent(noun, entry.number, True)

    def remove(self, noun: Noun, number: int) -> None:
        """Draft the end of a record."""
        self.arrived.discard((noun, number))
        if self.get(noun, number) is not None:
            self._add(noun, -1)
        self._count_permanent(noun, number, False)
        self._entries[noun, number] = None

    def drafted(self, known: Known) -> Entry | None:
        """The draft of an entry; None = the record ends. There must be a draft."""
        return self._entries[known]

    def get(self, noun: Noun, number: int) -> Entry | None:
        """The entry of a record."""
        if (noun, number) in self._entries:
            return self._entries[noun, number]
        return self._index.entry(noun, number)

    def with_key(self, noun: Noun, key: str) -> tuple[int, ...]:
        """The records with that `num` or IPEI."""
        found = self._index.with_key(noun, key)
        drafted = self._keys.get((noun, key), ()) if key else ()
        if not drafted and not (found and self._entries):
            return found
        both = dict.fromkeys((*found, *sorted(drafted)))
        return tuple(n for n in both if (e := self.get(noun, n)) is not None and e.key == key)

    def has_none(self, noun: Noun, keys: Collection[str]) -> bool:
        """Whether nobody has, or had before, any of these keys (`num` or IPEI)."""
        drafted = self._keys
        return self._index.has_none(noun, keys) and not any((noun, key) in drafted for key in keys)

    def touched_keys(self, noun: Noun) -> list[str]:
        """The keys (`num` or IPEI) that drafts gained or lost, except records that arrived."""
        keys: dict[str, None] = {}
        for (kind, number), entry in list(self._entries.items()):
            if kind is not noun or (kind, number) in self.arrived:
                continue
            former = self._index.entry(noun, number)
            before, now = former.key if former else "", entry.key if entry else ""
            if before != now:
                keys |= {key: None for key in (before, now) if key}
        return list(keys)

    def former_with_key(self, noun: Noun, key: str) -> int:
        """How many records had a key before this unit."""
        return len(self._index.with_key(noun, key))

    def _note(self, entry: Entry) -> None:
        if entry.key:
            self._keys.setdefault((entry.noun, entry.key), set()).add(entry.number)

    def _add(self, noun: Noun, count: int) -> None:
        self._added[noun] = self._added.get(noun, 0) + count

    def _count_permanent(self, noun: Noun, number: int, permanent: bool) -> None:
        if noun is not Noun.USER:
            return
        was = number in self._index.permanent
        for numbers, belongs in (
            (self.fresh_permanent, permanent and not was),
            (self._no_longer_permanent, was and not permanent),
        ):
            (numbers.add if belongs else numbers.discard)(number)
