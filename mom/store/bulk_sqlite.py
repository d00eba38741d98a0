"""Up to 200 rows in one statement of SQLite.

Its driver gives the interpreter's lock away for every statement and has to get it back from the
reactor's thread, which costs both more than the row itself.
"""

import sqlite3
from itertools import chain

from mom.store.bulk import Insert
from mom.store.rows import MANY, Columns

SIZES = (200, 100, 50, 25, MANY)
"""Rows that are written at once, what is left over one by one."""
MOST_VALUES = 3_000
"""Values that they have at most, shared ones for each row, too: 25 users, 50 devices, 200 copies.
More would gain nothing; the prepared statements stay in memory, a kilobyte for ten values."""


class SqliteInsert(Insert):
    """VALUES with so many rows."""

    def __init__(self, head: str, columns: int, tail: str) -> None:
        super().__init__(head, columns, tail, "?")
        self._forms: dict[int, str] = {}

    def execute(self, cursor: sqlite3.Cursor, rows: Columns) -> int:
        """Insert rows, as many at once as SQLite takes; tells how many were."""
        if rows.rows < MANY:
            return 0
        if self._learn(rows):
            self._forms = {}
        values = [rows[at][0] for at in self._shared]
        own = [rows.whole(at) for at in self._own]
        limit = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        most = min(limit, MOST_VALUES) // len(rows)
        done = 0
        for size in SIZES:
            while size <= min(most, rows.rows - done):
                end = done + size
                portion = chain.from_iterable([column[done:end] for column in own])
                cursor.execute(self._form(size), [*values, *portion])
                done = end
        return done

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
