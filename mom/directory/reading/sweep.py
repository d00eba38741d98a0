"""One reading of all users and devices of an OMM: what it has met, and what of it waits.

What is just as agreed upon is met and let go at once, but only while nothing that the OMM told
before waits: that could be news of the same record. It must not know how anything is settled.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from itertools import compress

from mom.directory.alike import Alike
from mom.directory.index import NOUNS, Index
from mom.directory.reading.pages import Pages
from mom.directory.reading.pairing import Pairing
from mom.directory.reading.parted import Parted
from mom.directory.rows import Item, Known, Row
from mom.directory.sieve import Sieve
from mom.model.copy import Noun
from mom.model.identities import OmmId


class Sweep:
    """What one reading has brought so far."""

    def __init__(
        self,
        index: Index,
        omm: OmmId,
        sieve: Sieve,
        put: Callable[[list[Row]], None],
        is_settled: Callable[[], bool],
    ) -> None:
        """`put` queues rows to be settled; `is_settled` tells whether there is nothing that could
        change what the OMM and MOM agreed upon.
        """
        self._sieve = sieve
        self._is_settled = is_settled
        self._parted = Parted(index, omm)
        self.pages = Pages(Pairing(put, self._parted.keep), sieve.knows, self._let_go)
        self.met: dict[Noun, set[int]] = {noun: set() for noun in NOUNS}
        """Local numbers of all records that were told meanwhile."""
        self.under_way = False

    def after(self, items: Iterable[Item]) -> list[Item]:
        """All items that are to be queued when these come, once all that was read is queued."""
        told = list(items)
        self.pages.flush()
        return [*self._parted.overtaken(told), *told]

    def told(self, row: Row, missing: Container[Known]) -> Row:
        """What a row tells while records are `missing`; see `Parted.told`."""
        return self._parted.told(row, missing)

    def meet(self, rows: Iterable[Row]) -> None:
        """Note records that were told."""
        if self.under_way:
            for row in rows:
                self.met[row.noun].add(row.local)

    def miss(self, row: Row) -> None:
        """Note that a record is not there, whatever was told before."""
        self.met[row.noun].discard(row.local)

    def meet_kept(self) -> None:
        """Note those that wait, too."""
        self.meet(self._parted.rows)

    def end(self) -> list[Row]:
        """What waited for the end, which is here."""
        return self._parted.end()

    def _let_go(self, told: Alike) -> Sequence[bool]:
        """Which of some records are as they were; none where that is not known now."""
        if not (self._is_settled() and self._sieve.knows(told.noun, told.locals)):
            return ()
        unchanged = self._sieve.unchanged(told)
        self.met[told.noun].update(compress(told.locals, unchanged))
        return unchanged
