"""Conference rooms and their copies in memory, and the workbench of one unit of work on them.

There are at most a hundred rooms at an OMM, so they are kept whole. The book changes only when a
unit was committed; until then nothing outside sees a draft. It decides nothing but who shares a
number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from mom.directory import marks
from mom.directory.lines import Sentence
from mom.directory.wire import Value
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom, RoomNumber

UNPLACED = -1
"""The local number of a copy whose number on the OMM is not known: 0 may be a room's number."""
CopyKey = tuple[int, OmmId]


class Agreed(msgspec.Struct, frozen=True):
    """What an OMM was told last or told last itself.

    `values` are the shared fields by Python name, `cipher` the digest of its encrypted password,
    `secret` MOM's `rev_secret` that it has (0 = an unknown one).
    """

    values: dict[str, Value] = {}
    cipher: bytes = b""
    secret: int = 0


def agreed(copy: Copy) -> Agreed:
    """What a copy says was agreed upon."""
    return msgspec.msgpack.decode(copy.agreed, type=Agreed) if copy.agreed else Agreed()


def packed(agreement: Agreed) -> bytes:
    """An agreement as a copy keeps it."""
    return msgspec.msgpack.encode(agreement)


class Work(Protocol):
    """What is needed of the store's unit of work."""

    def next_numbers(self, noun: Noun, count: int) -> Sequence[int]:
        """Numbers that were never used."""

    def put_room(self, before: ConferenceRoom | None, after: ConferenceRoom) -> None:
        """Insert or update."""

    def delete_room(self, before: ConferenceRoom) -> None:
        """Delete."""

    def put_copies(self, copies: Mapping[tuple[Noun, int, OmmId], Copy | None]) -> None:
        """Insert or update; delete where there is None."""

    def add_line(self, noun: Noun, number: int, at: int, text: str) -> None:
        """Keep an explainable line."""


class Drafts(msgspec.Struct, frozen=True):
    """What a unit of work changed, to be applied to the book after the commit."""

    rooms: dict[int, ConferenceRoom | None] = {}
    copies: dict[CopyKey, Copy | None] = {}


class RoomBook:
    """All rooms and all their copies."""

    def __init__(self, rooms: Iterable[ConferenceRoom] = (), copies: Iterable[Copy] = ()) -> None:
        self.rooms: dict[int, ConferenceRoom] = {}
        self._copies: dict[int, dict[OmmId, Copy]] = {}
        self._served: dict[OmmId, set[int]] = {}
        self._held: dict[OmmId, set[int]] = {}
        self._named: dict[str, set[int]] = {}
        drafts = Drafts(
            {int(room.id): room for room in rooms}, {(c.number, c.omm): c for c in copies}
        )
        self.apply(drafts)

    def room(self, number: int) -> ConferenceRoom | None:
        """The room with that number."""
        return self.rooms.get(number)

    def served_by(self, omm: OmmId) -> list[ConferenceRoom]:
        """The rooms that an OMM should hold, by number."""
        return [self.rooms[number] for number in sorted(self._served.get(omm, ()))]

    def with_conference(self, conference: str) -> list[ConferenceRoom]:
        """The rooms with that conference number."""
        return [self.rooms[number] for number in sorted(self._named.get(conference, ()))]

    def copies_on(self, omm: OmmId) -> list[Copy]:
        """The copies on one OMM, by the room's number."""
        return [self._copies[number][omm] for number in sorted(self._held.get(omm, ()))]

    def copies_of(self, number: int) -> list[Copy]:
        """The copies of one room, by OMM."""
        found = self._copies.get(number, {})
        return [found[omm] for omm in sorted(found)]

    def apply(self, drafts: Drafts) -> None:
        """Take over what was committed."""
        for number, room in drafts.rooms.items():
            before = self.rooms.pop(number, None)
            if before is not None:
                self._served[before.omm].discard(number)
                self._named[before.conference_id or ""].discard(number)
            if room is not None:
                self.rooms[number] = room
                self._served.setdefault(room.omm, set()).add(number)
                self._named.setdefault(room.conference_id or "", set()).add(number)
        for (number, omm), copy in drafts.copies.items():
            self._copies.setdefault(number, {}).pop(omm, None)
            self._held.setdefault(omm, set()).discard(number)
            if copy is not None:
                self._copies[number][omm] = copy
                self._held[omm].add(number)


