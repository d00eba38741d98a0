"""Lets through what one OMM told that has to be settled, which after the first reading is little.

It looks only at the index, and decides nothing.
"""

from collections.abc import Iterable

from mom.directory import removal
from mom.directory.fingerprints import Shapes
from mom.directory.index import NOUNS, Index
from mom.directory.rows import Removed, Row
from mom.directory.unchanged import unchanged
from mom.model.identities import OmmId


class Sieve:
    """The sieve of one OMM."""

    def __init__(self, index: Index, shapes: Shapes, omm: OmmId, opens_secrets: bool) -> None:
        """`opens_secrets`: there is a private key that opens what OMMs encrypted."""
        self._index = index
        self._shapes = shapes
        self._omm = omm
        self._opens_secrets = opens_secrets

    def is_unchanged(self, row: Row) -> bool:
        """Whether a record is just as at the last agreement."""
        return unchanged(self._index, self._shapes, self._omm, row, self._opens_secrets)

    def sift(self, items: Iterable[Row | Removed]) -> list[Row | Removed]:
        """A batch without what is unchanged, and what tells of copies that are there no more.

        What tells of no copy at all is something new at a glance.
        """
        index, omm = self._index, self._omm
        places = {noun: index.shelf(noun, omm).by_local for noun in NOUNS}
        rows: list[Row | Removed] = []
        for item in items:
            if isinstance(item, Removed):
                if index.copy(item.noun, item.number, omm) is None:
                    continue
            elif item.local in places[item.noun] and (
                self.is_unchanged(item) or removal.leaves(index, omm, item, rows)
            ):
                continue
            rows.append(item)
        return rows
