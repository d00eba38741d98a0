"""Users of OMMs that the licence does not allow any more, and their phones: they stay there.

They are no records of MOM, and nothing is done to them. Who they are is kept only while their OMM
is connected: the next session reads them again.
"""

from collections.abc import Callable
from functools import partial

import msgspec
from twisted.internet.defer import Deferred

from mom.directory.bench import Bench
from mom.directory.known import key_of
from mom.directory.lines import omm_name
from mom.directory.rows import Known
from mom.directory.wire import Told
from mom.model.copy import Noun
from mom.model.identities import OmmId

Room = Callable[[int], int]
"""How many users the licence allows beside so many."""


class Staying(msgspec.Struct, frozen=True):
    """A record that stays at its OMM.

    `user` is the local number of a device's user, 0 for a user; `phone` the digits of the IPEI of
    the device, or of the one that a user has; empty = none.
    """

    user: int = 0
    phone: str = ""


Found = dict[Known, Staying | None]
"""What became of records, by noun and local number; None = a record of MOM, or gone."""


class Beyond:
    """Those of one OMM."""

    def __init__(self, omm: OmmId, room: Room) -> None:
        self._omm = omm
        self._room = room
        self._staying: dict[Known, Staying] = {}
        self._phones: dict[str, Known] = {}
        self._asked: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._staying)

    @property
    def users(self) -> int:
        """How many users stay there."""
        return sum(noun is Noun.USER for noun, _ in self._staying)

    @property
    def records(self) -> int:
        """How many users and phones stay there."""
        return len(self._staying)

    @property
    def asked(self) -> int:
        """Of how many users the OMM is asked to tell again."""
        return len(self._asked)

    def has(self, noun: Noun, local: int) -> bool:
        """Whether that record stays there."""
        return (noun, local) in self._staying

    def has_phone(self, phone: str) -> bool:
        """Whether a phone with these digits of its IPEI stays there, or its user does."""
        return phone in self._phones

    def room(self, bench: Bench) -> int:
        """How many further users the licence allows."""
        return self._room(bench.count(Noun.USER))

    def judge(self, bench: Bench, told: Told) -> Staying | None:
        """How a record that MOM does not know stays there; None if it may come in."""
        if self.room(bench):
            return None
        partner = told.partner or 0
        if told.noun is Noun.USER:
            return Staying(phone=self._phone(bench, partner))
        if not partner or bench.local(Noun.USER, self._omm, partner) is not None:
            return None
        return Staying(partner, key_of(told))

    def settled(self, found: Found) -> bool:
        """Take over what was found; tells whether these are the first that stay."""
        before = bool(self._staying)
        for key, staying in found.items():
            former = self._staying.pop(key, None)
            if former is not None and self._phones.get(former.phone) == key:
                del self._phones[former.phone]
            if staying is not None:
                self._staying[key] = staying
                if staying.phone:
                    self._phones[staying.phone] = key
        return not before and bool(self._staying)

    def take_in(self, room: int, fetch: Callable[[Noun, int], "Deferred[None]"]) -> int:
        """Have the OMM tell again of so many users and their phones; tells of how many."""
        waiting = (n for noun, n in self._staying if noun is Noun.USER and n not in self._asked)
        due = [local for local, _ in zip(waiting, range(room), strict=False)]
        self._asked.update(due)
        phones: dict[int, list[int]] = {}
        for (noun, local), staying in self._staying.items():
            if noun is Noun.DEVICE:
                phones.setdefault(staying.user, []).append(local)
        for local in due:
            fetch(Noun.USER, local).addCallback(partial(self._told, local))
            for phone in phones.get(local, ()):
                fetch(Noun.DEVICE, phone)
        return len(due)

    def _told(self, local: int, _: None) -> None:
        self._asked.discard(local)

    def _phone(self, bench: Bench, local: int) -> str:
        """The IPEI of a user's phone that came in before its user."""
        copy = bench.local(Noun.DEVICE, self._omm, local)
        entry = bench.entry(Noun.DEVICE, copy.number) if copy is not None else None
        return entry.key if entry is not None else ""


def told(omm: OmmId, most: int | None) -> str:
    """The text for the event log."""
    return f"the licence allows {most} users: what {omm_name(omm)} has beyond stays there"


def note(users: int, most: int | None) -> str:
    """The text for the health of the OMM."""
    if users == 1:
        return f"1 user stays on the OMM, the licence allows {most}"
    return f"{users} users stay on the OMM, the licence allows {most}"
