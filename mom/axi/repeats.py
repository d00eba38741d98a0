"""Plain messages, and lists of records that are all written alike, read without an XML parser.

An OMM writes nearly all its messages as one element with attributes only, or as a list of such
children, each attribute with one blank before its name and double quotes around its value. A frame
of just that form, in which no character needs care, falls apart at its quotes; the names between
them are checked once for all records that have the same. Where many records are alike, a ``Mould``
made from the first takes their values out.
Whatever else is in a frame is for the parser, which gives the same element. Pure.
"""

import re
import sys
from collections.abc import Sequence
from functools import lru_cache

from mom.axi.element import Element, Uniform
from mom.axi.mould import Mould

MOST_ATTRIBUTES = 512
MOST_RECORDS = 10_000
MANY = 5
"""Records that make a list worth a mould."""
LONGEST = 12 * 1024
"""Characters of an element that stand between its values: such a text is kept, and so is what is
worked out from it. ``GetVersionsResp``, which each OMM sends, has 9,200.
"""
LONGEST_OF_MANY = 4 * 1024
"""The same of records that have a mould; the longest real record has 1,300."""
OFTEN = 3
"""Lists of one kind that make it worth one. To make it takes as long as to read a few hundred
records, and OMMs that leave out what is empty write records of very many kinds.
"""
_BETWEEN = "/><"
"""What stands between two records of a list."""
_REFERENCE, _LINE = b"&", b"\n"
"""What a frame may have in it that is for the parser, and is found quickly."""
_COUNTED = bytes(range(0x20)) + b"<"
"""What is not just itself in an attribute: line breaks, what XML forbids, and the one character
that begins each element. They are counted together: when every one of them is known to begin an
element, there is none of the others, and none in a value.
"""
_NONCHARACTERS = b"\xef\xbf"
"""How U+FFFE and U+FFFF begin in UTF-8, which XML forbids."""
_NAME = r"(?!xmlns)[A-Za-z_][A-Za-z0-9_.\-]{0,127}"
_ALONE = re.compile(_NAME)
_FIRST = re.compile(f"({_NAME}) ({_NAME})=")
_NEXT = re.compile(f" ({_NAME})=")


def read_plain(frame: bytes) -> Element | None:
    """The message in a frame, if it is plain, alone or with plain children; None for all else."""
    if _REFERENCE in frame or _LINE in frame:
        return None
    if not frame.isascii() and _NONCHARACTERS in frame:
        return None
    counted = len(frame) - len(frame.translate(None, _COUNTED))
    try:
        text = frame.decode()
    except UnicodeDecodeError:
        return None
    if counted == 1 and text[:1] == "<" and text[-2:] == "/>":
        return _read_record(text[1:-2])
    return _read_list(text, counted - 2)


def _read_list(text: str, count: int) -> Element | None:
    """The element of `<name one="1"><child two="2"/><child two="3"/></name>`, of `count` children.

    None if the text has another number of them.
    """
    begin = text.find("><") + 1
    root = _read_record(text[1 : begin - 1]) if begin and text[0] == "<" else None
    if root is None or not 0 < count <= MOST_RECORDS or not text.endswith(f"/></{root.name}>"):
        return None
    end = text.rindex("/>")
    children: Sequence[Element] | None = _read_alike(text, begin, end, count)
    if children is None:
        children = _read_each(text[begin + 1 : end], count)
    return Element(root.name, root.attrs, children) if children is not None else None


def _read_alike(text: str, begin: int, end: int, count: int) -> Uniform | None:
    """The records between `begin` and `end`, if they are many and all have the names of the first.

    They are taken out where one `<` begins each and another one follows: where that gives `count`
    of them there is nothing between them, as all `<` are counted.
    """
    if count < MANY:
        return None
    between = _between(text[begin + 1 : text.find("/>", begin)])
    last = _between(text[text.rindex("<", begin, end) + 1 : end])
    if between != last or len(between) > LONGEST_OF_MANY:
        return None
    kind = _kind(between)
    mould = kind.mould() if kind is not None else None
    return mould.take(text, begin, count) if mould is not None else None


def _between(piece: str) -> str:
    """What stands between the values of a record, and a quote in place of each of them."""
    return '"'.join(piece.split('"')[::2])


class _Kind:
    """Records that are written alike, and the mould for them if many lists of them came."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        self._form = name, names
        self._lists = 0
        self._mould: Mould | None = None

    def mould(self) -> Mould | None:
        """One more list of them has come."""
        self._lists += 1
        if self._lists >= OFTEN and self._mould is None:
            self._mould = Mould(*self._form)
        return self._mould


@lru_cache(maxsize=256)
def _kind(between: str) -> _Kind | None:
    """The records that are written like this."""
    form = _form(between)
    return _Kind(*form) if form is not None else None


def _read_each(body: str, count: int) -> tuple[Element, ...] | None:
    """The records in `name one="1"/><name two="2"`, whatever their names."""
    pieces = body.split(_BETWEEN)
    if len(pieces) != count:
        return None
    children = []
    for piece in pieces:
        child = _read_record(piece)
        if child is None:
            return None
        children.append(child)
    return tuple(children)


def _read_record(piece: str) -> Element | None:
    """The element of `name one="1" two="2"`."""
    parts = piece.split('"')
    between = '"'.join(parts[::2])
    form = _form(between) if len(between) <= LONGEST else None
    if form is None or len(parts) % 2 == 0:
        return None
    name, names = form
    return Element(name, dict(zip(names, parts[1::2], strict=True)))


@lru_cache(maxsize=256)
def _form(between: str) -> tuple[str, tuple[str, ...]] | None:
    """The names of an element and its attributes in what stands between the values.

    None unless it is a plain element.
    """
    pieces = between.split('"')
    if len(pieces) == 1 and _ALONE.fullmatch(between):
        return sys.intern(between), ()
    begun = _FIRST.fullmatch(pieces[0])
    others = [_NEXT.fullmatch(each) for each in pieces[1:-1]]
    if begun is None or len(pieces) < 2 or pieces[-1] or not all(others):
        return None
    names = [begun[2], *(each[1] for each in others if each)]
    if len(set(names)) != len(names) or len(names) > MOST_ATTRIBUTES:
        return None
    return sys.intern(begun[1]), tuple(map(sys.intern, names))
