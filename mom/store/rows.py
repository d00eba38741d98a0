"""Rows as the driver takes and gives them: by column, in portions, and some values of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy.engine import CursorResult

PART = 1000
"""Rows that are fetched at once of a long list."""
MANY = 5
"""From so many rows on it is cheaper to look at them together than one by one."""


def taker(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """A function that takes the values at these places out of a row, or those columns of many."""
    if len(places) > 1:
        return itemgetter(*places)
    first = places[0] if places else 0
    return itemgetter(slice(first, first + len(places)))


def portions(result: CursorResult[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The rows of a long list as the driver gives them, `PART` at once."""
    cursor = result.cursor
    while cursor is not None and (part := cursor.fetchmany(PART)):
        yield part
    result.close()


class Columns(list[tuple[Any, ...]]):
    """Rows by column: a column has a value for each row, or just one if all rows have it.

    A list of tuples, so that SQLAlchemy hands it to `bulk` as it is. There is at least one row.
    """

    def __init__(self, columns: Iterable[tuple[Any, ...]], rows: int) -> None:
        super().__init__(columns)
        self.rows = rows

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]]) -> "Columns":
        """The columns of these rows. Of few rows, no column is searched for one value in all."""
        columns = zip(*rows, strict=True)
        if len(rows) < MANY:
            return cls(columns, len(rows))
        return cls([one[:1] if _is_same(one) else one for one in columns], len(rows))

    def whole(self, place: int) -> tuple[Any, ...]:
        """A column with a value for each row."""
        column = self[place]
        return column if len(column) == self.rows else column * self.rows

    def is_shared(self, place: int) -> bool:
        """Whether all rows have the same in a column."""
        column = self[place]
        return len(column) == 1 or _is_same(column)

    def each(self) -> Iterator[tuple[Any, ...]]:
        """The rows."""
        rows = self.rows
        whole = [one if len(one) == rows else one * rows for one in self] if rows > 1 else self
        return zip(*whole, strict=True)


def _is_same(column: tuple[Any, ...]) -> bool:
    return column == column[:1] * len(column)
