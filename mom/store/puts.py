"""What a unit of work puts, kept until it ends and then written in one go."""

from sqlalchemy.engine import Connection

from mom.model.account import Account
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.event import Event
from mom.model.omm import Omm
from mom.model.roam import Roam
from mom.model.room import ConferenceRoom
from mom.model.token import Token
from mom.model.user import User
from mom.store.changes import Change, Many
from mom.store.copies import CopyKey
from mom.store.lines import Line
from mom.store.pending import Pending
from mom.store.repositories import Repositories
from mom.store.trash import Discarded


class Puts:
    """The records, copies and lines of one unit. It decides nothing."""

    def __init__(self) -> None:
        self.users: Pending[User] = Pending(Noun.USER, "uid")
        self.devices: Pending[Device] = Pending(Noun.DEVICE, "ppn")
        self.rooms: Pending[ConferenceRoom] = Pending(Noun.ROOM, "id")
        self.omms: Pending[Omm] = Pending(Noun.OMM, "id")
        self.accounts: Pending[Account] = Pending(Noun.ACCOUNT, "id")
        self.tokens: Pending[Token] = Pending(Noun.TOKEN, "id")
        self.copies: dict[CopyKey, Copy | None] = {}
        self.lines: list[Line] = []
        self.settings: dict[str, object] = {}
        self.licence: bytes | None = None
        self.events: list[Event] = []
        self.roams: list[Roam] = []
        self.clear_events = False
        self.discarded: dict[tuple[Noun, int], Discarded] = {}
        self.taken: set[tuple[Noun, int]] = set()
        self.purged: set[tuple[Noun, int]] = set()

    def execute(self, connection: Connection, rows: Repositories) -> None:
        """Write everything, grouped per statement; the caller begins and ends the transaction."""
        rows.omms.delete(connection, self.omms.deletes())
        rows.omms.put(connection, self.omms.puts())
        rows.users.delete(connection, self.users.deletes())
        rows.users.put(connection, self.users.puts())
        rows.devices.delete(connection, self.devices.deletes())
        rows.devices.put(connection, self.devices.puts())
        rows.rooms.delete(connection, self.rooms.deletes())
        rows.rooms.put(connection, self.rooms.puts())
        rows.copies.delete(connection, [key for key, copy in self.copies.items() if copy is None])
        rows.copies.put(connection, [copy for copy in self.copies.values() if copy is not None])
        rows.lines.add(connection, self.lines)
        self._execute_trash(connection, rows)
        self._execute_administration(connection, rows)

    def _execute_trash(self, connection: Connection, rows: Repositories) -> None:
        gone = {
            Noun.USER: set(self.users.deletes()),
            Noun.DEVICE: set(self.devices.deletes()),
        }
        thrown = [e for e in self.discarded.values() if e.number in gone[e.noun]]
        rows.trash.delete(connection, self.taken | self.purged)
        rows.trash.put(connection, thrown)
        for noun in (Noun.USER, Noun.DEVICE):
            numbers = [number for kind, number in self.purged if kind is noun]
            if numbers:
                rows.lines.forget(connection, noun, numbers)

    def _execute_administration(self, connection: Connection, rows: Repositories) -> None:
        rows.accounts.delete(connection, self.accounts.deletes())
        rows.accounts.put(connection, self.accounts.puts())
        rows.tokens.delete(connection, self.tokens.deletes())
        rows.tokens.put(connection, self.tokens.puts())
        rows.settings.put(connection, self.settings)
        if self.licence is not None:
            rows.settings.put_licence(connection, self.licence)
        if self.roams:
            rows.roams.add(connection, self.roams)
        if self.clear_events:
            rows.events.clear(connection)
        if self.events:
            rows.events.put(connection, self.events)

    def makes(self, noun: Noun, number: int) -> bool:
        """Whether a user or device is put that was not there before."""
        if noun is Noun.USER:
            return self.users.makes(number)
        return noun is Noun.DEVICE and self.devices.makes(number)

    def changes(self, cause: str) -> list[Change | Many]:
        """The records that changed, one by one; OMMs, users, devices and rooms first."""
        pendings = (
            self.omms,
            self.users,
            self.devices,
            self.rooms,
            self.accounts,
            self.tokens,
        )
        return [change for pending in pendings for change in pending.changes(cause)]

    def kept(self, cause: str) -> list[Change | Many]:
        """What was kept beside the records: moves one by one, events as a whole."""
        found: list[Change | Many] = [
            Change(Noun.ROAM, 0, None, each, cause) for each in self.roams
        ]
        if self.events or self.clear_events:
            found.append(Many(Noun.EVENT, (), cause))
        return found
