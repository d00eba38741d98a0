"""Lets through what one OMM told that has to be settled, which after the first reading is little.

It looks only at the index, and decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from mom.directory import removal
from mom.directory.alike import Alike, grouped
from mom.directory.fingerprints import Shapes
from mom.directory.index import NOUNS, Index
from mom.directory.rows import Removed, Row
from mom.directory.unchanged import echoes_number, which_are_unchanged
from mom.model.copy import Noun
from mom.model.identities import OmmId


class Sieve:
    """The sieve of one OMM."""

    def __init__(self, index: Index, shapes: Shapes, omm: OmmId, opens_secrets: bool) -> None:
        """`opens_secrets`: there is a private key that opens what OMMs encrypted."""
        self._index = index
        self._shapes = shapes
        self._omm = omm
        self._opens_secrets = opens_secrets

    def is_echo(self, row: Row) -> bool:
        """Whether an event says nothing but what MOM itself told the OMM."""
        return echoes_number(self._index, self._omm, row)

    def knows(self, noun: Noun, locals: Iterable[int]) -> bool:
        """Whether the OMM has a copy in each of these places."""
        return all(map(self._index.shelf(noun, self._omm).by_local.__contains__, locals))

    def unchanged(self, told: Alike) -> list[bool]:
        """Which records of a reading, all with a copy, are just as at the last agreement."""
        return which_are_unchanged(self._index, self._shapes, self._omm, told, self._opens_secrets)

    def sift(self, items: Sequence[Row | Removed]) -> list[Row | Removed]:
        """A batch without what is unchanged, and without what tells of copies that are gone.

        A batch that tells of no copy at all is new as a whole, and is not looked at further.
        """
        index, omm = self._index, self._omm
        places = {noun: index.shelf(noun, omm).by_local for noun in NOUNS}
        told = {at: item for at, item in enumerate(items) if isinstance(item, Row)}
        known = {at: row for at, row in told.items() if row.local in places[row.noun]}
        if not known and len(told) == len(items):
            return list(items)
        unchanged = self._unchanged(known)
        rows: list[Row | Removed] = []
        for at, item in enumerate(items):
            if isinstance(item, Removed):
                if index.copy(item.noun, item.number, omm) is None:
                    continue
            elif at in known and (
                at in unchanged or self.is_echo(item) or removal.leaves(index, omm, item, rows)
            ):
                continue
            rows.append(item)
        return rows

    def _unchanged(self, rows: Mapping[int, Row]) -> set[int]:
        """Which of these rows, by place, are of a reading and just as at the last agreement."""
        read = {at: row for at, row in rows.items() if row.whole and not (row.live or row.sent)}
        found: set[int] = set()
        for group in grouped(read):
            found.update(compress(group.places, self.unchanged(group)))
        return found
