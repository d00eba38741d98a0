"""All repositories of one database together, and what a reader may ask of them.

It holds no connection of its own beyond the one it is handed, and begins no transaction.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from mom.model.account import Account, AccountId
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.event import Event
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.room import ConferenceRoom
from mom.model.token import Token
from mom.model.user import User
from mom.store.accounts import ACCOUNTS
from mom.store.copies import CopyRows
from mom.store.database import Database
from mom.store.decisions import DecisionRows
from mom.store.devices import DEVICES
from mom.store.events import EventRows
from mom.store.lines import Line, LineRows
from mom.store.numbers import NumberRows
from mom.store.omms import OMMS
from mom.store.paging import Pager
from mom.store.query import Page, Query
from mom.store.records import Records
from mom.store.roams import RoamRows
from mom.store.rooms import ROOMS
from mom.store.settings import SettingRows
from mom.store.tokens import TOKENS
from mom.store.trash import Discarded, TrashRows, trash_key
from mom.store.users import USERS
from mom.store.vault import Vault
from mom.store.views import Pair


class Repositories:
    """One repository per noun."""

    def __init__(self, vault: Vault, database: Database) -> None:
        self.users: Records[User] = Records(USERS, vault, database)
        self.devices: Records[Device] = Records(DEVICES, vault, database)
        self.rooms: Records[ConferenceRoom] = Records(ROOMS, vault, database)
        self.omms: Records[Omm] = Records(OMMS, vault, database)
        self.accounts: Records[Account] = Records(ACCOUNTS, vault, database)
        self.tokens: Records[Token] = Records(TOKENS, vault, database)
        self.events = EventRows(vault, database)
        self.roams = RoamRows(vault, database)
        self.copies = CopyRows(database)
        self.lines = LineRows(database)
        self.trash = TrashRows(vault, database)
        self.settings = SettingRows(database)
        self.numbers = NumberRows(database)
        self.pager = Pager(
            database,
            {
                "users": self.users.show,
                "devices": self.devices.show,
                "pairs": self._pairs,
                "rooms": self.rooms.show,
                "omms": self.omms.show,
                "accounts": self.accounts.show,
                "events": self.events.records.show,
                "roams": self.roams.records.show,
                "trash": self.trash.show,
                "lines": DecisionRows(database).show,
            },
        )

    def _pairs(self, connection: Connection, numbers: Sequence[int]) -> dict[int, Pair]:
        devices = self.devices.show(connection, numbers)
        users = self.users.show(connection, [int(device.uid) for device in devices.values()])
        return {
            number: Pair(device, users[device.uid])
            for number, device in devices.items()
            if device.uid in users
        }


class Reading:
    """What can be read of the store at one moment; valid only inside the query it is handed to."""

    def __init__(self, connection: Connection, repositories: Repositories) -> None:
        self._connection = connection
        self._rows = repositories

    def page(self, view: str, query: Query) -> Page:
        """A page of `users`, `devices`, `pairs`, `rooms`, `omms`, `accounts`, `events`, `roams`,
        `trash` or `lines`.

        Items are records without secrets (`Pair` for pairs, `Decision` for lines). Raises
        `QueryError`.
        """
        return self._rows.pager.page(self._connection, view, query)

    def users(self, numbers: Collection[int]) -> dict[int, User]:
        """The users with these numbers, secrets included."""
        return self._rows.users.load(self._connection, numbers)

    def devices(self, numbers: Collection[int]) -> dict[int, Device]:
        """The devices with these numbers, secrets included."""
        return self._rows.devices.load(self._connection, numbers)

    def rooms(self, numbers: Collection[int]) -> dict[int, ConferenceRoom]:
        """The conference rooms with these numbers, passwords included."""
        return self._rows.rooms.load(self._connection, numbers)

    def all_rooms(self) -> Iterator[ConferenceRoom]:
        """All conference rooms by number, passwords included."""
        return self._rows.rooms.every(self._connection)

    def all_users(self) -> Iterator[User]:
        """All users by number, secrets included."""
        return self._rows.users.every(self._connection)

    def all_devices(self) -> Iterator[Device]:
        """All devices by number, secrets included."""
        return self._rows.devices.every(self._connection)

    def user_columns(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """These fields (Python names, none hidden) of all users, by number."""
        return self._rows.users.columns(self._connection, names)

    def device_columns(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """These fields (Python names, none hidden) of all devices, by number."""
        return self._rows.devices.columns(self._connection, names)

    def copies(self, noun: Noun, numbers: Collection[int]) -> list[Copy]:
        """All copies of these records."""
        return self._rows.copies.of(self._connection, noun, numbers)

    def copies_on(self, omm: OmmId) -> list[Copy]:
        """All copies on one OMM."""
        return self._rows.copies.on(self._connection, omm)

    def all_copies(self, noun: Noun) -> Iterator[Copy]:
        """All copies of one noun."""
        return self._rows.copies.every(self._connection, noun)

    def omms(self, numbers: Collection[int] | None = None) -> dict[OmmId, Omm]:
        """The OMM records with these numbers, else all, passwords included."""
        if numbers is not None:
            found = self._rows.omms.load(self._connection, numbers)
            return {omm.id: omm for omm in found.values()}
        return {omm.id: omm for omm in self._rows.omms.every(self._connection)}

    def accounts(self) -> dict[AccountId, Account]:
        """All accounts by number, password hashes included."""
        return {account.id: account for account in self._rows.accounts.every(self._connection)}

    def tokens(self) -> list[Token]:
        """All tokens, by number."""
        return list(self._rows.tokens.every(self._connection))

    def settings(self) -> dict[str, Any]:
        """All settings by key."""
        return self._rows.settings.every(self._connection)

    def licence(self) -> bytes:
        """The licence file, empty if there is none."""
        return self._rows.settings.licence(self._connection)

    def events(self, limit: int) -> list[Event]:
        """The newest events that were not cleared, newest first."""
        return self._rows.events.newest(self._connection, limit)

    def all_events(self) -> Iterator[Event]:
        """All events there are, cleared ones too, by number."""
        return self._rows.events.records.every(self._connection)

    def lines(self, noun: Noun, number: int) -> list[Line]:
        """The last explainable lines of one record, newest first."""
        return self._rows.lines.of(self._connection, noun, number)

    def line(self, number: int) -> Line | None:
        """The explainable line with that `id`."""
        return self._rows.lines.get(self._connection, number)

    def trash(self) -> list[Discarded]:
        """What is in the trash, newest first, without the records themselves."""
        return self._rows.trash.every(self._connection)

    def discarded(self, noun: Noun, text: str) -> Discarded | None:
        """The user of that `num`, or device of that IPEI, that was deleted last; whole."""
        key = trash_key(noun, text)
        return self._rows.trash.find(self._connection, noun, key) if key else None

    def discarded_number(self, noun: Noun, number: int) -> Discarded | None:
        """The deleted record with that number; whole."""
        return self._rows.trash.get(self._connection, noun, number)

    def old_trash(self, before: int, limit: int) -> list[tuple[Noun, int]]:
        """Noun and number of the oldest entries from before (seconds since 1970)."""
        return self._rows.trash.older(self._connection, before, limit)
