"""Who is connected at this moment: OMMs and applications.

This module must not know what is sent to them.
"""

from __future__ import annotations

from mom.messaging.party import Endpoint, OmmEnd, Party, is_full
from mom.model.identities import OmmId


class Ends:
    """All endpoints, by party."""

    def __init__(self) -> None:
        self._omms: dict[Party, OmmEnd] = {}
        self._applications: dict[Party, Endpoint] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._omms) + len(self._applications)

    def add(self, end: Endpoint) -> None:
        """An application has connected."""
        self._applications[end.party] = end

    def add_omm(self, end: OmmEnd) -> None:
        """An OMM has connected; a former session of it is over."""
        self._omms[end.party] = end

    def remove(self, end: Endpoint) -> bool:
        """A connection has ended; tells whether it was the present one of its party."""
        if self.get(end.party) is not end:
            return False
        self._omms.pop(end.party, None)
        self._applications.pop(end.party, None)
        return True

    def get(self, party: Party) -> Endpoint | None:
        """The endpoint of a party."""
        return self._omms.get(party) or self._applications.get(party)

    def omm(self, omm: OmmId) -> OmmEnd | None:
        """The endpoint of an OMM."""
        return self._omms.get(Party(omm=omm))

    def omms(self) -> list[tuple[Party, str]]:
        """All OMMs with their addresses."""
        return [(party, end.address) for party, end in self._omms.items()]

    def takes(self, omm: OmmId) -> bool:
        """Whether an OMM is connected and has room for more."""
        end = self.omm(omm)
        return end is not None and not is_full(end)
