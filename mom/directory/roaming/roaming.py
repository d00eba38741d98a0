"""Brings phones from one OMM to another: one sequence of steps for each phone.

What each step leads to is decided by `roam`; moves whose outcome stays unknown are the duty of
`unfinished`.
"""

from typing import Protocol

from mom.axi.clock import Clock
from mom.axi.mom_profile import LocateReject, locate_reject
from mom.directory.guard import Guard
from mom.directory.roaming import roam
from mom.directory.roaming.bringing import Given, Outcome, bring
from mom.directory.roaming.endings import Endings
from mom.directory.roaming.intents import Intent, IntentDesk, Intents, Visitor
from mom.directory.roaming.leaving import Leaving
from mom.directory.roaming.moves import Moves
from mom.directory.roaming.place import Place
from mom.directory.roaming.refusals import Refusals, tell
from mom.directory.roaming.registering import register
from mom.directory.roaming.turns import Turns
from mom.directory.roaming.unfinished import Unfinished, phase
from mom.directory.rows import Row
from mom.directory.surplus import Surplus
from mom.model.copy import Noun
from mom.model.identities import ipei_key
from mom.model.roam import RoamResult
from mom.store.errors import NotRead, NotStored

_HAPPENED = {
    Given.ACCEPTED: roam.Happening.ACCEPTED,
    Given.REFUSED: roam.Happening.REFUSED,
    Given.UNSENT: roam.Happening.UNSENT,
    Given.UNANSWERED: roam.Happening.UNANSWERED,
}
_RESULTS = {Given.REFUSED: RoamResult.REFUSED, Given.UNSENT: RoamResult.NOT_SENT}


class RoamingDesk(IntentDesk, Protocol):
    """What moves need of the directory."""

    clock: Clock
    endings: Endings
    guard: Guard
    moves: Moves
    surplus: Surplus


class Roaming:
    """The moves of all phones."""

    def __init__(
        self,
        desk: RoamingDesk,
        turns: Turns,
        refusals: Refusals,
        unfinished: Unfinished,
        leaving: Leaving,
    ) -> None:
        self._desk = desk
        self._unfinished = unfinished
        self._turns = turns
        self._refusals = refusals
        self._intents = Intents(desk)
        self._leaving = leaving
        self._next: dict[str, Visitor] = {}
        """Phones that wait for their turn: where each of them came last."""

    def come(self, place: Place, ipei: str) -> None:
        """A phone of the system appeared at an OMM."""
        key = ipei_key(ipei)
        former = self._next.get(key)
        self._next[key] = Visitor(place, ipei, key, self._desk.clock.seconds())
        if former is None:
            self._turns.visit(place.port.omm.id, key, lambda: self._come(key))
        elif former.place is not place:
            tell(former.place, locate_reject(former.ipei, LocateReject.BUSY))

    async def _come(self, key: str) -> None:
        visitor = self._next.pop(key)
        place = visitor.place
        device = self._intents.device(visitor)
        if place.closed:
            return
        if not self._is_licensed(key) or not device:
            await self._reject(visitor, self._hopeless(key), 0)
            return
        if place.losses.waits(Noun.DEVICE, device):
            tell(place, locate_reject(visitor.ipei, LocateReject.BUSY))
            self._refusals.note_waiting(place)
            return
        self._desk.moves.begin(device)
        self._desk.endings.begin(device, visitor.began)
        try:
            await self._bring(visitor, device)
        except (NotStored, NotRead) as error:
            place.port.give_up(str(error))
            raise
        finally:
            self._desk.endings.forget(device)
            self._desk.moves.end(device)

    def _is_licensed(self, key: str) -> bool:
        return self._desk.policy.licensed and not self._desk.surplus.has_phone(key)

    def _hopeless(self, key: str) -> LocateReject:
        """Why a phone is refused without any record being looked at."""
        refused = roam.refusal(roam.Seen(licensed=self._is_licensed(key), known=False))
        return refused or LocateReject.UNKNOWN

    async def _bring(self, visitor: Visitor, device: int) -> None:
        intent = await self._intents.make(visitor)
        if isinstance(intent, LocateReject):
            await self._reject(visitor, intent, device)
            return
        if intent.source:
            await self._leaving.leave(intent.source, device)
        place = visitor.place

        async def answered(rows: list[Row]) -> list[Row]:
            local = next((row.local for row in rows if row.noun is Noun.DEVICE), 0)
            await register(place, self._desk.index, device, local)
            return rows

        outcome = await bring(place, self._desk.guard, intent.change, intent.records, answered)
        await self._end(visitor, intent, outcome)

    async def _end(self, visitor: Visitor, intent: Intent, outcome: Outcome) -> None:
        omm, device = visitor.place.port.omm.id, intent.device
        step = roam.step(phase(self._desk.index, device), _HAPPENED[outcome.given])
        if step.transition is roam.Transition.FINISH:
            await self._unfinished.finish(omm, device)
        elif step.transition is roam.Transition.ABORT:
            await self._unfinished.abort(omm, device, _RESULTS[outcome.given], outcome.why)
        if step.reject:
            await self._reject(visitor, roam.reason(outcome.code), 0)
            if outcome.code == "ENoEnt":
                self._look(visitor.place, intent)
        if outcome.given is Given.UNANSWERED and visitor.place.closed:
            self._unfinished.gone(omm)

    async def _reject(self, visitor: Visitor, reason: LocateReject, device: int) -> None:
        tell(visitor.place, locate_reject(visitor.ipei, reason))
        what = "location registration"
        await self._refusals.note(visitor.place, what, reason.value, device, visitor.ipei)

    def _look(self, place: Place, intent: Intent) -> None:
        """A local number is wrong: have the OMM tell what it has, which brings a loss to light."""
        for part in intent.change.parts:
            if part.local:
                place.fetch(part.noun, part.local)
