"""Many rows in one statement, where a driver would run one statement a row.

SQLite's driver gives the interpreter's lock away for every statement and has to get it back from
the reactor's thread, which costs both more than the row itself. It knows no table.
"""

import sqlite3
from collections.abc import Sequence
from itertools import count
from typing import Any

from mom.store.taking import taker

Rows = Sequence[tuple[Any, ...]]
SIZES = (25, 5)
"""Rows that are written at once, what is left over one by one. More would gain little; the prepared
statements stay in memory, a kilobyte for ten values."""


class ManyRows:
    """Runs the insert statements that it was told of with many rows at once. For one thread."""

    def __init__(self) -> None:
        self._inserts: dict[str, _Insert] = {}

    def learn(self, head: str, columns: int, tail: str) -> str:
        """The statement that inserts one row: `head`, VALUES with one mark a column, `tail`."""
        statement = f"{head} VALUES ({', '.join('?' * columns)}){tail}"
        self._inserts[statement] = _Insert(head, columns, tail)
        return statement

    def execute(self, cursor: sqlite3.Cursor, statement: str, rows: Rows, _context: object) -> bool:
        """Run a statement for all rows, in their order; False if it was not told of this one."""
        insert = self._inserts.get(statement)
        if insert is None:
            return False
        most = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // insert.columns
        done = 0
        for size in SIZES:
            while size <= min(most, len(rows) - done):
                insert.execute(cursor, rows[done : done + size])
                done += size
        if done < len(rows):
            cursor.executemany(statement, rows[done:])
        return True


class _Insert:
    """One insert statement, in its forms for many rows.

    Most columns have one value in all rows that are written at once, for example what nobody ever
    set; handing a value over costs as much as storing it, so these are handed over once. Which
    columns they are is learnt from the rows and only gets less, so that there are few statements.
    """

    def __init__(self, head: str, columns: int, tail: str) -> None:
        self.columns = columns
        self._head = head
        self._tail = tail
        self._share(list(range(columns)))

    def execute(self, cursor: sqlite3.Cursor, rows: Rows) -> None:
        """Insert these rows with one statement."""
        first = rows[0]
        shared = self._take_shared(first)
        if any(self._take_shared(row) != shared for row in rows):
            self._share([at for at in self._shared if all(row[at] == first[at] for row in rows)])
            shared = self._take_shared(first)
        values = list(shared)
        for row in rows:
            values.extend(self._take_own(row))
        cursor.execute(self._form(len(rows)), values)

    def _share(self, shared: list[int]) -> None:
        self._shared = shared
        self._take_shared = taker(shared)
        self._take_own = taker([at for at in range(self.columns) if at not in shared])
        self._forms: dict[int, str] = {}

    def _form(self, rows: int) -> str:
        """The statement for so many rows; the shared values are numbered first."""
        if rows not in self._forms:
            shared = {at: f"?{number}" for number, at in enumerate(self._shared, 1)}
            own = count(len(shared) + 1)
            marks = [
                ", ".join(shared.get(at) or f"?{next(own)}" for at in range(self.columns))
                for _ in range(rows)
            ]
            self._forms[rows] = f"{self._head} VALUES ({'), ('.join(marks)}){self._tail}"
        return self._forms[rows]
