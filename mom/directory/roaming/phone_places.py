"""Where phones are, from the index, for those who send messages.

Implements `mom.ports.Whereabouts`. It decides nothing.
"""

from twisted.internet.defer import Deferred

from mom.directory.index import Index
from mom.directory.roaming.moves import Moves
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.ports import Place


class PhonePlaces:
    """Finds phones by number; costs no query."""

    def __init__(self, index: Index, moves: Moves) -> None:
        self._index = index
        self._moves = moves

    def of_number(self, num: str) -> Place | None:
        """Where the phone of the user with that number is.

        Where several users claim a number, it is the first that has a phone.
        """
        for number in self._index.with_key(Noun.USER, num):
            user = self._index.entry(Noun.USER, number)
            place = self.of_device(user.partner) if user is not None else None
            if place is not None:
                return place
        return None

    def of_device(self, device: int) -> Place | None:
        """Where a phone is; it is nowhere before it is subscribed."""
        entry = self._index.entry(Noun.DEVICE, device)
        if entry is None or not entry.active or not entry.home:
            return None
        copy = self._index.copy(Noun.DEVICE, device, entry.home)
        local = copy.local if copy is not None else 0
        return Place(device, entry.home, local, self._moves.under_way(device))

    def user_number(self, omm: OmmId, local: int) -> int:
        """The system-wide number of a user by its number at an OMM."""
        return self._number(Noun.USER, omm, local)

    def device_number(self, omm: OmmId, local: int) -> int:
        """The system-wide number of a device by its number at an OMM."""
        return self._number(Noun.DEVICE, omm, local)

    def number_at(self, device: int) -> str:
        """The number to dial of the user bound to a device."""
        entry = self._index.entry(Noun.DEVICE, device)
        user = self._index.entry(Noun.USER, entry.partner) if entry is not None else None
        return user.key if user is not None else ""

    def settled(self, device: int) -> Deferred[None]:
        """Fires when that phone does not move any more."""
        return self._moves.settled(device)

    def _number(self, noun: Noun, omm: OmmId, local: int) -> int:
        copy = self._index.local(noun, omm, local)
        return copy.number if copy is not None else 0
