"""What a change is about: a user, a device, or a pair (by its device's number), with both ends.

Works on drafts; it changes nothing.
"""

import enum

import msgspec

from mom.directory.bench import Bench
from mom.directory.errors import NoSuchPair, NoSuchRecord
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.user import User


class Collection(enum.Enum):
    """The lists in which people see records."""

    USERS = "users"
    DEVICES = "devices"
    PAIRS = "pairs"

    @property
    def noun(self) -> Noun:
        """The noun that the numbers of this list are of."""
        return Noun.USER if self is Collection.USERS else Noun.DEVICE


class Ends(msgspec.Struct, frozen=True):
    """A user and its device, one of which may be missing; `asked` are those that were meant."""

    user: User | None
    device: Device | None
    asked: tuple[Record, ...]


async def load(bench: Bench, collection: Collection, number: int) -> Ends:
    """A record, or both of a pair, with all that a change of the relation may touch.

    Raises `NoSuchRecord`.
    """
    noun = collection.noun
    entry = bench.entry(noun, number)
    if entry is None:
        raise NoSuchRecord(noun, number)
    user, device = (number, entry.partner) if noun is Noun.USER else (entry.partner, number)
    await bench.load([user], [device])
    found = Ends(
        bench.user(user) if user else None,
        bench.device(device) if device else None,
        (),
    )
    asked: tuple[Record | None, ...] = (found.user,)
    if collection is not Collection.USERS:
        asked = (found.device,)
    if collection is Collection.PAIRS:
        asked = (found.device, found.user)
    records = tuple(record for record in asked if record is not None)
    if len(records) < len(asked):
        raise NoSuchPair(number)
    return msgspec.structs.replace(found, asked=records)


async def preload(bench: Bench, collection: Collection, numbers: list[int]) -> None:
    """Load many records and their partners in one query per noun."""
    entries = [bench.entry(collection.noun, number) for number in numbers]
    partners = [entry.partner for entry in entries if entry is not None]
    if collection is Collection.USERS:
        await bench.load(numbers, partners)
    else:
        await bench.load(partners, numbers)
