"""Records of one noun whose elements have the same attributes, by column. Pure.

An OMM writes all its users alike, and all its devices. What has to be asked of each of two hundred
records is asked once of a column, at the speed of the interpreter's own loops.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import msgspec

from mom.axi.element import Uniform
from mom.directory.rows import Row
from mom.model.copy import Noun

_MAX_DIGITS = 17
Names = tuple[str, ...]
Columns = Mapping[str, tuple[str, ...]]
"""The texts of each attribute, one for each record."""


class Alike(msgspec.Struct, frozen=True):
    """Records that are written alike: `names` are their attributes, in order.

    `places` says where in the whole portion each of them stands, in order; `locals` are their local
    numbers. `same` are attributes that are known to have one text in all of them.
    """

    noun: Noun
    names: tuple[str, ...]
    places: Sequence[int]
    locals: Sequence[int]
    columns: Columns
    same: Mapping[str, str] = {}

    @classmethod
    def read(cls, noun: Noun, locals: Sequence[int], elements: Uniform) -> Self:
        """The columns of elements that were read, with their local numbers."""
        places, same = range(len(elements)), elements.same
        return cls(noun, elements.names, places, locals, elements.columns(), same)

    @classmethod
    def of(cls, noun: Noun, names: tuple[str, ...], rows: Mapping[int, Row]) -> Self:
        """The columns of rows that all have the attributes `names`, by place."""
        values = [row.element.attrs.values() for row in rows.values()]
        columns = dict(zip(names, zip(*values, strict=True), strict=True))
        return cls(noun, names, list(rows), [row.local for row in rows.values()], columns)

    def part(self, start: int, stop: int) -> "Alike":
        """Some of them that follow one another."""
        if stop - start == len(self.places):
            return self
        return Alike(
            self.noun,
            self.names,
            self.places[start:stop],
            self.locals[start:stop],
            {name: column[start:stop] for name, column in self.columns.items()},
            self.same,
        )


def plain_numbers(texts: Sequence[str]) -> list[int] | None:
    """The numbers in texts that all are one to seventeen digits; None if one is anything else."""
    digits = "".join(texts)
    if not (all(texts) and digits.isascii() and digits.isdecimal()):
        return None
    return list(map(int, texts)) if max(map(len, texts)) <= _MAX_DIGITS else None


def grouped(rows: Mapping[int, Row]) -> list[Alike]:
    """Rows by their place in a portion, those together that are written alike."""
    groups: dict[tuple[Noun, Names], dict[int, Row]] = {}
    latest: dict[Noun, tuple[Names, dict[int, Row]]] = {}
    for place, row in rows.items():
        noun, names = row.noun, row.names or tuple(row.element.attrs)
        former, group = latest.get(noun) or (None, {})
        if names is not former:
            group = groups.setdefault((noun, names), {})
            latest[noun] = names, group
        group[place] = row
    return [Alike.of(noun, names, found) for (noun, names), found in groups.items()]