class RoomBench:
    """Drafts of one unit of work; looks like the book to whoever decides."""

    def __init__(self, book: RoomBook, work: Work, now: int) -> None:
        """`now`: seconds since 1970."""
        self.now = now
        self._book = book
        self._work = work
        self._rooms: dict[int, ConferenceRoom | None] = {}
        self._copies: dict[CopyKey, Copy | None] = {}

    def room(self, number: int) -> ConferenceRoom | None:
        """The room with that number, drafts included."""
        return self._rooms[number] if number in self._rooms else self._book.room(number)

    def served_by(self, omm: OmmId) -> list[ConferenceRoom]:
        """The rooms that an OMM should hold, drafts included."""
        found = self._overlaid(self._book.served_by(omm))
        return [room for room in found if room.omm == omm]

    def with_conference(self, conference: str) -> list[ConferenceRoom]:
        """The rooms with that conference number, drafts included."""
        found = self._overlaid(self._book.with_conference(conference))
        return [room for room in found if room.conference_id == conference]

    def copies_on(self, omm: OmmId) -> list[Copy]:
        """The copies on one OMM, drafts included."""
        return self._drafted(self._book.copies_on(omm), lambda key: key[1] == omm)

    def copies_of(self, number: int) -> list[Copy]:
        """The copies of one room, drafts included."""
        return self._drafted(self._book.copies_of(number), lambda key: key[0] == number)

    def copy(self, number: int, omm: OmmId) -> Copy | None:
        """The copy of a room on an OMM, drafts included."""
        return next((copy for copy in self.copies_of(number) if copy.omm == omm), None)

    def local(self, omm: OmmId, local: int) -> Copy | None:
        """The copy with that number on an OMM, drafts included."""
        return next((copy for copy in self.copies_on(omm) if copy.local == local), None)

    def new_number(self) -> RoomNumber:
        """A number that was never used."""
        return RoomNumber(self._work.next_numbers(Noun.ROOM, 1)[0])

    def put(self, room: ConferenceRoom) -> ConferenceRoom:
        """Draft a new or changed room; one that differs gets the next revision."""
        former = self._book.room(room.id)
        if former is not None:
            room = msgspec.structs.replace(room, revision=former.revision)
            if room != former:
                room = msgspec.structs.replace(room, revision=former.revision + 1)
        self._rooms[room.id] = room
        return room

    def remove(self, number: int) -> None:
        """Draft the end of a room; its copies stay until their OMMs have let go."""
        self._rooms[number] = None

    def put_copy(self, copy: Copy) -> None:
        """Draft a new or changed copy."""
        self._copies[copy.number, copy.omm] = copy

    def drop_copy(self, copy: Copy) -> None:
        """Draft the end of a copy."""
        self._copies[copy.number, copy.omm] = None

    def line(self, number: int, text: Sentence) -> None:
        """Keep an explainable line with a room."""
        self._work.add_line(Noun.ROOM, number, self.now, text)

    @property
    def touched(self) -> list[int]:
        """The rooms that are drafted, or a copy of which is."""
        return list(dict.fromkeys([*self._rooms, *(number for number, _ in self._copies)]))

    def mark_conflicts(self) -> list[str]:
        """Mark rooms with one conference number; the texts for the event log.

        Each names the first other one: hundreds of sites may have the same number.
        """
        texts = []
        changed = [number for number in self._rooms if self._renamed(number)]
        names: dict[str, None] = {}
        for number in changed:
            for room in (self._book.room(number), self.room(number)):
                if room is not None and room.conference_id:
                    names[room.conference_id] = None
            self._mark_conflict(number, ())
        for name in names:
            rooms = self.with_conference(name)
            for room in rooms:
                others = tuple((int(o.id), o.omm) for o in rooms if o.id != room.id)[:1]
                if self._mark_conflict(room.id, others) and others:
                    texts.append(f"conference room {room.id}: {self._shared_mark(room.id)}")
        return texts

    def finish(self) -> Drafts:
        """Put everything that changed into the store's unit."""
        rooms = {n: room for n, room in self._rooms.items() if room != self._book.room(n)}
        for number, room in rooms.items():
            before = self._book.room(number)
            if room is not None:
                self._work.put_room(before, room)
            elif before is not None:
                self._work.delete_room(before)
        stored = {(c.number, c.omm): c for n in self.touched for c in self._book.copies_of(n)}
        copies = {key: copy for key, copy in self._copies.items() if copy != stored.get(key)}
        self._work.put_copies({(Noun.ROOM, *key): copy for key, copy in copies.items()})
        return Drafts(rooms, copies)

    def _renamed(self, number: int) -> bool:
        """Whether a room's conference number or place is another one than before."""
        before, after = self._book.room(number), self.room(number)
        places = [(room.conference_id, room.omm) if room else None for room in (before, after)]
        return places[0] != places[1]

    def _mark_conflict(self, number: int, others: tuple[tuple[int, OmmId], ...]) -> bool:
        """Mark a room; tells whether that is news."""
        room = self.room(number)
        if room is None:
            return False
        marked = marks.same_conference(room.marks, room.conference_id or "", others)
        if marked == room.marks:
            return False
        self.put(msgspec.structs.replace(room, marks=marked))
        former = self._book.room(number)
        return former is None or marks.shared(former.marks) != marks.shared(marked)

    def _shared_mark(self, number: int) -> str:
        room = self.room(number)
        return "; ".join(marks.shared(room.marks)) if room is not None else ""

    def _overlaid(self, stored: list[ConferenceRoom]) -> list[ConferenceRoom]:
        found: Mapping[int, ConferenceRoom | None] = {int(room.id): room for room in stored}
        found = {**found, **self._rooms}
        return [room for _, room in sorted(found.items()) if room is not None]

    def _drafted(self, stored: list[Copy], concerns: Callable[[CopyKey], bool]) -> list[Copy]:
        found: dict[CopyKey, Copy | None] = {(copy.number, copy.omm): copy for copy in stored}
        found |= {key: copy for key, copy in self._copies.items() if concerns(key)}
        return [copy for _, copy in sorted(found.items()) if copy is not None]
