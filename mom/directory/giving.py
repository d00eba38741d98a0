"""Which records are being brought to an OMM beside the ordinary sending. Pure.

The answer to such a request tells more than the events that come before it.
"""

from collections.abc import Iterable

from mom.directory import wire
from mom.directory.index import Index
from mom.directory.rows import Item, Known, Row
from mom.model.identities import OmmId


class Giving:
    """The records on their way to one OMM."""

    def __init__(self) -> None:
        self._given: dict[Known, bool] = {}
        """Whether the OMM has answered already."""
        self._missed: set[Known] = set()

    def __bool__(self) -> bool:
        return bool(self._given)

    def begin(self, keys: Iterable[Known]) -> None:
        """A request about these records goes out."""
        self._given.update(dict.fromkeys(keys, False))

    def answered(self, keys: Iterable[Known]) -> None:
        """The OMM has answered; what it tells from now on is newer than its answer."""
        self._given.update(dict.fromkeys(keys, True))

    def covers(self, item: Item, index: Index, omm: OmmId) -> bool:
        """Whether an event need not be taken: what it tells is in the answer, or the record is
        asked for when the answer is settled.
        """
        if not isinstance(item, Row) or item.deleted:
            return False
        copy = index.local(item.noun, omm, item.local)
        number = copy.number if copy is not None else wire.number_of(item.noun, item.element)
        key = (item.noun, number)
        answered = self._given.get(key)
        if answered:
            self._missed.add(key)
        return answered is not None

    def end(self, keys: Iterable[Known]) -> list[Known]:
        """The answer is settled; tells which of the records the OMM must be asked for."""
        missed = []
        for key in keys:
            self._given.pop(key, None)
            if key in self._missed:
                self._missed.discard(key)
                missed.append(key)
        return missed
