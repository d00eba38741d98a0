"""Moves whose outcome is not known: after a lost link, a silent OMM or a crash of MOM.

The next session of the OMM that a phone was moving to decides: what has arrived there shows while
the OMM is read, what has not stays where it was. An OMM that does not come back is waited for one
minute. The record of each move is all that is needed for this.
"""

from functools import partial
from typing import Protocol

from mom.axi.clock import Clock, Timer
from mom.axi.errors import LinkLost
from mom.directory.desk import Desk
from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.directory.lines import omm_name
from mom.directory.notices import Notices
from mom.directory.roaming import roam
from mom.directory.roaming.endings import Endings
from mom.directory.roaming.place import Place
from mom.directory.roaming.registering import register
from mom.directory.roaming.turns import Turns
from mom.model.agreement import GROUPS
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.roam import RoamResult
from mom.store.errors import NotRead, NotStored

AWAY_SECONDS = 60.0
"""How long the OMM that a phone moves to may be away before the phone stays where it was."""
_ROAMING = GROUPS[Noun.DEVICE].index(Group.ROAMING)


class UnfinishedDesk(Desk, Protocol):
    """What unfinished moves need of the directory."""

    clock: Clock
    endings: Endings
    notices: Notices

    def sitting(self, omm: OmmId) -> Place | None:
        """The open sitting of an OMM."""


class Unfinished:
    """The moves that nobody works on."""

    def __init__(self, desk: UnfinishedDesk, turns: Turns) -> None:
        self._desk = desk
        self._turns = turns
        self._timers: dict[OmmId, Timer] = {}
        self._found: set[tuple[OmmId, int]] = set()
        """Devices that are there, and are still to be registered."""

    def start(self) -> None:
        """Take up the moves that were under way when MOM ended."""
        for entry in self._entries():
            self.gone(entry.home)

    def stop(self) -> None:
        """Wait for nobody any more."""
        timers, self._timers = self._timers, {}
        for timer in timers.values():
            timer.cancel()

    def follows(self, place: Place) -> None:
        """An OMM was read: of the moves to it, those that are still open did not get there."""
        omm = place.port.omm.id
        timer = self._timers.pop(omm, None)
        if timer is not None:
            timer.cancel()
        self._give_up_all(omm, roam.Happening.NOT_FOUND)

    def resume(self) -> None:
        """Moves may have been given up because their OMM is no more: the old ones are told."""
        for entry in self._entries():
            if entry.returning:
                self._turns.begin(entry.key, partial(self._return, entry.number))

    def gone(self, omm: OmmId) -> None:
        """The session of an OMM is over: phones that move there wait a minute for the next."""
        self._found = {(there, device) for there, device in self._found if there != omm}
        if omm not in self._timers and any(entry.home == omm for entry in self._entries()):
            self._timers[omm] = self._desk.clock.callLater(AWAY_SECONDS, self._away, omm)

    def arrived(self, place: Place, device: int) -> None:
        """While an OMM was read it turned out to have a phone that was to move there."""
        entry = self._desk.index.entry(Noun.DEVICE, device)
        if entry is not None:
            self._found.add((place.port.omm.id, device))
            self._turns.begin(entry.key, partial(self._arrive, place, device))

    async def finish(self, omm: OmmId, device: int) -> None:
        """A phone is at the OMM that it was to move to."""
        async with self._desk.units.open(cause="roaming") as bench:
            await bench.load((), [device])
            record = bench.device(device)
            if record is not None and roam.is_moving_to(record, omm):
                self._desk.endings.finish(bench, record)

    async def abort(self, omm: OmmId, device: int, result: RoamResult, why: str) -> None:
        """An OMM has not got the phone that was to move there."""
        await self._abort(omm, device, result, why, read=True)

    async def _arrive(self, place: Place, device: int) -> None:
        """Steps 4 and 5 of a move that was broken off; a lost link leaves it as it is."""
        omm = place.port.omm.id
        copy = self._desk.index.copy(Noun.DEVICE, device, omm)
        if place.closed:
            return
        try:
            await register(place, self._desk.index, device, copy.local if copy is not None else 0)
        except LinkLost:
            return
        try:
            await self.finish(omm, device)
        except (NotStored, NotRead) as error:
            place.port.give_up(str(error))
            raise
        self._found.discard((omm, device))

    def _away(self, omm: OmmId) -> None:
        del self._timers[omm]
        if self._desk.sitting(omm) is None:
            self._give_up_all(omm, roam.Happening.AWAY)

    def _give_up_all(self, omm: OmmId, happening: roam.Happening) -> None:
        """Each in its turn: somebody may be at work on the phone by now."""
        for entry in self._entries():
            if entry.home == omm:
                self._turns.begin(entry.key, partial(self._give_up, entry, happening))

    async def _give_up(self, then: Entry, happening: roam.Happening) -> None:
        entry = self._desk.index.entry(Noun.DEVICE, then.number)
        if (then.home, then.number) in self._found:
            return
        if entry is None or entry.revisions[_ROAMING] != then.revisions[_ROAMING]:
            return
        transition = roam.step(phase(self._desk.index, then.number), happening).transition
        if transition is roam.Transition.ABORT:
            read = happening is roam.Happening.NOT_FOUND
            result = RoamResult.NOT_FOUND if read else RoamResult.AWAY
            try:
                await self._abort(then.home, then.number, result, "", read=read)
            except (NotStored, NotRead) as error:
                self._put_off(then.home, str(error))
                raise
        elif transition is roam.Transition.FINISH:
            await self._return(then.number)

    def _put_off(self, omm: OmmId, why: str) -> None:
        """What could not be stored is tried again in a minute, or when the OMM is read anew."""
        place = self._desk.sitting(omm)
        if place is not None:
            place.port.give_up(why)
        else:
            self.gone(omm)

    async def _abort(
        self, omm: OmmId, device: int, result: RoamResult, why: str, *, read: bool
    ) -> None:
        async with self._desk.units.open(cause="roaming") as bench:
            await bench.load((), [device])
            record = bench.device(device)
            if record is None or not roam.is_moving_to(record, omm):
                return
            await self._desk.endings.abort(bench, record, result, why, read=read)
        text = f"a phone did not move to {omm_name(omm)}: {result.value}"
        self._desk.notices.warn(text)
        await self._return(device)

    async def _return(self, device: int) -> None:
        """A move was given up: the old OMM registers the phone again, now or when it comes back."""
        entry = self._desk.index.entry(Noun.DEVICE, device)
        place = self._desk.sitting(entry.home) if entry is not None and entry.returning else None
        if place is not None and place.following:
            await self._arrive(place, device)

    def _entries(self) -> list[Entry]:
        entries = (self._desk.index.entry(Noun.DEVICE, n) for n in self._desk.index.moving)
        return [entry for entry in entries if entry is not None]


def phase(index: Index, device: int) -> roam.Phase:
    """Where a phone stands by the index."""
    entry = index.entry(Noun.DEVICE, device)
    if entry is None or not entry.moving:
        return roam.Phase.RESTS
    return roam.Phase.RETURNS if entry.returning else roam.Phase.MOVES
