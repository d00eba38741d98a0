"""What the licence keeps on all connected OMMs, and who comes in when it allows more."""

from collections.abc import Callable, Mapping
from typing import Protocol

from twisted.internet.defer import Deferred

from mom.directory.beyond import Beyond
from mom.directory.index import Index
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId


class Holder(Protocol):
    """The sitting of an OMM."""

    beyond: Beyond

    @property
    def closed(self) -> bool:
        """The session is over."""

    def fetch(self, noun: Noun, local: int) -> "Deferred[None]":
        """Ask for a whole record; fires when the answer is committed, or there is none."""


class Surplus:
    """The users that the licence does not allow, at all OMMs."""

    def __init__(
        self, index: Index, sittings: Mapping[OmmId, Holder], policy: Callable[[], Policy]
    ) -> None:
        self._index = index
        self._sittings = sittings
        self._policy = policy
        self._omms: set[OmmId] = set()
        """Where users stay, or stayed: every commit and every move looks there."""

    def note(self, omm: OmmId) -> None:
        """Users of an OMM were found that the licence does not allow."""
        self._omms.add(omm)

    def counts(self) -> dict[OmmId, int]:
        """How many users stay on each OMM, where there are any."""
        return {omm: each.beyond.users for omm, each in self._holding() if each.beyond.users}

    def has_phone(self, phone: str) -> bool:
        """Whether a phone with these digits of its IPEI stays on an OMM, or its user does."""
        return any(each.beyond.has_phone(phone) for _, each in self._holding())

    def take_in(self) -> None:
        """Have the OMMs tell again of as many as the licence allows by now."""
        holding = [each for _, each in self._holding()]
        if not holding:
            return
        room = self._policy().room(self._index.count(Noun.USER))
        room -= sum(each.beyond.asked for each in holding)
        for each in holding:
            room -= each.beyond.take_in(max(0, room), each.fetch)

    def _holding(self) -> list[tuple[OmmId, Holder]]:
        holding = []
        for omm in sorted(self._omms):
            each = self._sittings.get(omm)
            if each is not None and each.beyond and not each.closed:
                holding.append((omm, each))
            else:
                self._omms.discard(omm)
        return holding
