"""All conference rooms of the system, and one sitting for each connected OMM.

Each room is served by one OMM at the most; which one is written in its record.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from twisted.internet.defer import ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.directory import lines, marks
from mom.directory.credentials import Opener
from mom.directory.editing.history import History
from mom.directory.errors import DirectoryStopped
from mom.directory.guard import Guard
from mom.directory.lines import omm_name
from mom.directory.notices import Notices
from mom.directory.reading.valve import Valve
from mom.directory.rooms.bench import Drafts, RoomBook
from mom.directory.rooms.editor import RoomEditor
from mom.directory.rooms.rules import Site
from mom.directory.rooms.sends import START_LIMIT, limit_of
from mom.directory.rooms.sitting import NOT_AVAILABLE, RoomSitting
from mom.directory.rooms.units import RoomUnits
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.room import ConferenceRoom
from mom.ports import OmmPort
from mom.store.repositories import Reading
from mom.store.store import Store


class Surroundings(Protocol):
    """What the rooms need of the directory."""

    @property
    def store(self) -> Store:
        """Where rooms rest."""

    notices: Notices

    @property
    def guard(self) -> Guard:
        """The check of guarded fields."""

    def now(self) -> int:
        """Seconds since 1970."""

    def omm(self, omm: OmmId) -> Omm | None:
        """The record of an OMM."""

    def learn(self, wire: str, max_len: int) -> None:
        """An OMM allows only that many characters for an attribute."""


class Rooms:
    """All conference rooms."""

    _log = Logger()

    def __init__(self, around: Surroundings, opener: Opener, history: History) -> None:
        self._around = around
        self.notices = around.notices
        self._opener = opener
        self._sittings: dict[OmmId, tuple[RoomSitting, OmmPort]] = {}
        self._stopped = False
        self.units = RoomUnits(around.store, around.now, self._connected, self._applied)
        self.editor = RoomEditor(
            self.units, history, lambda: around.guard, self._hindrance, self._limit
        )
        """Makes the changes of people and applications."""

    async def start(self) -> None:
        """Load the rooms; before this no sitting may be opened."""
        rooms, copies, omms = await self._around.store.read(_load)
        self.units.book.apply(
            Drafts({int(r.id): r for r in rooms}, {(c.number, c.omm): c for c in copies})
        )
        for omm in {room.omm for room in rooms if room.omm} - omms:
            await self.release(omm)

    def end(self) -> None:
        """MOM is stopping: that sessions end from now on changes nothing."""
        self._stopped = True

    async def stop(self) -> None:
        """The unit of work under way is finished, no other one begins."""
        self._sittings.clear()
        await self.units.stop()

    def open(self, port: OmmPort, valve: Valve) -> RoomSitting:
        """Begin a session of an OMM; a former one is closed by whoever opened it."""
        sitting = RoomSitting(self, port, valve)
        self._sittings[port.omm.id] = sitting, port
        self._look_at_movers(port.omm.id)
        return sitting

    def left(self, omm: OmmId) -> None:
        """The session of an OMM is over."""
        if not self._stopped:
            self._look_at_movers(omm)

    async def release(self, omm: OmmId) -> None:
        """An OMM record was deleted: its rooms stay in MOM and belong to no OMM."""
        self._sittings.pop(omm, None)
        async with self.units.open(cause=f"{omm_name(omm)} deleted") as bench:
            for copy in bench.copies_on(omm):
                bench.drop_copy(copy)
            for room in bench.served_by(omm):
                marked = marks.forgotten(room.marks, omm)
                bench.put(msgspec.structs.replace(room, omm=OmmId(0), marks=marked))
                bench.line(room.id, lines.room_homeless(omm))

    # -- what the parts of a sitting need

    def site(self, port: OmmPort) -> Site:
        """An OMM as decisions need it now."""
        return Site(port.omm.id, port.facts.key, self._opener, self._around.guard)

    def learn(self, wire: str, max_len: int) -> None:
        """An OMM allows only that many characters for an attribute."""
        self._around.learn(wire, max_len)

    def _connected(self, omm: OmmId) -> bool:
        found = self._sittings.get(omm)
        return found is not None and not found[0].closed

    def _hindrance(self, omm: OmmId) -> str:
        """Why no room can be at an OMM; empty if it can."""
        if self._around.omm(omm) is None:
            return f"there is no {omm_name(omm)}"
        found = self._sittings.get(omm)
        return "" if found is None or found[0].able else f"{omm_name(omm)}: {NOT_AVAILABLE}"

    def _limit(self, omm: OmmId) -> int:
        found = self._sittings.get(omm)
        return START_LIMIT if found is None else limit_of(found[1].facts.limits)

    def _applied(self, drafts: Drafts, conflicts: Sequence[str]) -> None:
        """Let the sittings look at rooms that may differ now at their OMM."""
        self.notices.conflicts(conflicts)
        omms = {omm for _, omm in drafts.copies}
        numbers = {*drafts.rooms, *(number for number, _ in drafts.copies)}
        for number in numbers:
            room = self.units.book.room(number)
            omms |= {room.omm} if room is not None else set()
            omms |= {copy.omm for copy in self.units.book.copies_of(number)}
        for omm in omms:
            if self._connected(omm):
                self._sittings[omm][0].sender.pump()

    def _look_at_movers(self, omm: OmmId) -> None:
        """Whether an OMM is there matters to the rooms that are to leave it: mark them anew."""
        book: RoomBook = self.units.book
        rooms = [book.room(copy.number) for copy in book.copies_on(omm)]
        movers = [room.id for room in rooms if room is not None and room.omm not in (0, omm)]
        if movers:
            done = ensureDeferred(self._mark(movers))
            done.addErrback(self._not_marked)

    def _not_marked(self, why: Failure) -> None:
        if not isinstance(why.value, DirectoryStopped):
            self._log.failure("waiting rooms were not marked", why)

    async def _mark(self, numbers: Sequence[int]) -> None:
        """Each unit marks what waits among the rooms that it touches."""
        async with self.units.open(cause="moves") as bench:
            for number in numbers:
                room = bench.room(number)
                if room is not None:
                    bench.put(room)


def _load(reading: Reading) -> tuple[list[ConferenceRoom], list[Copy], set[OmmId]]:
    copies = list(reading.all_copies(Noun.ROOM))
    return list(reading.all_rooms()), copies, set(reading.omms())
