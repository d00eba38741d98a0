"""What an OMM tells of a parted pair waits until it is known whether the other end is there.

An OMM parts a pair when one end of it is deleted. If so much has vanished that an administrator
has to decide, the relation is a part of what is to be given back, so its end is not taken until
then. It must not know when too much has vanished.
"""

from collections.abc import Container, Iterable

import msgspec

from mom.axi.element import Element
from mom.directory import wire
from mom.directory.fingerprints import stamp_name
from mom.directory.index import Index
from mom.directory.rows import Item, Known, Row
from mom.model.attribute import Group
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId


class Parted:
    """What one OMM tells of no relation where MOM and the OMM had one."""

    def __init__(self, index: Index, omm: OmmId) -> None:
        self._index = index
        self._omm = omm
        self._kept: dict[Known, Row] = {}
        """By local numbers."""

    @property
    def rows(self) -> list[Row]:
        """What waits."""
        return list(self._kept.values())

    def keep(self, row: Row) -> bool:
        """Keep a row that waits; tells whether it does."""
        if self._lost_end(row) is None:
            return False
        self._kept[row.noun, row.local] = row
        return True

    def overtaken(self, items: Iterable[Item]) -> list[Row]:
        """The rows of records of which the OMM tells something newer: they wait no longer."""
        if not self._kept:
            return []
        rows = (self._kept.pop((it.noun, it.local), None) for it in items if isinstance(it, Row))
        return [row for row in rows if row is not None]

    def end(self) -> list[Row]:
        """What waited, which it does no longer."""
        rows = self.rows
        self._kept.clear()
        return rows

    def told(self, row: Row, missing: Container[Known]) -> Row:
        """All that a row tells but the end of a relation whose other end is `missing`."""
        return _without_relation(row) if self._lost_end(row) in missing else row

    def _lost_end(self, row: Row) -> Known | None:
        """The record to which the OMM has a record bound no longer, if MOM has, and it had that."""
        if row.element.get(wire.partner_name(row.noun)) != "0":
            return None
        copy = self._index.local(row.noun, self._omm, row.local)
        entry = self._index.entry(copy.noun, copy.number) if copy is not None else None
        if entry is None or not entry.partner:
            return None
        noun = Noun.DEVICE if row.noun is Noun.USER else Noun.USER
        other = self._index.copy(noun, entry.partner, self._omm)
        held = other is not None and other.state is CopyState.HELD
        return (noun, entry.partner) if held else None


def _without_relation(row: Row) -> Row:
    names = {wire.partner_name(row.noun), "relType", stamp_name(Group.RELATION)}
    attrs = {name: text for name, text in row.element.attrs.items() if name not in names}
    return msgspec.structs.replace(row, element=Element(row.element.name, attrs), names=None)
