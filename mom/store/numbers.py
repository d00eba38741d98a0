"""System-wide numbers: given away once, never used again.

The last number of each noun rests in a row of its own; the store's one writer keeps them in memory.
"""

from sqlalchemy.engine import Connection

from mom.model.copy import Noun
from mom.store.database import Database
from mom.store.errors import NumbersExhausted

HIGHEST = 2**31 - 1
"""The highest number an OMM takes."""


class Numbers:
    """The last number of each noun, as one unit of work sees and raises them."""

    def __init__(self, last: dict[Noun, int]) -> None:
        self._last = last
        self.raised: dict[Noun, int] = {}

    def next(self, noun: Noun, count: int) -> range:
        """Give away `count` numbers. Raises `NumbersExhausted`."""
        last = self.last(noun)
        if last + count > HIGHEST:
            raise NumbersExhausted(f"there are no {count} numbers left for another {noun.value}")
        self.raised[noun] = last + count
        return range(last + 1, last + count + 1)

    def raise_to(self, noun: Noun, at_least: int) -> None:
        """Make sure that no number up to `at_least` is given away from now on."""
        if not 0 <= at_least <= HIGHEST:
            raise NumbersExhausted(f"{at_least} is no number for a {noun.value}")
        if at_least > self.last(noun):
            self.raised[noun] = at_least

    def last(self, noun: Noun) -> int:
        """The last number that was given away, 0 before the first."""
        return self.raised.get(noun, self._last.get(noun, 0))


class NumberRows:
    """Writes and reads the last numbers."""

    def __init__(self, database: Database) -> None:
        self._upsert = database.upsert("counters", ("noun",), ("noun", "last"))

    def put(self, connection: Connection, raised: dict[Noun, int]) -> None:
        """Store the numbers that a unit of work raised."""
        if raised:
            rows: list[tuple[object, ...]] = [(noun.value, last) for noun, last in raised.items()]
            connection.exec_driver_sql(self._upsert, rows)

    def every(self, connection: Connection) -> dict[Noun, int]:
        """The last number of each noun."""
        rows = connection.exec_driver_sql("SELECT noun, last FROM counters")
        return {Noun(noun): last for noun, last in rows}
