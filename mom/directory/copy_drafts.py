"""Drafts of copies above the index, in one unit of work; looks like the index to whoever asks.

It knows no records and no store.
"""

from collections.abc import Collection, Sequence, Set

from mom.directory.index import Index
from mom.directory.rows import Known
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId
from mom.store.copies import CopyKey


class CopyDrafts:
    """The copies that a unit of work makes, changes or ends."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._copies: dict[Known, dict[OmmId, Copy | None]] = {}
        self._arrived: dict[Known, Copy] = {}
        """The only copies of new records."""
        self._locals: dict[tuple[Noun, OmmId, int], Copy] = {}

    @property
    def arrived(self) -> Set[Known]:
        """Records that arrived and whose copy was not changed afterwards."""
        return self._arrived.keys()

    def put(self, copy: Copy) -> None:
        """Draft a new or changed copy."""
        self._of(copy)[copy.omm] = copy
        if copy.local:
            self._locals[copy.noun, copy.omm, copy.local] = copy

    def arrive(self, copies: Sequence[Copy]) -> None:
        """Draft the first copies of new records, each in a place where no other one is."""
        self._arrived.update([((copy.noun, copy.number), copy) for copy in copies])
        self._locals.update([((copy.noun, copy.omm, copy.local), copy) for copy in copies])

    def drop(self, copy: Copy) -> None:
        """Draft the end of a copy."""
        self._of(copy)[copy.omm] = None

    def of(self, noun: Noun, number: int) -> tuple[Copy, ...]:
        """The copies of a record."""
        if (noun, number) in self._arrived:
            return (self._arrived[noun, number],)
        drafted = self._copies.get((noun, number))
        if not drafted:
            return self._index.copies(noun, number)
        stored = {copy.omm: copy for copy in self._index.copies(noun, number)}
        return tuple(copy for copy in (stored | drafted).values() if copy is not None)

    def on(self, noun: Noun, number: int, omm: OmmId) -> Copy | None:
        """The copy of a record on an OMM."""
        if (noun, number) in self._arrived:
            arrived = self._arrived[noun, number]
            return arrived if arrived.omm == omm else None
        drafted = self._copies.get((noun, number))
        if drafted is not None and omm in drafted:
            return drafted[omm]
        return self._index.copy(noun, number, omm)

    def local(self, noun: Noun, omm: OmmId, local: int) -> Copy | None:
        """The copy with that local number."""
        if not local:
            return None
        drafted = self._locals.get((noun, omm, local))
        if drafted is not None:
            now = self.on(noun, drafted.number, omm)
            if now is not None and now.local == local:
                return now
        stored = self._index.local(noun, omm, local)
        if stored is None:
            return None
        now = self.on(noun, stored.number, omm)
        return now if now is not None and now.local == local else None

    def are_free(self, noun: Noun, omm: OmmId, places: Collection[int]) -> bool:
        """Whether no copy has, or had before this unit of work, any of these local numbers."""
        stored = self._index.shelf(noun, omm).by_local
        drafted = self._locals
        return stored.keys().isdisjoint(places) and not any(
            (noun, omm, local) in drafted for local in places
        )

    def changed(self) -> dict[CopyKey, Copy | None]:
        """What differs from the index; None = it ends."""
        arrived = {(*known, copy.omm): copy for known, copy in self._arrived.items()}
        return arrived | {
            (noun, number, omm): copy
            for (noun, number), drafted in self._copies.items()
            for omm, copy in drafted.items()
            if copy != self._index.copy(noun, number, omm)
        }

    def _of(self, copy: Copy) -> dict[OmmId, Copy | None]:
        """The drafts of a record's copies."""
        known = (copy.noun, copy.number)
        arrived = self._arrived.pop(known, None)
        if arrived is not None:
            self._copies[known] = {arrived.omm: arrived}
        return self._copies.setdefault(known, {})
