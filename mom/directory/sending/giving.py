"""Which records are being brought to an OMM beside the ordinary sending. Pure.

An OMM tells by events what its answer to such a request tells as well, before or after it. What
differs is asked for when the answer is settled.
"""

from collections.abc import Iterable

import msgspec

from mom.directory import wire
from mom.directory.fingerprints import secret_names
from mom.directory.index import Index
from mom.directory.rows import Item, Known, Row
from mom.model.identities import OmmId

Attrs = dict[str, str]


class _Given(msgspec.Struct):
    """What events told of a record before the answer, what that told, and whether they differ."""

    told: Attrs = {}
    answer: Attrs | None = None
    differs: bool = False


class Giving:
    """The records on their way to one OMM."""

    def __init__(self) -> None:
        self._given: dict[Known, _Given] = {}

    def begin(self, keys: Iterable[Known]) -> None:
        """A request about these records goes out."""
        self._given.update((key, _Given()) for key in keys)

    def answered(self, rows: Iterable[Row]) -> None:
        """The OMM has answered."""
        for row in rows:
            given = self._given.get((row.noun, row.number))
            if given is not None:
                given.answer = row.element.attrs
                given.differs = not _agrees(given.told, row.element.attrs)

    def covers(self, item: Item, index: Index, omm: OmmId) -> bool:
        """Whether an event need not be taken, because it is about one of the records."""
        if not self._given or not isinstance(item, Row):
            return False
        if item.deleted:
            self._doubt(item)
            return False
        copy = index.local(item.noun, omm, item.local)
        number = copy.number if copy is not None else wire.number_of(item.noun, item.element)
        given = self._given.get((item.noun, number))
        if given is None:
            return False
        if given.answer is None:
            given.told = {**given.told, **item.element.attrs}
        elif not _agrees(item.element.attrs, given.answer):
            given.differs = True
        return True

    def _doubt(self, item: Row) -> None:
        """What was deleted after the answer, which is settled later, is asked for then."""
        name = wire.local_name(item.noun)
        for (noun, _), given in self._given.items():
            answer = given.answer or {}
            if noun is item.noun and answer.get(name) == str(item.local):
                given.differs = True

    def end(self, keys: Iterable[Known]) -> list[Known]:
        """The answer is settled; tells which of the records the OMM must be asked for."""
        ended = [(key, self._given.pop(key, None)) for key in keys]
        return [
            key
            for key, given in ended
            if given is not None and (given.differs or (given.told and given.answer is None))
        ]


def _agrees(event: Attrs, answer: Attrs) -> bool:
    """Whether an event tells nothing else than an answer; a secret may look different each time."""
    secrets = secret_names()
    return all(answer.get(n) == text for n, text in event.items() if n not in secrets)
