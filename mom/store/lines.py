"""The table of explainable lines: why a record is as it is, the last 20 per record.

What new records with numbers one after the other have in common is one line for all of them:
a hundred thousand may be imported at once.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from mom.model.copy import Noun
from mom.store.columns import TableSpec, searchable
from mom.store.database import Database
from mom.store.rows import Columns

KEPT = 20
"""Lines that are kept of each record."""
TRIM_EVERY = 500
"""Lines written between two times that surplus ones are deleted."""


class Line(msgspec.Struct, frozen=True):
    """One explainable line of a record; `at` is seconds since 1970.

    `lost` is JSON with the values that did not win, by name on the wire; empty for none. `id` is
    given by the database. `last` is there for a line about several records: it is about all from
    `number` to that one.
    """

    noun: Noun
    number: int
    at: int
    text: str
    lost: str = ""
    id: int = 0
    last: int = 0


LINES = TableSpec(table="lines", record=Line, key="id", hidden=("lost",), searched=("text",))


def shared(noun: Noun, numbers: Sequence[int], at: int, text: str) -> list[Line]:
    """One line for all of these records whose numbers follow one another; `numbers` go up."""
    lines: list[Line] = []
    for number in numbers:
        former = lines[-1] if lines else None
        if former is not None and number == (former.last or former.number) + 1:
            lines[-1] = Line(noun, former.number, at, text, last=number)
        else:
            lines.append(Line(noun, number, at, text))
    return lines


_WRITTEN = ("noun", "number", "at", "text", "folded", "lost", "last")
LINE_COLUMNS = ("noun", "number", "at", "text", "lost", "id", "last")
"""What a line is read from, by `line_of`."""
_COLUMNS = ", ".join(LINE_COLUMNS)
_ALONE = "coalesce(last, 0) = 0"
"""Lines about one record; those of former versions have NULL."""


class LineRows:
    """Writes and reads explainable lines."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.insert("lines", _WRITTEN)

    def add(self, connection: Connection, lines: Collection[Line]) -> None:
        """Add lines, the oldest first."""
        if lines:
            connection.exec_driver_sql(self._insert, Columns.of([_row(line) for line in lines]))

    def trim(self, connection: Connection, noun: Noun, numbers: Collection[int]) -> None:
        """Delete what these records have beyond the last `KEPT`."""
        among = self._database.among("number")
        connection.exec_driver_sql(
            self._database.sql(
                "DELETE FROM lines WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
                " (PARTITION BY number ORDER BY id DESC) AS place FROM lines"
                f" WHERE {_ALONE} AND noun = ? AND "
            )
            + f"{among}) AS ranked WHERE place > {KEPT})",
            (noun.value, self._database.pack(numbers)),
        )

    def forget(self, connection: Connection, noun: Noun, numbers: Collection[int]) -> None:
        """Delete the lines of these records that are about no other record."""
        connection.exec_driver_sql(
            self._database.sql(f"DELETE FROM lines WHERE {_ALONE} AND noun = ? AND ")
            + self._database.among("number"),
            (noun.value, self._database.pack(numbers)),
        )

    def of(self, connection: Connection, noun: Noun, number: int) -> list[Line]:
        """The last lines of one record, newest first."""
        own = self._database.sql(
            f"SELECT {_COLUMNS} FROM lines WHERE noun = ? AND number = ?"
            f" ORDER BY id DESC LIMIT {KEPT}"
        )
        shared = self._database.sql(
            f"SELECT {_COLUMNS} FROM lines WHERE noun = ? AND last >= ? AND last > 0"
            " ORDER BY last LIMIT 1"
        )
        asked = (noun.value, number)
        found = [line_of(row) for row in connection.exec_driver_sql(own, asked)]
        for row in connection.exec_driver_sql(shared, asked):
            line = line_of(row)
            if line.number < number:
                found.append(line)
        return sorted(found, key=lambda line: line.id, reverse=True)[:KEPT]

    def get(self, connection: Connection, number: int) -> Line | None:
        """The line with that `id`."""
        statement = self._database.sql(f"SELECT {_COLUMNS} FROM lines WHERE id = ?")
        row = connection.exec_driver_sql(statement, (number,)).fetchone()
        return line_of(row) if row else None


def line_of(row: Any) -> Line:
    """The line of a row that begins with `LINE_COLUMNS`.

    Lines of former versions have nothing that can be put back.
    """
    return Line(Noun(row[0]), row[1], row[2], row[3], row[4] or "", row[5], row[6] or 0)


def _row(line: Line) -> tuple[object, ...]:
    texts = (line.text, searchable(line.text), line.lost)
    return (line.noun.value, line.number, line.at, *texts, line.last)
