"""Many rows in one statement, where a driver would run one statement a row.

SQLite's driver gives the interpreter's lock away for every statement and has to get it back from
the reactor's thread, which costs both more than the row itself. It knows no table.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

Rows = Sequence[Sequence[Any]]
SIZES = (25, 5)
"""Rows that are written at once, what is left over one by one. More would gain little; the prepared
statements stay in memory, a kilobyte for ten values."""


class ManyRows:
    """Runs the insert statements that it was told of with many rows at once."""

    def __init__(self) -> None:
        self._wide: dict[str, tuple[int, dict[int, str]]] = {}

    def learn(self, head: str, columns: int, tail: str) -> str:
        """The statement that inserts one row: `head`, VALUES with one mark a column, `tail`."""
        marks = f"({', '.join('?' * columns)})"
        forms = {size: f"{head} VALUES {', '.join([marks] * size)}{tail}" for size in (1, *SIZES)}
        self._wide[forms[1]] = columns, forms
        return forms[1]

    def execute(self, cursor: sqlite3.Cursor, statement: str, rows: Rows, _context: object) -> bool:
        """Run a statement for all rows, in their order; False if it was not told of this one."""
        if statement not in self._wide:
            return False
        columns, forms = self._wide[statement]
        most = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // columns
        done = 0
        for size in SIZES:
            while size <= min(most, len(rows) - done):
                values: list[Any] = []
                for row in rows[done : done + size]:
                    values.extend(row)
                cursor.execute(forms[size], values)
                done += size
        if done < len(rows):
            cursor.executemany(statement, rows[done:])
        return True
