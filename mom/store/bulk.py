"""Many rows in one statement, where a driver would run one statement a row.

What the two databases have in common of it. It knows no table.
"""

from abc import ABC, abstractmethod
from itertools import islice
from typing import Any

from mom.store.rows import Columns


class Insert(ABC):
    """One insert statement, in its forms for one row and for many.

    Most columns have one value in all rows that are written at once, for example what nobody ever
    set; handing a value over costs as much as storing it, so these are handed over once. Which
    columns they are is learnt from the rows and only gets less, so that there are few statements.
    """

    def __init__(self, head: str, columns: int, tail: str, mark: str) -> None:
        self.statement = f"{head} VALUES ({', '.join([mark] * columns)}){tail}"
        self._head = head
        self._tail = tail
        self._columns = range(columns)
        self._shared = tuple(self._columns)
        self._own: tuple[int, ...] = ()

    @abstractmethod
    def execute(self, cursor: Any, rows: Columns) -> int:
        """Insert rows, many with each statement; tells how many, the last of them may be left."""

    def _learn(self, rows: Columns) -> bool:
        """Take columns out of the shared ones in which these rows differ; tells if there are."""
        shared = tuple([at for at in self._shared if rows.is_shared(at)])
        if shared == self._shared:
            return False
        self._shared = shared
        self._own = tuple(at for at in self._columns if at not in shared)
        return True


class ManyRows:
    """Runs the insert statements that it was told of with many rows at once. For one thread."""

    def __init__(self) -> None:
        self._inserts: dict[str, Insert] = {}

    def learn(self, insert: Insert) -> str:
        """The statement that inserts one row."""
        self._inserts[insert.statement] = insert
        return insert.statement

    def execute(self, cursor: Any, statement: str, rows: Any, _context: object) -> bool:
        """Run a statement for all rows, in their order; False if they do not come as `Columns`."""
        if not isinstance(rows, Columns):
            return False
        done = self._inserts[statement].execute(cursor, rows)
        if done < rows.rows:
            cursor.executemany(statement, list(islice(rows.each(), done, None)))
        return True
