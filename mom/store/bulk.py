"""Many rows in one statement, where a driver would run one statement a row.

SQLite's driver gives the interpreter's lock away for every statement and has to get it back from
the reactor's thread, which costs both more than the row itself. It knows no table.
"""

import sqlite3
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any

from mom.store.taking import MANY, Columns

SIZES = (25, MANY)
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

    def execute(self, cursor: sqlite3.Cursor, statement: str, rows: Any, _context: object) -> bool:
        """Run a statement for all rows, in their order; False if they do not come as `Columns`."""
        if not isinstance(rows, Columns):
            return False
        done = self._inserts[statement].execute(cursor, rows) if rows.rows >= MANY else 0
        if done < rows.rows:
            cursor.executemany(statement, islice(rows.each(), done, None))
        return True


class _Insert:
    """One insert statement, in its forms for many rows.

    Most columns have one value in all rows that are written at once, for example what nobody ever
    set; handing a value over costs as much as storing it, so these are handed over once. Which
    columns they are is learnt from the rows and only gets less, so that there are few statements.
    """

    def __init__(self, head: str, columns: int, tail: str) -> None:
        self._head = head
        self._tail = tail
        self._columns = range(columns)
        self._share(self._columns)

    def execute(self, cursor: sqlite3.Cursor, rows: Columns) -> int:
        """Insert rows, many with each statement; tells how many were, the last may be left."""
        shared = tuple([at for at in self._shared if len(rows[at]) == 1])
        if shared != self._shared:
            self._share(shared)
        values = [rows[at][0] for at in self._shared]
        own = [rows.whole(at) for at in self._own]
        most = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(rows)
        done = 0
        for size in SIZES:
            while size <= min(most, rows.rows - done):
                end = done + size
                portion = chain.from_iterable([column[done:end] for column in own])
                cursor.execute(self._form(size), [*values, *portion])
                done = end
        return done

    def _share(self, shared: Iterable[int]) -> None:
        self._shared = tuple(shared)
        self._own = tuple(at for at in self._columns if at not in self._shared)
        self._forms: dict[int, str] = {}

    def _form(self, rows: int) -> str:
        """The statement for so many rows: the shared values are numbered first, then by column."""
        if rows not in self._forms:
            shared = {at: number for number, at in enumerate(self._shared, 1)}
            own = {at: len(shared) + 1 + place * rows for place, at in enumerate(self._own)}
            marks = [
                ", ".join(
                    f"?{shared[at] if at in shared else own[at] + row}" for at in self._columns
                )
                for row in range(rows)
            ]
            self._forms[rows] = f"{self._head} VALUES ({'), ('.join(marks)}){self._tail}"
        return self._forms[rows]
