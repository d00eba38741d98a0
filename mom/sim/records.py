"""Records of one kind as an OMM keeps them: small, numbered with gaps, found by their keys.

A record stores only what differs from its kind's start values, and keeps its encoded form until it
changes, because reading 500 OMMs means encoding 100,000 records. This module must not know what the
attributes mean.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping

from mom.model.identities import ipei_key
from mom.sim.kinds import Kind
from mom.sim.refusal import Refusal, no_entry


class Record:
    """One user or device; `own` holds what differs from the start values of its kind."""

    __slots__ = ("encoded", "kind", "own")

    def __init__(self, kind: Kind, own: dict[str, str]) -> None:
        self.kind = kind
        self.own = own
        self.encoded: bytes | None = None

    def get(self, name: str) -> str:
        """Return the value of an attribute; empty for one that the kind does not have."""
        value = self.own.get(name)
        return self.kind.values.get(name, "") if value is None else value

    def number(self, name: str) -> int:
        """Return a value as a number; empty is 0."""
        return int(self.get(name) or 0)

    @property
    def id(self) -> int:
        """The local number."""
        return int(self.own[self.kind.key])

    def all(self) -> dict[str, str]:
        """Return every attribute in wire order, secrets in the clear."""
        return {name: self.own.get(name, start) for name, start in self.kind.values.items()} | {
            name: self.own[name] for name in self.kind.sparse if self.own.get(name)
        }

    def put(self, changes: Mapping[str, str]) -> dict[str, str]:
        """Store values; return those that are news."""
        news = {name: text for name, text in changes.items() if self.get(name) != text}
        if news:
            self.own.update(news)
            self.encoded = None
        return news


class Book:
    """All records of one kind, by local number.

    `limit` is the most that the OMM takes; `gap()` chooses how many numbers are skipped before the
    next new record.
    """

    def __init__(self, kind: Kind, limit: int, gap: Callable[[], int]) -> None:
        self.kind = kind
        self.limit = limit
        self._gap = gap
        self._records: dict[int, Record] = {}
        self._order: list[int] = []
        self._by_second: dict[int, int] = {}
        self._by_unique: dict[str, int] = {}
        self.last = 0

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter([self._records[number] for number in self._order])

    @property
    def first(self) -> int:
        """The lowest number in use; 0 if none is."""
        return self._order[0] if self._order else 0

    def find(self, number: int) -> Record | None:
        """Return the record of a local number."""
        return self._records.get(number)

    def get(self, number: int) -> Record:
        """Return the record of a local number; refuses with ENoEnt."""
        record = self._records.get(number)
        if record is None:
            raise no_entry(f"no {self.kind.tag} {number}")
        return record

    def by_second(self, number: int) -> Record | None:
        """Return the record of a system-wide number; 0 finds none."""
        return self._records.get(self._by_second.get(number, 0))

    def by_unique(self, text: str) -> Record | None:
        """Return the record with that number to dial or IPEI; an empty text finds none."""
        return self._records.get(self._by_unique.get(self._unique(text), 0))

    def page(self, start: int, most: int) -> list[Record]:
        """Return up to `most` records in ascending order, from the first not below `start`."""
        at = bisect_left(self._order, start)
        return [self._records[number] for number in self._order[at : at + most]]

    def add(self, own: dict[str, str], number: int = 0) -> Record:
        """Make a record under a free number, or under the one wished.

        Refuses with EExist if a number or the unique attribute is taken, ENoMem if all is full.
        """
        if len(self._records) >= self.limit:
            raise Refusal("ENoMem", f"at most {self.limit}")
        if number in self._records:
            raise Refusal("EExist", f"{self.kind.key} {number} is taken")
        self.refuse_taken(own, 0)
        if not number:
            number = self.last + 1 + self._gap()
            self.last = number
        self.last = max(self.last, number)
        record = Record(self.kind, {**own, self.kind.key: str(number)})
        self._records[number] = record
        insort(self._order, number)
        self._index(record)
        return record

    def change(self, record: Record, changes: Mapping[str, str]) -> dict[str, str]:
        """Store values; return those that are news. Refuses with EExist."""
        keyed = self.kind.second in changes or self.kind.unique in changes
        if keyed:
            self.refuse_taken(changes, record.id)
            self._unindex(record)
        news = record.put(changes)
        if keyed:
            self._index(record)
        return news

    def remove(self, record: Record) -> None:
        """Delete a record; its number stays unused as long as higher ones are given out."""
        number = record.id
        self._unindex(record)
        del self._records[number]
        del self._order[bisect_left(self._order, number)]

    def refuse_taken(self, own: Mapping[str, str], number: int) -> None:
        """Refuse with EExist if another record than `number` has a unique value of these."""
        other = self.by_unique(own.get(self.kind.unique, ""))
        if other is not None and other.id != number:
            raise Refusal("EExist", f"{self.kind.unique} is taken")
        other = self.by_second(int(own.get(self.kind.second) or 0))
        if other is not None and other.id != number:
            raise Refusal("EExist", f"{self.kind.second} is taken")

    def _unique(self, text: str) -> str:
        return ipei_key(text) if self.kind.unique == "ipei" else text

    def _index(self, record: Record) -> None:
        second = record.number(self.kind.second)
        unique = self._unique(record.get(self.kind.unique))
        if second:
            self._by_second[second] = record.id
        if unique:
            self._by_unique[unique] = record.id

    def _unindex(self, record: Record) -> None:
        self._by_second.pop(record.number(self.kind.second), None)
        self._by_unique.pop(self._unique(record.get(self.kind.unique)), None)
