"""Any number of rows in one statement of PostgreSQL, each column as one JSON array.

Its driver turns each value into a parameter of its own, which costs MOM more than all else that it
does for a row; a column is encoded in one go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mom.store.bulk import Insert
from mom.store.rows import Columns

if TYPE_CHECKING:
    import psycopg

_READ = {bytes: "decode({}, 'base64')", int: "{}::numeric", float: "{}::numeric"}
"""What is made of an element's text, by the values' type; a column takes any number that it can."""


class PostgresqlInsert(Insert):
    """SELECT from the arrays side by side; no key may be in it twice."""

    def __init__(self, head: str, columns: int, tail: str) -> None:
        super().__init__(head, columns, tail, "%s")
        marks = ", ".join(f"${number}" for number in range(1, columns + 1))
        self._one = f"{head} VALUES ({marks}){tail}"
        self._many = ""
        self._reads: dict[int, str] = {}

    def execute(self, cursor: psycopg.Cursor[Any], rows: Columns) -> int:
        """Insert all rows, unless they differ in nothing; tells how many were."""
        form = self._one
        values = [column[0] for column in rows]
        if rows.rows > 1:
            if self._learn(rows):
                self._many = self._written(rows)
            if not self._own:
                return 0
            form = self._many
            for at in self._own:
                values[at] = msgspec.json.encode(rows.whole(at)).decode()
        import psycopg  # noqa: PLC0415 - a MOM with SQLite starts a tenth sooner without it

        with psycopg.RawCursor(cursor.connection) as raw:
            raw.execute(form, values)
        return rows.rows

    def _written(self, rows: Columns) -> str:
        """The statement; a column's parameter has its place, be it a value or an array."""
        for at in self._own:
            if at not in self._reads:
                self._reads[at] = _reading(at, rows)
        values = ", ".join(self._reads.get(at, f"${at + 1}") for at in self._columns)
        arrays = ", ".join(f"json_array_elements_text(${at + 1}::json)" for at in self._own)
        names = ", ".join(f"c{at}" for at in self._own)
        return f"{self._head} SELECT {values} FROM ROWS FROM ({arrays}) AS r({names}){self._tail}"


def _reading(at: int, rows: Columns) -> str:
    """How a column is read in which these rows differ, so that one of them at least has a value."""
    told = next(value for value in rows[at] if value is not None)
    return _READ.get(type(told), "{}").format(f"c{at}")
