"""The table of explainable lines: why a record is as it is, the last 20 per record."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from mom.model.copy import Noun
from mom.store.database import Database

KEPT = 20
"""Lines that are kept of each record."""
TRIM_EVERY = 500
"""Lines written between two times that surplus ones are deleted."""


class Line(msgspec.Struct, frozen=True):
    """One explainable line of a record; `at` is seconds since 1970.

    `lost` is JSON with the values that did not win, by name on the wire; empty for none. `id` is
    given by the database.
    """

    noun: Noun
    number: int
    at: int
    text: str
    lost: str = ""
    id: int = 0


_COLUMNS = "noun, number, at, text, lost, id"


class LineRows:
    """Writes and reads explainable lines."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.sql(
            "INSERT INTO lines (noun, number, at, text, folded, lost) VALUES (?, ?, ?, ?, ?, ?)"
        )

    def add(self, connection: Connection, lines: Collection[Line]) -> None:
        """Add lines, the oldest first."""
        if lines:
            rows: list[tuple[object, ...]] = [
                (line.noun.value, line.number, line.at, line.text, line.text.casefold(), line.lost)
                for line in lines
            ]
            connection.exec_driver_sql(self._insert, rows)

    def trim(self, connection: Connection, noun: Noun, numbers: Collection[int]) -> None:
        """Delete what these records have beyond the last `KEPT`."""
        among = self._database.among("number")
        connection.exec_driver_sql(
            self._database.sql(
                "DELETE FROM lines WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
                " (PARTITION BY number ORDER BY id DESC) AS place FROM lines WHERE noun = ? AND "
            )
            + f"{among}) AS ranked WHERE place > {KEPT})",
            (noun.value, self._database.pack(numbers)),
        )

    def forget(self, connection: Connection, noun: Noun, numbers: Collection[int]) -> None:
        """Delete all lines of these records."""
        connection.exec_driver_sql(
            self._database.sql("DELETE FROM lines WHERE noun = ? AND ")
            + self._database.among("number"),
            (noun.value, self._database.pack(numbers)),
        )

    def of(self, connection: Connection, noun: Noun, number: int) -> list[Line]:
        """The last lines of one record, newest first."""
        rows = connection.exec_driver_sql(
            self._database.sql(
                f"SELECT {_COLUMNS} FROM lines WHERE noun = ? AND number = ?"
                f" ORDER BY id DESC LIMIT {KEPT}"
            ),
            (noun.value, number),
        )
        return [_line(row) for row in rows]

    def get(self, connection: Connection, number: int) -> Line | None:
        """The line with that `id`."""
        statement = self._database.sql(f"SELECT {_COLUMNS} FROM lines WHERE id = ?")
        row = connection.exec_driver_sql(statement, (number,)).fetchone()
        return _line(row) if row else None

    def find(self, connection: Connection, words: str, limit: int) -> list[Line]:
        """The newest lines of all records that contain `words`, whatever the case."""
        rows = connection.exec_driver_sql(
            self._database.sql(
                f"SELECT {_COLUMNS} FROM lines"
                f" WHERE {self._database.contains('folded')} ORDER BY id DESC LIMIT ?"
            ),
            (words.casefold(), limit),
        )
        return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    """Lines of former versions have nothing that can be put back."""
    return Line(Noun(row[0]), row[1], row[2], row[3], row[4] or "", row[5])
