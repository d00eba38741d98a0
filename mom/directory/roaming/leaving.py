"""Has the old OMM of a phone end its SIP registration, and never waits long for that.

It knows no moves.
"""

from typing import Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock
from mom.axi.element import Element
from mom.axi.errors import RequestFailed
from mom.axi.mom_profile import sip_deregister
from mom.directory.index import Index
from mom.directory.lines import omm_name
from mom.directory.roaming.place import Place
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId

PATIENCE = 2.0
"""Seconds that a move waits for the answer of the old OMM."""


class LeavingDesk(Protocol):
    """What leaving needs of the directory."""

    clock: Clock
    index: Index

    def sitting(self, omm: OmmId) -> Place | None:
        """The open sitting of an OMM."""


class Leaving:
    """Asks old OMMs to let go; one that does not answer is not waited for again until it does."""

    _log = Logger()

    def __init__(self, desk: LeavingDesk) -> None:
        self._desk = desk
        self._hung: set[OmmId] = set()

    def leave(self, omm: OmmId, device: int) -> "Deferred[None]":
        """Fires when the OMM answered, or 2 s are over; at once if it is not connected."""
        place = self._desk.sitting(omm)
        copy = self._desk.index.copy(Noun.DEVICE, device, omm)
        if place is None or not place.following or not place.port.facts.profile:
            return succeed(None)
        if copy is None or not copy.local or copy.state is not CopyState.HELD:
            return succeed(None)
        done: Deferred[None] = Deferred()
        timer = self._desk.clock.callLater(PATIENCE, self._give_up, omm, done)

        def answered(result: Element | Failure) -> None:
            if timer.active():
                timer.cancel()
            self._answered(omm, result)
            if not done.called:
                done.callback(None)

        hung = omm in self._hung
        place.port.request(sip_deregister(copy.local)).addBoth(answered)
        return succeed(None) if hung else done

    def _give_up(self, omm: OmmId, done: "Deferred[None]") -> None:
        self._hung.add(omm)
        self._log.warn("{omm} does not answer, a phone leaves it anyway", omm=omm_name(omm))
        if not done.called:
            done.callback(None)

    def _answered(self, omm: OmmId, result: Element | Failure) -> None:
        self._hung.discard(omm)
        if isinstance(result, Failure):
            if not isinstance(result.value, RequestFailed):
                result.raiseException()
            why = str(result.value)
            self._log.info("{omm} did not deregister: {why}", omm=omm_name(omm), why=why)
