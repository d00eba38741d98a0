"""The trash: users and devices that were deleted, kept whole for a while, secrets included.

A record is encrypted as a whole. It is found by its user number (`num`) or by the digits of its
IPEI, and keeps its system-wide number, which nobody else ever gets.
"""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import ipei_key
from mom.model.user import User
from mom.store.columns import TableSpec, fold, searchable
from mom.store.database import Database
from mom.store.rows import Columns
from mom.store.vault import Vault

_LISTED = ("noun", "number", "key", "label", "at", "cause")
_NAMES = (*_LISTED, "record", "label_folded", "search")
_KEY = ("noun", "number")
PLACE = "trash.number * 2 + CASE trash.noun WHEN 'device' THEN 1 ELSE 0 END"
"""One number for noun and number, by which a page names its rows (SQL)."""


class Discarded(msgspec.Struct, frozen=True, kw_only=True):
    """One record in the trash. `at` is seconds since 1970, `cause` says who deleted it or why.

    `key` is what it is found by: the user's number or the digits of the IPEI.
    """

    noun: Noun
    number: int
    key: str
    label: str
    at: int
    cause: str = ""
    record: User | Device | None = None
    """The record, secrets included; `None` in lists for people."""


TRASH = TableSpec(
    table="trash",
    record=Discarded,
    key="number",
    hidden=("record",),
    folded=("label",),
    searched=("key", "label", "cause"),
)


def discarded(record: User | Device, at: int, cause: str) -> Discarded:
    """A record as it goes into the trash."""
    if isinstance(record, User):
        key, label, noun, number = record.num or "", record.name or "", Noun.USER, int(record.uid)
    else:
        key, label = trash_key(Noun.DEVICE, record.ipei), record.ipei
        noun, number = Noun.DEVICE, int(record.ppn)
    return Discarded(
        noun=noun, number=number, key=key, label=label, at=at, cause=cause, record=record
    )


def trash_key(noun: Noun, text: str) -> str:
    """What a user's number or a device's IPEI is found by in the trash."""
    return ipei_key(text) if noun is Noun.DEVICE else text


class TrashRows:
    """Writes and reads the trash."""

    def __init__(self, vault: Vault, database: Database) -> None:
        self._vault = vault
        self._upsert = database.upsert("trash", _KEY, _NAMES)
        self._delete = database.sql("DELETE FROM trash WHERE noun = ? AND number = ?")
        self._database = database
        self._columns = f"SELECT {', '.join(_LISTED)}"
        self._find = database.sql(
            f"{self._columns}, record FROM trash WHERE noun = ? AND key = ?"
            " ORDER BY at DESC, number DESC LIMIT 1"
        )
        self._get = database.sql(
            f"{self._columns}, record FROM trash WHERE noun = ? AND number = ?"
        )
        self._some = database.sql(
            f"{self._columns} FROM trash WHERE noun = ? AND {database.among('number')}"
        )
        self._old = database.sql("SELECT noun, number FROM trash WHERE at < ? ORDER BY at LIMIT ?")

    def put(self, connection: Connection, entries: Collection[Discarded]) -> None:
        """Add records."""
        rows: list[tuple[object, ...]] = [
            (
                *(entry.noun.value, entry.number, entry.key, entry.label, entry.at, entry.cause),
                self._vault.seal(
                    msgspec.msgpack.encode(entry.record), _place(entry.noun, entry.number)
                ),
                *(fold(entry.label), searchable(entry.key, entry.label, entry.cause)),
            )
            for entry in entries
        ]
        if rows:
            connection.exec_driver_sql(self._upsert, Columns.of(rows))

    def delete(self, connection: Connection, keys: Collection[tuple[Noun, int]]) -> None:
        """Take records out."""
        if keys:
            rows: list[tuple[object, ...]] = [(noun.value, number) for noun, number in keys]
            connection.exec_driver_sql(self._delete, rows)

    def find(self, connection: Connection, noun: Noun, key: str) -> Discarded | None:
        """The record that was deleted last under this key, whole."""
        row = connection.exec_driver_sql(self._find, (noun.value, key)).fetchone()
        return self._whole(row) if row else None

    def get(self, connection: Connection, noun: Noun, number: int) -> Discarded | None:
        """The record with this number, whole."""
        row = connection.exec_driver_sql(self._get, (noun.value, number)).fetchone()
        return self._whole(row) if row else None

    def every(self, connection: Connection) -> list[Discarded]:
        """What is in the trash, newest first, without the records themselves."""
        rows = connection.exec_driver_sql(f"{self._columns} FROM trash ORDER BY at DESC, number")
        return [_entry(row) for row in rows]

    def show(self, connection: Connection, places: Collection[int]) -> dict[int, Discarded]:
        """The entries with these numbers of rows (`PLACE`), without the records themselves."""
        found: dict[int, Discarded] = {}
        for rest, noun in enumerate((Noun.USER, Noun.DEVICE)):
            numbers = [place // 2 for place in places if place % 2 == rest]
            if numbers:
                packed = (noun.value, self._database.pack(numbers))
                rows = connection.exec_driver_sql(self._some, packed)
                found |= {row[1] * 2 + rest: _entry(row) for row in rows}
        return found

    def older(self, connection: Connection, than: int, limit: int) -> list[tuple[Noun, int]]:
        """The oldest entries from before `than` (seconds since 1970), at most `limit`."""
        rows = connection.exec_driver_sql(self._old, (than, limit))
        return [(Noun(noun), number) for noun, number in rows]

    def _whole(self, row: Any) -> Discarded:
        entry = _entry(row)
        content = self._vault.open(bytes(row[-1]), _place(entry.noun, entry.number))
        kind = User if entry.noun is Noun.USER else Device
        return msgspec.structs.replace(entry, record=msgspec.msgpack.decode(content, type=kind))


def _place(noun: Noun, number: int) -> str:
    return f"trash/{noun.value}/{number}"


def _entry(row: Any) -> Discarded:
    return Discarded(
        noun=Noun(row[0]), number=row[1], key=row[2], label=row[3], at=row[4], cause=row[5]
    )
