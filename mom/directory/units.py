"""Units of work of the directory: drafts go into the store, and after the commit into the index.

It knows no decisions.
"""

from collections.abc import Callable

from mom.directory.bench import Bench, Drafts, apply
from mom.directory.benches import Benches
from mom.directory.index import NOUNS, Index
from mom.directory.recent import Recent
from mom.store.store import Store
from mom.store.work import Work


class Units(Benches[Bench, Drafts]):
    """Units of work on users and devices."""

    def __init__(self, store: Store, index: Index, on_applied: Callable[[Drafts], None]) -> None:
        """`on_applied` hears of each unit once the index has it."""
        super().__init__(store, NOUNS)
        self._index = index
        self._on_applied = on_applied
        self._recent = Recent()

    def _begin(self, work: Work) -> Bench:
        return Bench(self._index, work, self._recent)

    def _finish(self, bench: Bench) -> Drafts:
        return bench.finish()

    def _take_over(self, drafts: Drafts) -> None:
        apply(self._index, drafts)
        self._recent.apply(drafts.loaded, drafts.records)
        self._on_applied(drafts)
