"""Users and devices of an OMM: making, changing, binding and deleting them, with their stamps.

An OMM stores the stamps that a sync client brings and stamps by its own clock what comes without
(MOM profile of AXI). Each operation collects what changed, so that it can be told. This module must
not know requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from mom.sim.kinds import NEWEST, RELATION, Kind
from mom.sim.quirks import Quirk
from mom.sim.records import Book, Record
from mom.sim.refusal import Refusal
from mom.sim.state import State

UNBOUND = "Unbound"


class Change(msgspec.Struct):
    """What became of one record; `names` are the changed attributes, `None` stands for deleted."""

    kind: Kind
    number: int
    second: int
    names: set[str] | None
    record: Record | None


class Phones:
    """One operation on the users and devices of an OMM; `changes` is what it did."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.changes: dict[tuple[str, int], Change] = {}

    def book(self, kind: Kind) -> Book:
        """Return where records of that kind are."""
        return self._state.users if kind.tag == "user" else self._state.devices

    def create(self, book: Book, values: Mapping[str, str], number: int = 0) -> Record:
        """Make a record from checked values; refuses with EExist or ENoMem."""
        own = {n: v for n, v in values.items() if n not in (book.kind.other, "relType")}
        carried = {name: own.pop(name) for name in (*book.kind.stamps, NEWEST) if name in own}
        record = book.add(own, number)
        stamps = {name: self._stamp(name, carried) for name in book.kind.stamps}
        record.put(stamps)
        record.put({NEWEST: self._newest(record)})
        self._note(record, record.kind.values)
        return record

    def change(self, record: Record, values: Mapping[str, str], *, stamped: bool = False) -> None:
        """Store checked values; `stamped` says that stamps among them come from a sync client."""
        kind, book = record.kind, self.book(record.kind)
        stamps = (*kind.stamps, NEWEST)
        plain = {n: v for n, v in values.items() if n not in stamps}
        carried = {n: v for n, v in values.items() if n in stamps} if stamped else {}
        news = book.change(record, plain)
        if not news.keys().isdisjoint(("ommId", "s")):
            self._state.lose(record.get("ipei"))
        groups = {kind.group(name) for name in news} - {""}
        moved = {name: self._stamp(name, carried) for name in groups}
        if not self._restamps:
            moved |= {n: v for n, v in carried.items() if n not in groups and n != NEWEST}
        news |= record.put(moved)
        if news:
            record.put({NEWEST: self._newest(record)})
            self._note(record, {*news, *moved, NEWEST} if moved else news)

    def bind(
        self, user: Record, device: Record, relation: str, stamps: tuple[int, int] = (0, 0)
    ) -> None:
        """Make a relation; every other one of both ends.

        `stamps` are those of user and device; 0 takes the other's, two zeros are now.
        """
        newest = max(stamps)
        for record, other in ((user, device), (device, user)):
            bound = self.bound(record)
            if bound is not None and bound is not other:
                self._relate(bound, 0, UNBOUND, newest)
        self._relate(user, device.id, relation, stamps[0] or newest)
        self._relate(device, user.id, relation, stamps[1] or newest)

    def unbind(self, record: Record, stamp: int = 0) -> None:
        """End the relation of a user or device, on both sides."""
        bound = self.bound(record)
        if bound is not None:
            self._relate(bound, 0, UNBOUND, stamp)
        self._relate(record, 0, UNBOUND, stamp)

    def bound(self, record: Record) -> Record | None:
        """Return the record on the other side of the relation."""
        number = record.number(record.kind.other)
        other = self._state.devices if record.kind.tag == "user" else self._state.users
        return other.find(number) if number else None

    def delete(self, record: Record) -> None:
        """Delete a record; the one bound to it becomes unbound."""
        bound = self.bound(record)
        if bound is not None:
            self._relate(bound, 0, UNBOUND, 0)
        self.book(record.kind).remove(record)
        number, second = record.id, record.number(record.kind.second)
        self.changes[record.kind.tag, number] = Change(record.kind, number, second, None, None)
        if record.kind.tag == "pp":
            self._state.logins.pop(number, None)
            self._state.deregistered.discard(number)
            self._state.lose(record.get("ipei"))

    def probe(self, user: Record) -> None:
        """Make this user the one that probes the SIP registration: nobody else is then."""
        for other in self._state.users:
            if other is not user and other.get("sipRegisterCheck") == "1":
                self.change(other, {"sipRegisterCheck": "0"})

    @property
    def _restamps(self) -> bool:
        return self._state.has(Quirk.RESTAMP)

    def _relate(self, record: Record, number: int, relation: str, stamp: int) -> None:
        kind = record.kind
        before = record.get(kind.other)
        values = {kind.other: str(number), "relType": relation}
        if kind.tag == "user" and before != "0" and before != values[kind.other]:
            values["ppnOld"] = before
        news = record.put(values)
        if news or (stamp and not self._restamps):
            chosen = stamp if stamp and not self._restamps else self._state.now()
            news |= record.put({RELATION: str(chosen)})
            news |= record.put({NEWEST: self._newest(record)})
        if news:
            self._note(record, news)

    def _stamp(self, name: str, carried: Mapping[str, str]) -> str:
        value = "" if self._restamps else carried.get(name, "")
        return value or str(self._state.now())

    @staticmethod
    def _newest(record: Record) -> str:
        return str(max((record.number(name) for name in record.kind.stamps), default=0))

    def _note(self, record: Record, names: Iterable[str]) -> None:
        kind = record.kind
        second = record.number(kind.second)
        known = self.changes.get((kind.tag, record.id))
        if known is not None and known.names is not None:
            known.names |= set(names)
            known.second = second
        else:
            self.changes[kind.tag, record.id] = Change(kind, record.id, second, set(names), record)


def writable(kind: Kind, values: dict[str, str], is_sync: bool) -> dict[str, str]:
    """Leave out what the client must not write; a sync client may write more."""
    closed = kind.read_only if is_sync else kind.read_only | kind.for_sync
    return {name: text for name, text in values.items() if name not in closed}


def refuse_full(book: Book) -> None:
    """Refuse with ENoMem if no further record fits."""
    if len(book) >= book.limit:
        raise Refusal("ENoMem", f"at most {book.limit}")
