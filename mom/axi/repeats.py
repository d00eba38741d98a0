"""Plain messages, and lists of records that are all written alike, read without an XML parser.

An OMM writes nearly all its messages as one element with attributes only, or as a list of such
children, each attribute with one blank before its name and double quotes around its value. A frame
of just that form, in which no character needs care, falls apart at its quotes; the names between
them are checked once for all records that have the same.
Whatever else is in a frame is for the parser, which gives the same element. Pure.
"""

import re
import sys
from functools import lru_cache

from mom.axi.element import Element

MOST_ATTRIBUTES = 512
MOST_RECORDS = 10_000
_BETWEEN = "/><"
"""What stands between two records of a list."""
_CARE = bytes(range(0x20)) + b"&"
"""What is not just itself in an attribute: line breaks, what XML forbids, and references."""
_NONCHARACTERS = b"\xef\xbf"
"""How U+FFFE and U+FFFF begin in UTF-8, which XML forbids."""
_NAME = r"(?!xmlns)[A-Za-z_][A-Za-z0-9_.\-]{0,127}"
_ALONE = re.compile(_NAME)
_FIRST = re.compile(f"({_NAME}) ({_NAME})=")
_NEXT = re.compile(f" ({_NAME})=")


def read_plain(frame: bytes) -> Element | None:
    """The message in a frame, if it is plain, alone or with plain children; None for all else."""
    if len(frame.translate(None, _CARE)) != len(frame):
        return None
    if not frame.isascii() and _NONCHARACTERS in frame:
        return None
    try:
        text = frame.decode()
    except UnicodeDecodeError:
        return None
    if text[:1] == "<" and text[-2:] == "/>" and text.count("<") == 1:
        return _read_record(text[1:-2])
    return _read_list(text)


def _read_list(text: str) -> Element | None:
    """The element of `<name one="1"><child two="2"/><child two="3"/></name>`."""
    head, _, rest = text.partition("><")
    body, _, tail = rest.rpartition("/></")
    count = text.count("<") - 2
    if not 0 < count <= MOST_RECORDS:
        return None
    children = _read_alike(body, count) or _read_each(body, count)
    root = _read_record(head[1:]) if head[:1] == "<" else None
    if root is None or children is None or tail != f"{root.name}>":
        return None
    return Element(root.name, root.attrs, children)


def _read_alike(body: str, count: int) -> tuple[Element, ...] | None:
    """The records in `name one="1"/><name one="2"`, if all have the names of the first."""
    parts = body.split('"')
    size, odd = divmod(len(parts) // 2, count)
    if odd or not size or len(parts) != 2 * size * count + 1:
        return None
    form = _form('"'.join([*parts[: 2 * size : 2], ""]))
    if form is None:
        return None
    if count > 1:
        alike = parts[2 : -2 * size - 1 : 2] == parts[2 * size + 2 : -1 : 2]
        if not alike or parts[2 * size] != _BETWEEN + parts[0] or parts[-1]:
            return None
    elif parts[-1]:
        return None
    name, names = form
    values = parts[1::2]
    records = [values[at : at + size] for at in range(0, size * count, size)]
    return tuple([Element(name, dict(zip(names, each, strict=True))) for each in records])


def _read_each(body: str, count: int) -> tuple[Element, ...] | None:
    """The same of records that differ in their names."""
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
    form = _form('"'.join(parts[::2]))
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
