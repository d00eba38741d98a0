"""One AXI message, or one child of it, as a frozen record.

AXI keeps its data in attributes; lists are repeated children; a few children hold text. The record
loses nothing: attributes that nobody knows are kept, in the order of the wire. This module must not
know what any message means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import overload

import msgspec

from mom.axi.errors import BadValue
from mom.axi.redaction import masked

Value = str | int | bool | None
"""What an attribute may be made from; ``None`` leaves it out."""

FLAGS = {"0": False, "1": True, "false": False, "true": True}
"""How a boolean is written."""
_MAX_DIGITS = 20


class Element(msgspec.Struct, frozen=True):
    """A message or a child: its name, attributes in wire order, children and text."""

    name: str
    attrs: dict[str, str] = {}
    children: Sequence[Element] = ()
    text: str = ""

    def __repr__(self) -> str:
        """Show the element for logs and tests, with its secrets masked."""
        parts = [repr(self.name), repr(masked(self.attrs))]
        if self.children or self.text:
            parts += [repr(self.children), repr(self.text)]
        return f"Element({', '.join(parts)})"

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute's text, or ``default`` where the attribute is left out."""
        return self.attrs.get(name, default)

    def has(self, name: str) -> bool:
        """Tell whether the attribute is there, even if it is empty."""
        return name in self.attrs

    def child(self, name: str) -> Element | None:
        """Return the first child of that name, or ``None``."""
        for child in self.children:
            if child.name == name:
                return child
        return None

    def all(self, name: str) -> Sequence[Element]:
        """Return every child of that name, in order."""
        if isinstance(self.children, Uniform) and self.children.name == name:
            return self.children
        return tuple([child for child in self.children if child.name == name])

    def number(self, name: str, default: int = 0) -> int:
        """Return a whole number; left out or empty gives ``default``.

        Raises ``BadValue`` for anything that is not a decimal number of at most 20 digits.
        """
        text = self.attrs.get(name, "").strip()
        if not text:
            return default
        digits = text[1:] if text[0] in "+-" else text
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS):
            raise BadValue(name, "a whole number")
        return int(text)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean, written ``0``, ``1``, ``false`` or ``true``; ``default`` if left out.

        Raises ``BadValue`` for any other text.
        """
        text = self.attrs.get(name, "").strip().lower()
        if not text:
            return default
        value = FLAGS.get(text)
        if value is None:
            raise BadValue(name, "a boolean")
        return value

    def having(self, attrs: Mapping[str, Value]) -> Element:
        """Return a copy with these attributes changed or added; ``None`` removes one."""
        wanted = _texts(attrs)
        kept = {n: text for n, text in self.attrs.items() if n in wanted or n not in attrs}
        return Element(self.name, kept | wanted, self.children, self.text)


class Uniform(Sequence[Element]):
    """Children, at least one, that all have the same name and the same attributes in one order.

    They are kept as their values, and each of them is made when it is looked at: who compares
    whole columns needs none.
    """

    __slots__ = ("_filled", "_others", "_values", "name", "names")

    def __init__(
        self,
        name: str,
        filled: dict[str, str],
        others: Sequence[str],
        values: Sequence[Sequence[str]],
    ) -> None:
        """`filled` has all attributes in order, with the texts that all children have; those of
        `others` are in `values`, in order, for each child.
        """
        self.name = name
        self.names = tuple(filled)
        self._filled = filled
        self._others = others
        self._values = values

    @property
    def same(self) -> dict[str, str]:
        """The attributes that are known to have one text in all children."""
        return {name: text for name, text in self._filled.items() if name not in self._others}

    def column(self, name: str) -> tuple[str, ...]:
        """The texts of one attribute; empty ones if it is left out."""
        if name not in self._others:
            return (self._filled.get(name, ""),) * len(self._values)
        place = self._others.index(name)
        return tuple([values[place] for values in self._values])

    def columns(self) -> dict[str, tuple[str, ...]]:
        """The texts of each attribute, in order."""
        count = len(self._values)
        columns = {name: (text,) * count for name, text in self._filled.items()}
        columns.update(zip(self._others, zip(*self._values, strict=True), strict=False))
        return columns

    def part(self, places: Sequence[int]) -> Uniform:
        """Those at some places, at least one."""
        values = [self._values[place] for place in places]
        return Uniform(self.name, self._filled, self._others, values)

    def joined(self, others: Uniform) -> Uniform | None:
        """These and others together; None where it is not known at a glance that they are alike."""
        if others._filled is not self._filled:
            return None
        values = [*self._values, *others._values]
        return Uniform(self.name, self._filled, self._others, values)

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, place: int) -> Element: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Element]: ...

    def __getitem__(self, place: int | slice) -> Element | Sequence[Element]:
        if isinstance(place, slice):
            return tuple(self)[place]
        return next(self._made([self._values[place]]))

    def __iter__(self) -> Iterator[Element]:
        return self._made(self._values)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, tuple | Uniform) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _made(self, values: Sequence[Sequence[str]]) -> Iterator[Element]:
        name, filled, others = self.name, self._filled, self._others
        attrs = [filled | dict(zip(others, each, strict=False)) for each in values]
        return map(Element, repeat(name), attrs)


def make(
    name: str,
    attrs: Mapping[str, Value] | None = None,
    *children: Element,
    text: str = "",
) -> Element:
    """Build an element from Python values.

    A boolean becomes ``1`` or ``0``, a number its decimal text; an attribute whose value is
    ``None`` is left out, which in a Set request means "unchanged".
    """
    return Element(name, _texts(attrs) if attrs else {}, children, text)


def _texts(attrs: Mapping[str, Value]) -> dict[str, str]:
    texts = {}
    for name, value in attrs.items():
        if value is None:
            continue
        if value is True or value is False:
            texts[name] = "1" if value else "0"
        else:
            texts[name] = str(value)
    return texts
