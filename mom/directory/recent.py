"""The records that units of work read lately, as they are stored now.

A phone that moves takes a few units, one soon after the other, and each would ask the database for
the same two records. It knows no decisions.
"""

from collections.abc import Iterable, Mapping

from mom.directory.rows import Known
from mom.directory.wire import Record

MOST = 500
"""Records that are remembered: some hundred phones that move at once."""


class Recent:
    """The records that were read last; every unit of work passes through here."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._records: dict[Known, Record] = {}

    def find(self, known: Known) -> Record | None:
        """A record as it is stored; None if it must be read."""
        return self._records.get(known)

    def apply(self, loaded: Mapping[Known, Record | None], changed: Iterable[Known]) -> None:
        """A unit of work is stored: what it loaded is like this now; what else it changed is not
        known any more. None = there is no such record.
        """
        for known in changed:
            self._records.pop(known, None)
        for known, record in loaded.items():
            self._records.pop(known, None)
            if record is not None:
                self._records[known] = record
        while len(self._records) > self._most:
            del self._records[next(iter(self._records))]
