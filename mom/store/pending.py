"""What a unit of work has to write of one noun, and what it will tell about it.

The last put of a record counts; it is told once, as it was before the first and after the last.
"""

import typing

import msgspec

from mom.model.copy import Noun
from mom.store.changes import Change

R = typing.TypeVar("R", bound=msgspec.Struct)


class Pending(typing.Generic[R]):
    """The records of one noun that a unit of work puts and deletes."""

    def __init__(self, noun: Noun, key: str) -> None:
        self._noun = noun
        self._key = key
        self._before: dict[int, R | None] = {}
        self.after: dict[int, R | None] = {}

    def put(self, before: R | None, after: R) -> None:
        """Insert or update one record."""
        number: int = getattr(after, self._key)
        self._before.setdefault(number, before)
        self.after[number] = after

    def put_new(self, records: typing.Sequence[R]) -> None:
        """Insert records that are not there."""
        numbers: list[int] = [getattr(record, self._key) for record in records]
        self._before.update(dict.fromkeys(numbers))
        self.after.update(zip(numbers, records, strict=True))

    def delete(self, before: R) -> None:
        """Delete one record."""
        number: int = getattr(before, self._key)
        self._before.setdefault(number, before)
        self.after[number] = None

    def makes(self, number: int) -> bool:
        """Whether a record is put that was not there before."""
        return number in self._before and self._before[number] is None

    def puts(self) -> list[R]:
        """The records to write."""
        return [record for record in self.after.values() if record is not None]

    def deletes(self) -> list[int]:
        """The numbers of the records to delete."""
        return [number for number, record in self.after.items() if record is None]

    def overlay(self, stored: dict[int, R], numbers: typing.Collection[int]) -> dict[int, R]:
        """The stored records of these numbers as they are after what was put so far."""
        for number in self.after.keys() & set(numbers):
            record = self.after[number]
            if record is None:
                stored.pop(number, None)
            else:
                stored[number] = record
        return stored

    def changes(self, cause: str) -> list[Change]:
        """What is told after the commit; a record made and deleted in one unit is not told."""
        return [
            Change(self._noun, number, before, self.after[number], cause)
            for number, before in self._before.items()
            if before is not None or self.after[number] is not None
        ]
