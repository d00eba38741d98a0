"""A unit of work: everything that is stored together, and told together afterwards.

Puts are kept here and written in one go when the unit ends. What it reads it reads through the
store's one writer, so that nothing can change in between. It must not know threads.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy.engine import Connection

from mom.model.account import Account
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.event import Event
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.roam import Roam
from mom.model.room import ConferenceRoom
from mom.model.token import Token
from mom.model.user import User
from mom.store.changes import Change, Many
from mom.store.copies import CopyKey
from mom.store.lines import Line, shared
from mom.store.numbers import Numbers
from mom.store.puts import Puts
from mom.store.repositories import Reading, Repositories
from mom.store.trash import Discarded, discarded

T = TypeVar("T")
TRASH_SECONDS = 30 * 24 * 3600
"""How long deleted users and devices are kept."""
MOST_PURGED = 200
"""Deleted records that one unit of work forgets."""


class Ask(Protocol):
    """Runs a query in the writer's thread."""

    def __call__(self, query: Callable[[Reading], T], /) -> Awaitable[T]:
        """The result of the query."""


class Work:
    """One unit of work. Inside it await nothing but its own methods."""

    def __init__(self, ask: Ask, numbers: Mapping[Noun, int], now: int, cause: str) -> None:
        """`ask` runs a query; `numbers` are the last ones given away; `now` since 1970."""
        self._ask = ask
        self._now = now
        self.cause = cause
        self._numbers = Numbers(dict(numbers))
        self._puts = Puts()
        self._changes: list[Change] = []
        self._many: dict[Noun, tuple[int, ...]] = {}

    # -- reading

    async def read(self, query: Callable[[Reading], T]) -> T:
        """Run any query; what was put in this unit so far is not in it."""
        return await self._ask(query)

    async def records(
        self, users: Collection[int], devices: Collection[int]
    ) -> tuple[dict[int, User], dict[int, Device]]:
        """The users and devices with these numbers, as they are after what was put so far."""
        found, ones = await self._ask(
            lambda reading: (
                reading.users(users) if users else {},
                reading.devices(devices) if devices else {},
            )
        )
        return self._puts.users.overlay(found, users), self._puts.devices.overlay(ones, devices)

    async def lost(self, noun: Noun, number: int) -> list[str]:
        """The values that lost in the stored explainable lines of a record, as JSON."""
        return await self._ask(lambda reading: [line.lost for line in reading.lines(noun, number)])

    async def copies(self, noun: Noun, numbers: Collection[int]) -> list[Copy]:
        """All stored copies of these records."""
        return await self._ask(lambda reading: reading.copies(noun, numbers))

    async def copies_on(self, omm: OmmId) -> list[Copy]:
        """All stored copies on one OMM."""
        return await self._ask(lambda reading: reading.copies_on(omm))

    async def omms(self, numbers: Collection[int] | None = None) -> dict[int, Omm]:
        """The OMM records with these numbers, else all, as they are after what was put so far."""
        stored = await self._ask(lambda reading: reading.omms(numbers))
        numbered: dict[int, Omm] = {int(number): omm for number, omm in stored.items()}
        wanted = self._puts.omms.after if numbers is None else numbers
        return self._puts.omms.overlay(numbered, wanted)

    async def accounts(self) -> dict[int, Account]:
        """All accounts by number, as they are after what was put so far."""
        stored = await self._ask(lambda reading: reading.accounts())
        numbered: dict[int, Account] = {int(number): one for number, one in stored.items()}
        return self._puts.accounts.overlay(numbered, self._puts.accounts.after)

    async def settings(self) -> dict[str, Any]:
        """All settings by key, as they are after what was put so far."""
        return {**await self._ask(lambda reading: reading.settings()), **self._puts.settings}

    async def trash_find(self, noun: Noun, text: str) -> Discarded | None:
        """The user of that `num`, or device of that IPEI, that was deleted last; whole."""
        return await self._ask(lambda reading: reading.discarded(noun, text))

    async def trash_get(self, noun: Noun, number: int) -> Discarded | None:
        """The deleted record with that system-wide number; whole."""
        return await self._ask(lambda reading: reading.discarded_number(noun, number))

    # -- numbers

    def next_numbers(self, noun: Noun, count: int) -> range:
        """New numbers, never used before and never given away again once this unit is stored."""
        return self._numbers.next(noun, count)

    def raise_number(self, noun: Noun, at_least: int) -> None:
        """A number was adopted: give away only higher ones from now on."""
        self._numbers.raise_to(noun, at_least)

    # -- users, devices, copies

    def put_user(self, before: User | None, after: User) -> None:
        """Insert or update a user; `before` is the stored one, `None` if it is new."""
        self._puts.users.put(before, after)

    def put_device(self, before: Device | None, after: Device) -> None:
        """Insert or update a device; `before` is the stored one, `None` if it is new."""
        self._puts.devices.put(before, after)

    def put_new(self, users: Sequence[User], devices: Sequence[Device]) -> None:
        """Insert new users and devices."""
        self._puts.users.put_new(users)
        self._puts.devices.put_new(devices)

    def put_room(self, before: ConferenceRoom | None, after: ConferenceRoom) -> None:
        """Insert or update a conference room; `before` is the stored one, `None` if it is new."""
        self._puts.rooms.put(before, after)

    def delete_room(self, before: ConferenceRoom) -> None:
        """Delete a conference room."""
        self._puts.rooms.delete(before)

    def delete_user(self, before: User) -> None:
        """Move a user to the trash."""
        self._puts.users.delete(before)
        self._discard(before)

    def delete_device(self, before: Device) -> None:
        """Move a device to the trash."""
        self._puts.devices.delete(before)
        self._discard(before)

    def revive(self, entry: Discarded, after: User | Device | None = None) -> None:
        """Take a record out of the trash and put it back, or `after` in its place."""
        record = after if after is not None else entry.record
        self._puts.taken.add((entry.noun, entry.number))
        if isinstance(record, User):
            self._puts.users.put(None, record)
        elif isinstance(record, Device):
            self._puts.devices.put(None, record)

    async def purge_trash(self) -> int:
        """Forget some of what has been in the trash for 30 days; tells how many records went."""
        before = self._now - TRASH_SECONDS
        old = await self._ask(lambda reading: reading.old_trash(before, MOST_PURGED))
        self._puts.purged.update(old)
        return len(old)

    def put_copies(self, copies: Mapping[CopyKey, Copy | None]) -> None:
        """Insert or update copies, delete where there is None; the feed does not tell."""
        self._puts.copies.update(copies)

    def add_line(self, noun: Noun, number: int, at: int, text: str, lost: str = "") -> None:
        """Add an explainable line; the last 20 of a record are kept. `at`: seconds since 1970.

        `lost` is JSON with the values that it cost the record.
        """
        self._puts.lines.append(Line(noun, number, at, text, lost))

    def add_first_lines(self, noun: Noun, numbers: Sequence[int], at: int, text: str) -> None:
        """Add the first line of new records: one for all whose numbers follow one another.

        `numbers` go up.
        """
        self._puts.lines += shared(noun, numbers, at, text)

    def many(self, noun: Noun, numbers: Collection[int]) -> None:
        """A bulk import: tell all but the first listeners one `Many` of these numbers."""
        self._many[noun] = (*self._many.get(noun, ()), *numbers)

    # -- administration

    def put_omm(self, before: Omm | None, after: Omm) -> None:
        """Insert or update an OMM record."""
        self._puts.omms.put(before, after)

    def delete_omm(self, before: Omm) -> None:
        """Delete an OMM record; its copies go with it."""
        self._puts.omms.delete(before)

    def put_account(self, before: Account | None, after: Account) -> None:
        """Insert or update an account."""
        self._puts.accounts.put(before, after)

    def delete_account(self, before: Account) -> None:
        """Delete an account."""
        self._puts.accounts.delete(before)

    def put_token(self, before: Token | None, after: Token) -> None:
        """Insert or update a token."""
        self._puts.tokens.put(before, after)

    def delete_token(self, before: Token) -> None:
        """Delete a token; those of a deleted account go with it."""
        self._puts.tokens.delete(before)

    def put_setting(self, key: str, value: object, before: object = None) -> None:
        """Store a setting: anything that can be written as JSON."""
        self._puts.settings[key] = value
        self._changes.append(Change(Noun.SETTING, key, before, value, self.cause))

    def put_licence(self, file: bytes) -> None:
        """Store the licence file as it was imported; an empty one takes it away."""
        self._puts.licence = file
        self._changes.append(Change(Noun.LICENCE, "", None, file, self.cause))

    def put_event(self, event: Event) -> None:
        """Count an event, equal ones in one entry; its `id` is given by the database."""
        self._puts.events.append(event)

    def put_roam(self, roam: Roam) -> None:
        """Keep a move of a phone; its `id` is given by the database."""
        self._puts.roams.append(roam)

    def clear_events(self) -> None:
        """Take all stored events out of the pane, before those put in this unit are added."""
        self._puts.clear_events = True

    # -- the end

    @property
    def numbers(self) -> dict[Noun, int]:
        """The last numbers that this unit raised."""
        return self._numbers.raised

    @property
    def roams_put(self) -> int:
        """How many roams this unit puts."""
        return len(self._puts.roams)

    @property
    def events_put(self) -> int:
        """How many events this unit puts."""
        return len(self._puts.events)

    def lines_put(self) -> list[tuple[Noun, int]]:
        """Noun and number of each line that this unit adds to a record that had some before."""
        keys = [(line.noun, line.number) for line in self._puts.lines]
        return [key for key in keys if key in self._puts.taken or not self._puts.makes(*key)]

    def execute(self, connection: Connection, rows: Repositories) -> None:
        """Write everything, grouped per statement; the caller begins and ends the transaction."""
        rows.numbers.put(connection, self._numbers.raised)
        self._puts.execute(connection, rows)

    def changes(self) -> list[Change | Many]:
        """Everything that changed, one by one; OMMs, users, devices and rooms first."""
        found = self._puts.changes(self.cause)
        found += self._changes
        return [*found, *self._puts.kept(self.cause)]

    def summary(self, changes: list[Change | Many]) -> list[Change | Many]:
        """The same changes with one `Many` for each noun that was imported in bulk."""
        if not self._many:
            return changes
        single = [change for change in changes if change.noun not in self._many]
        return [*single, *(Many(noun, ids, self.cause) for noun, ids in self._many.items())]

    def _discard(self, record: User | Device) -> None:
        entry = discarded(record, self._now, self.cause)
        self._puts.discarded[(entry.noun, entry.number)] = entry
