"""What did not work with the conference rooms of one OMM: refusals, silence, steps in vain.

Marks what was refused and tells it to people; such rooms wait until they change. It must not know
what is sent next.
"""

from typing import Protocol

import msgspec

from mom.axi.errors import RequestRefused
from mom.directory import marks
from mom.directory.lines import omm_name
from mom.directory.notices import Notices
from mom.directory.rooms.bench import UNPLACED
from mom.directory.rooms.rules import Site
from mom.directory.rooms.units import RoomUnits
from mom.directory.rooms.wire import wire_names
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom
from mom.ports import OmmPort

State = tuple[int, int, OmmId]
"""What a room is to its OMM: when this changes, a refusal does not count any more."""


class RoomDesk(Protocol):
    """What sitting and sender need of all the rooms."""

    @property
    def units(self) -> RoomUnits:
        """Opens units of work."""

    notices: Notices

    def site(self, port: OmmPort) -> Site:
        """An OMM as decisions need it now."""

    def learn(self, wire: str, max_len: int) -> None:
        """An OMM allows only that many characters for an attribute."""

    def left(self, omm: OmmId) -> None:
        """The session of an OMM is over."""


class RoomSetbacks:
    """The setbacks of one session."""

    def __init__(self, desk: RoomDesk, port: OmmPort) -> None:
        self._desk = desk
        self._port = port
        self._name = omm_name(port.omm.id)
        self._held: dict[int, tuple[State | None, str]] = {}
        """Rooms that are not tried again as they are, and the error code."""
        self._tried: State | None = None

    def begin(self, number: int) -> None:
        """A room is tried as it is now."""
        self._tried = self._state(number)

    async def refused(self, number: int, refused: RequestRefused) -> None:
        """Take the refusal of a request about a room."""
        if refused.code == "ETooLong" and refused.max_len:
            self._desk.learn(refused.bad, refused.max_len)
        why = marks.refusal(refused.code, refused.bad)
        await self.not_taken(number, why, refused.code)

    async def not_taken(self, number: int, why: marks.Why, code: str) -> None:
        """Mark a room until the OMM accepts it; one that was refused is not there.

        Without an answer it may be there: the copy stays until the next reading tells.
        """
        omm = self._port.omm.id
        async with self._desk.units.open(cause=f"refused by {self._name}") as bench:
            copy, room = bench.copy(number, omm), bench.room(number)
            if copy is not None and copy.local == UNPLACED and code:
                bench.drop_copy(copy)
            elif copy is not None:
                bench.put_copy(msgspec.structs.replace(copy, refused=why))
            if room is not None:
                marked = marks.refused(room.marks, omm, why)
                bench.put(msgspec.structs.replace(room, marks=marked))
        self.hold(number, code)
        text = f"conference room {number} not accepted by {self._name}: {why}"
        self._desk.notices.warn(text)

    async def stays_different(self, number: int, names: tuple[str, ...]) -> None:
        """The OMM took the change and has something else nevertheless."""
        omm = self._port.omm.id
        wires = wire_names(names) or ("sipPw",)
        async with self._desk.units.open(cause=f"different on {self._name}") as bench:
            room = bench.room(number)
            if room is not None:
                marked = marks.stays_different(room.marks, omm, wires)
                bench.put(msgspec.structs.replace(room, marks=marked))
        self.hold(number, "")
        text = f"conference room {number} stays different on {self._name}: {', '.join(wires)}"
        self._desk.notices.warn(text)

    def try_taken_again(self) -> None:
        """Something changed at the OMM: a number that was taken may be free."""
        for number, (_, code) in list(self._held.items()):
            if code in ("EExist", "ENoMem"):
                del self._held[number]

    def hold(self, number: int, code: str) -> None:
        """Do not try a room again as it was tried; `code` is the error code, if there was one."""
        self._held[number] = self._tried, code

    def waits(self, number: int) -> bool:
        """Whether a room is not to be tried as it is."""
        held = self._held.get(number)
        if held is None:
            return False
        if held[0] == self._state(number):
            return True
        del self._held[number]
        return False

    def _state(self, number: int) -> State | None:
        room = self._desk.units.book.room(number)
        return state_of(room) if room is not None else None


def state_of(room: ConferenceRoom) -> State:
    """What of a room matters to its OMM."""
    return room.rev_content, room.rev_secret, room.omm
