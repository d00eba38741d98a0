"""The pages of both lists, before their records are looked at one by one.

Nearly all records of an OMM that was read before are as they were. Pages whose records all have a
copy are gathered and compared as they came, by column: what is as it was never becomes a row. It
must not know what unchanged means.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from operator import not_

import msgspec

from mom.axi.element import Element, Uniform
from mom.directory.alike import Alike
from mom.directory.reading.pairing import PORTION, Pairing
from mom.directory.rows import Row
from mom.model.copy import Noun


class _Gathered(msgspec.Struct, frozen=True):
    """Records of pages that are compared together."""

    locals: Sequence[int]
    elements: Uniform


class Pages:
    """Lets go what is unchanged, and gives all else to the pairing."""

    def __init__(
        self,
        pairing: Pairing,
        knows: Callable[[Noun, Sequence[int]], bool],
        let_go: Callable[[Alike], Sequence[bool]],
    ) -> None:
        """`knows` tells whether all records with these local numbers have a copy, `let_go` which of
        some records are done with; it tells nothing where that cannot be known now.
        """
        self._pairing = pairing
        self._knows = knows
        self._let_go = let_go
        self._gathered: dict[Noun, _Gathered] = {}

    def take(self, noun: Noun, locals: Sequence[int], elements: Sequence[Element]) -> None:
        """The next page of a list."""
        if not isinstance(elements, Uniform) or not self._knows(noun, locals):
            self._compare_all()
            self._pairing.take(_rows(noun, locals, elements))
            return
        former = self._gathered.get(noun)
        joined = former.elements.joined(elements) if former else None
        if former and joined:
            gathered = _Gathered([*former.locals, *locals], joined)
        else:
            self._compare(noun)
            gathered = _Gathered(locals, elements)
        self._gathered[noun] = gathered
        if len(gathered.locals) >= PORTION:
            self._compare(noun)

    def flush(self) -> None:
        """Hold nothing back any more."""
        self._compare_all()
        self._pairing.flush()

    def _compare_all(self) -> None:
        for noun in list(self._gathered):
            self._compare(noun)

    def _compare(self, noun: Noun) -> None:
        gathered = self._gathered.pop(noun, None)
        if gathered is None:
            return
        locals, elements = gathered.locals, gathered.elements
        done = self._let_go(Alike.read(noun, locals, elements))
        if not any(done):
            self._pairing.take(_rows(noun, locals, elements))
            return
        self._pairing.leave_out(noun, compress(locals, done))
        places = list(compress(range(len(locals)), map(not_, done)))
        if places:
            left = [locals[place] for place in places]
            self._pairing.take(_rows(noun, left, elements.part(places)))


def _rows(noun: Noun, locals: Iterable[int], elements: Sequence[Element]) -> list[Row]:
    names = elements.names if isinstance(elements, Uniform) else None
    return [
        Row(noun=noun, element=element, local=local, whole=True, names=names)
        for local, element in zip(locals, elements, strict=True)
    ]
