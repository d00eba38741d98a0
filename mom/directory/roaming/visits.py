"""Whoever comes to an OMM and needs MOM's answer: phones that appear or subscribe, log-ins.

What is told and what is read is one sequence: a visitor is taken up when all that the OMM told
before is committed, and while the OMM is being read it waits.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from mom.axi.mom_profile import DectLocate, DectSubscribe, PpLogin
from mom.directory.lines import omm_name
from mom.directory.roaming.leaving import Leaving, LeavingDesk
from mom.directory.roaming.login import LoginDesk, Logins
from mom.directory.roaming.place import Place
from mom.directory.roaming.refusals import Refusals
from mom.directory.roaming.roaming import Roaming, RoamingDesk
from mom.directory.roaming.subscribing import Subscribing, SubscribingDesk
from mom.directory.roaming.turns import Turns
from mom.directory.roaming.unfinished import Unfinished, UnfinishedDesk
from mom.directory.rows import Left, Visit
from mom.model.identities import OmmId

MOST_WAITING = 10_000
"""Visitors of one OMM that wait for the end of its reading, or for their turn."""


class VisitsDesk(LoginDesk, SubscribingDesk, RoamingDesk, UnfinishedDesk, LeavingDesk, Protocol):
    """What all of them together need of the directory."""


class Visits:
    """Hands each visitor to those who know what to do."""

    def __init__(self, desk: VisitsDesk) -> None:
        self._desk = desk
        self._turns = turns = Turns()
        refusals = Refusals(desk)
        self._leaving = Leaving(desk)
        self._unfinished = Unfinished(desk, turns)
        self._subscribing = Subscribing(desk, turns, refusals)
        self._logins = Logins(desk, turns, refusals)
        self._roaming = Roaming(desk, turns, refusals, self._unfinished, self._leaving)

    def start(self) -> None:
        """Take up what was under way when MOM ended."""
        self._unfinished.start()

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._unfinished.stop()

    def come(self, place: Place, event: DectLocate | DectSubscribe | PpLogin) -> None:
        """Somebody came to an OMM; who is one too many is not heard, and comes again."""
        omm = place.port.omm.id
        if self._turns.visitors(omm) >= MOST_WAITING:
            text = f"more than {MOST_WAITING} phones came to {omm_name(omm)} at once"
            self._desk.notices.warn(text)
        elif isinstance(event, DectLocate):
            self._roaming.come(place, event.ipei)
        elif isinstance(event, DectSubscribe):
            self._subscribing.come(place, event.ipei, event.add_id)
        else:
            self._logins.come(place, event)

    def follows(self, place: Place) -> None:
        """An OMM has been read."""
        self._unfinished.follows(place)

    def gone(self, omm: OmmId) -> None:
        """The session of an OMM is over."""
        self._desk.guests.gone(omm)
        self._unfinished.gone(omm)

    def resume(self) -> None:
        """Moves may have been given up because their OMM is no more."""
        self._unfinished.resume()

    def found(self, place: Place, arrived: Sequence[int], left: Sequence[Left]) -> None:
        """Devices turned out to have arrived at an OMM, or to have left OMMs."""
        for device in arrived:
            self._unfinished.arrived(place, device)
        for omm, device in left:
            self._leaving.leave(omm, device)


class Lobby:
    """Where the visitors of one sitting wait until their OMM has been read."""

    def __init__(self, visits: Visits, place: Place) -> None:
        self._visits = visits
        self._place = place
        self._waiting: list[Visit] = []
        self._left: list[Left] = []

    def found(self, arrived: Sequence[int], left: Sequence[Left]) -> None:
        """Devices turned out to have arrived there, or to have left OMMs: this one, too, which can
        be told only when its local numbers are certain.
        """
        here = self._place.port.omm.id
        now = [(omm, device) for omm, device in left if self._place.following or omm != here]
        self._left += [each for each in left if each not in now]
        if arrived or now:
            self._visits.found(self._place, arrived, now)

    def enter(self, visits: Iterable[Visit]) -> None:
        """These have come; all that the OMM told before is committed."""
        if self._place.closed:
            return
        if not self._place.following:
            self._waiting += list(visits)[: MOST_WAITING - len(self._waiting)]
            return
        for visit in visits:
            self._visits.come(self._place, visit.event)

    def open(self) -> None:
        """The OMM has been read: those who wait go in, then what is unfinished there is ended."""
        waiting, self._waiting = self._waiting, []
        self.enter(waiting)
        left, self._left = self._left, []
        self.found((), left)
        self._visits.follows(self._place)

    def close(self) -> None:
        """The session is over."""
        self._waiting = []
        self._visits.gone(self._place.port.omm.id)
