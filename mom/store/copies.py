"""The table of copies: which record is on which OMM, under which number there."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.store.database import Database
from mom.store.rows import Columns, portions

CopyKey = tuple[Noun, int, OmmId]
_NAMES = tuple(field.name for field in msgspec.structs.fields(Copy))
_NOUN, _STATE = _NAMES.index("noun"), _NAMES.index("state")
_KEY = ("noun", "number", "omm")
_NOUNS = {noun: noun.value for noun in Noun}
_NOUN_OF = {noun.value: noun for noun in Noun}
_STATES = {state: state.value for state in CopyState}
_STATE_OF = {state.value: state for state in CopyState}
_SELECT = f"SELECT {', '.join(_NAMES)} FROM copies"


def key_of(copy: Copy) -> CopyKey:
    """What tells two copies apart."""
    return copy.noun, copy.number, copy.omm


class CopyRows:
    """Writes and reads copies."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upsert = database.upsert("copies", _KEY, _NAMES)
        self._delete = database.sql("DELETE FROM copies WHERE noun = ? AND number = ? AND omm = ?")

    def put(self, connection: Connection, copies: Collection[Copy]) -> None:
        """Insert or update."""
        if copies:
            connection.exec_driver_sql(self._upsert, _to_columns(copies))

    def delete(self, connection: Connection, keys: Collection[CopyKey]) -> None:
        """Delete those that are there."""
        if keys:
            rows: list[tuple[object, ...]] = [
                (noun.value, number, omm) for noun, number, omm in keys
            ]
            connection.exec_driver_sql(self._delete, rows)

    def of(self, connection: Connection, noun: Noun, numbers: Collection[int]) -> list[Copy]:
        """All copies of these records, by number and OMM."""
        rows = connection.exec_driver_sql(
            self._database.sql(f"{_SELECT} WHERE noun = ? AND ")
            + self._database.among("number")
            + " ORDER BY number, omm",
            (noun.value, self._database.pack(numbers)),
        )
        return _to_copies(rows.fetchall())

    def on(self, connection: Connection, omm: OmmId) -> list[Copy]:
        """All copies on one OMM, by noun and number."""
        statement = self._database.sql(f"{_SELECT} WHERE omm = ? ORDER BY noun, number")
        return _to_copies(connection.exec_driver_sql(statement, (omm,)).fetchall())

    def every(self, connection: Connection, noun: Noun) -> Iterator[Copy]:
        """All copies of one noun."""
        statement = self._database.sql(f"{_SELECT} WHERE noun = ?")
        for part in portions(connection.exec_driver_sql(statement, (noun.value,))):
            yield from _to_copies(part)


def _to_columns(copies: Collection[Copy]) -> Columns:
    """The rows of copies by column, in the order of `_NAMES`."""
    columns = Columns.of([msgspec.structs.astuple(copy) for copy in copies])
    columns[_NOUN] = tuple(map(_NOUNS.get, columns[_NOUN]))
    columns[_STATE] = tuple(map(_STATES.get, columns[_STATE]))
    return columns


def _to_copies(rows: Sequence[Any]) -> list[Copy]:
    """The copies of rows with the columns `_NAMES`, which are a copy's fields in their order."""
    if not rows:
        return []
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    columns[_NOUN] = map(_NOUN_OF.__getitem__, columns[_NOUN])
    columns[_STATE] = map(_STATE_OF.__getitem__, columns[_STATE])
    return list(map(Copy, *columns))
