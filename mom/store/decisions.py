"""The explainable lines of all records, as a page lists and searches them.

Each comes with the name of its record, also if that is in the trash by now.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from mom.store.database import Database
from mom.store.lines import LINE_COLUMNS, Line, line_of

_RECORDS = (
    ("users", "'user'", "users.uid"),
    ("devices", "'device'", "devices.ppn"),
    ("rooms", "'room'", "rooms.id"),
    ("trash", "trash.noun", "trash.number"),
)
"""The tables of what lines are about, with noun and number of a row there (SQL)."""


class Decision(msgspec.Struct, frozen=True):
    """A line and its record (the first, if there are several).

    `key` is the number of a user or room, or the IPEI of a device; it and `name` may be empty.
    `deleted`: there is no such record now.
    """

    line: Line
    key: str
    name: str
    deleted: bool


def _searches(table: str, noun: str, number: str) -> tuple[tuple[str, str], ...]:
    """The text of the records in a table, and the condition that a line is about one of them.

    Lines about one record have a condition of their own: the records are then looked through once.
    """
    alone = f"(lines.noun, lines.number) IN (SELECT {noun}, {number} FROM {table} WHERE {{}})"
    several = (
        f"lines.last > 0 AND EXISTS (SELECT 1 FROM {table} WHERE {noun} = lines.noun"
        f" AND {number} BETWEEN lines.number AND lines.last AND {{}})"
    )
    return (f"{table}.search", alone), (f"{table}.search", several)


SEARCHES = tuple(search for records in _RECORDS for search in _searches(*records))
"""What else the quick search looks through: the texts that the records are searched by."""


class DecisionRows:
    """Reads lines with the names of their records."""

    def __init__(self, database: Database) -> None:
        self._database = database
        columns = ", ".join(f"lines.{name}" for name in LINE_COLUMNS)
        joins = " ".join(
            f"LEFT JOIN {table} ON {noun} = lines.noun AND {number} = lines.number"
            for table, noun, number in _RECORDS
        )
        self._select = (
            f"SELECT {columns},"
            " coalesce(users.num, devices.ipei, rooms.conference_id,"
            " CASE trash.noun WHEN 'user' THEN trash.key ELSE trash.label END, ''),"
            " coalesce(users.name, rooms.name,"
            " CASE trash.noun WHEN 'user' THEN trash.label END, ''),"
            " coalesce(users.uid, devices.ppn, rooms.id)"
            f" FROM lines {joins} WHERE {database.among('lines.id')}"
        )

    def show(self, connection: Connection, numbers: Sequence[int]) -> dict[int, Decision]:
        """The lines with these numbers, with their records."""
        rows = connection.exec_driver_sql(self._select, (self._database.pack(numbers),))
        return {one.line.id: one for one in map(_decision, rows)}


def _decision(row: Any) -> Decision:
    key, name, number = row[len(LINE_COLUMNS) :]
    return Decision(line_of(row), key, name, deleted=number is None)
