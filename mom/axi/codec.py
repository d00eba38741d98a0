"""Turning one frame into an ``Element`` and back.

Reading is strict about what could harm (no DTD, no entities, no network, bounded depth and counts)
and lenient about what the field sends: characters that XML forbids have been seen in real messages,
so a frame that does not parse is read once more without them. Writing refuses such characters.
This module must not know what any message means.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from lxml import etree

from mom.axi.element import Element
from mom.axi.errors import MalformedFrame, Unencodable
from mom.axi.repeats import MOST_ATTRIBUTES, read_plain

MAX_DEPTH = 16
"""Deepest nesting of elements; real messages have at most four levels."""

MAX_NAMES = 16 * 1024
"""Most characters of the names of one element's attributes, which are remembered; those of
``GetVersionsResp`` are the most that OMMs send, about 8,000."""

MAX_ELEMENTS = 20_000
"""Most elements in one message; the longest real answer has some hundreds."""

_MOST_PARSED = 4 * MOST_ATTRIBUTES
"""Most attributes of one element that are left to the parser to count."""

_MOST_SHAPES = 256
"""Different lists of attribute names that are remembered."""

MAX_NAME = 128
"""Longest name of an element or attribute that is written, in characters."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_LONG = re.compile(rb"<[^<]{%d,}" % (_MOST_PARSED * len(' a=""')))
"""A tag that is long enough for so many attributes, with the text behind it."""
_CHAR_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,9}));")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


class Decoder:
    """Reads frames one after the other, of any link; keep one, because building it costs time.

    No entity but XML's own five can occur, because a frame with a document type is refused before
    it is parsed. (Told not to resolve entities, libxml2 would turn ``&amp;`` in an attribute into
    ``&#38;``.)
    """

    def __init__(self) -> None:
        self._builder = _Builder()
        self._parser = etree.XMLParser(
            target=cast("Any", self._builder),
            encoding="utf-8",
            resolve_entities="internal",
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def decode(self, frame: bytes) -> Element:
        """Return the message in a frame; raise ``MalformedFrame`` if there is none."""
        found = read_plain(frame)
        if found is not None:
            return found
        try:
            return self._parse(frame)
        except etree.XMLSyntaxError as error:
            cleaned = _without_forbidden(frame)
            if cleaned == frame:
                raise MalformedFrame("not XML", _brief(error)) from None
        try:
            return self._parse(cleaned)
        except etree.XMLSyntaxError as error:
            raise MalformedFrame("not XML", _brief(error)) from None

    def _parse(self, frame: bytes) -> Element:
        if b"<!DOCTYPE" in frame:
            raise MalformedFrame("DTD", "a message must not define a document type")
        if frame.count(b"=") > _MOST_PARSED and _is_crowded(frame):
            raise MalformedFrame("too many attributes", f"more than {MOST_ATTRIBUTES}")
        self._builder.reset()
        root = etree.fromstring(frame, self._parser)
        if not isinstance(root, Element):
            raise MalformedFrame("not XML", "no element")
        return root


def decode(frame: bytes) -> Element:
    """Return the message in one frame (without its zero byte).

    Raises ``MalformedFrame`` if the frame is not XML, has a document type or an unknown entity, is
    nested deeper than 16 levels, or has more than 512 attributes on an element, 16,384 characters
    of their names, or 20,000 elements.
    """
    return Decoder().decode(frame)


class _Builder:
    """The lxml parser target: receives tags, keeps a stack of open elements."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._open: list[tuple[str, dict[str, str], list[Element]]] = []
        self._texts: list[list[str]] = []
        self._count = 0
        self._root: Element | None = None

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_DEPTH:
            raise MalformedFrame("too deep", f"more than {MAX_DEPTH} levels")
        if len(attrib) > MOST_ATTRIBUTES:
            raise MalformedFrame("too many attributes", f"more than {MOST_ATTRIBUTES}")
        if self._count > MAX_ELEMENTS:
            raise MalformedFrame("too many elements", f"more than {MAX_ELEMENTS}")
        if ":" in tag or "{" in tag:
            tag = _local_name(tag)
        names = _shared(tuple(attrib))
        if names is None:
            attrib = _without_namespaces(attrib)
            names = tuple(attrib)
        attrs = dict(zip(names, attrib.values(), strict=True))
        self._open.append((tag, attrs, []))
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        name, attrs, children = self._open.pop()
        text = "".join(self._texts.pop())
        if children and text and not text.strip():
            text = ""
        element = Element(name, attrs, tuple(children), text)
        if self._open:
            self._open[-1][2].append(element)
        else:
            self._root = element

    def doctype(self, *ids: str | None) -> None:
        raise MalformedFrame("DTD", "a message must not define a document type")

    def close(self) -> Element | None:
        return self._root


@lru_cache(maxsize=_MOST_SHAPES)
def _shared(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The same names as objects that all records share: half of a record's memory.

    None if a name has a namespace.
    """
    if sum(map(len, names)) > MAX_NAMES:
        raise MalformedFrame("too long names", f"more than {MAX_NAMES} characters")
    if any("{" in name or ":" in name for name in names):
        return None
    return tuple(map(sys.intern, names))


def _local_name(tag: str) -> str:
    """An element's name without its namespace; AXI uses none."""
    tag = tag.rpartition("}")[2]
    if ":" in tag:
        raise MalformedFrame("undeclared prefix", "a name with a colon")
    return tag


def _without_namespaces(attrib: Mapping[str, str]) -> Mapping[str, str]:
    """The attributes that have no namespace; AXI uses none."""
    kept = {name: value for name, value in attrib.items() if not name.startswith("{")}
    if any(":" in name for name in kept):
        raise MalformedFrame("undeclared prefix", "a name with a colon")
    return kept


def _is_crowded(frame: bytes) -> bool:
    """Whether an element has so many attributes that the parser must not see it.

    The parser takes in all attributes of an element before it can be stopped, and keeps their names
    for ever. Each has an equals sign and two quotes; a value or a text may have many of either, but
    hardly of both.
    """
    for found in _LONG.finditer(frame):
        tag = found[0]
        quotes = tag.count(b'"') + tag.count(b"'")
        if min(tag.count(b"="), quotes // 2) > _MOST_PARSED:
            return True
    return False


def _without_forbidden(frame: bytes) -> bytes:
    """Return the frame without characters that XML 1.0 forbids, and with broken UTF-8 replaced."""
    text = _FORBIDDEN.sub("", frame.decode("utf-8", "replace"))
    return _CHAR_REFERENCE.sub(_keep_reference, text).encode("utf-8")


def _keep_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > 0x10FFFF or _FORBIDDEN.match(chr(code)):
        return ""
    return match[0]


def _brief(error: etree.XMLSyntaxError) -> str:
    """Say what is wrong and where, without quoting the message: it may hold a secret."""
    entry = error.error_log.last_error
    line, column = error.position
    return f"{entry.type_name if entry else 'error'} at line {line}, column {column}"


class Prepared(Element, frozen=True):
    """A child that many messages have: it is written once, by ``prepared``."""

    written: str = ""


def prepared(element: Element) -> Prepared:
    """Write an element that has no children once and for all; raises ``Unencodable``."""
    written = _written(element, depth=1)
    return Prepared(element.name, element.attrs, (), element.text, written)


def encode(element: Element) -> bytes:
    """Return a message as UTF-8 bytes, without XML declaration and without the zero byte.

    Line breaks and tabs become character references, so that attributes keep them. Raises
    ``Unencodable`` for a name that is not a plain XML name, for characters that XML forbids, and
    for nesting deeper than a peer would read.
    """
    return _written(element, MAX_DEPTH).encode("utf-8")


def encode_numbered(element: Element, seq: int) -> bytes:
    """The same with ``seq`` as the first attribute, in place of one that the element has."""
    if "seq" in element.attrs:
        element = element.having({"seq": None})
    return f'<{element.name} seq="{seq}"{_behind_name(element, MAX_DEPTH)}'.encode()


def _written(element: Element, depth: int) -> str:
    if isinstance(element, Prepared):
        return element.written
    return f"<{element.name}{_behind_name(element, depth)}"


def _behind_name(element: Element, depth: int) -> str:
    """Everything behind the name of an element that may have ``depth`` levels, its own included."""
    name, attrs, children = element.name, element.attrs, element.children
    _check_names(name, tuple(attrs))
    if not _is_plain("".join(attrs.values())):
        attrs = {each: _escaped(value) for each, value in attrs.items()}
    written = "".join([f' {each}="{value}"' for each, value in attrs.items()])
    if not children and not element.text:
        return f"{written}/>"
    if children and depth == 1:
        raise Unencodable(f"{children[0].name}: more than {MAX_DEPTH} levels")
    inside = "".join([_written(child, depth - 1) for child in children])
    return f"{written}>{_escaped(element.text)}{inside}</{name}>"


def _is_plain(text: str) -> bool:
    """Tell quickly that nothing has to be escaped; a ``False`` may be wrong, a ``True`` never."""
    return (
        text.isprintable()
        and "&" not in text
        and '"' not in text
        and "<" not in text
        and ">" not in text
    )


def _escaped(text: str) -> str:
    if _is_plain(text):
        return text
    if _FORBIDDEN.search(text):
        raise Unencodable("a character that XML forbids")
    return text.translate(_ESCAPES)


@lru_cache(maxsize=_MOST_SHAPES)
def _check_names(name: str, attributes: tuple[str, ...]) -> None:
    for each in (name, *attributes):
        if len(each) > MAX_NAME or not _NAME.fullmatch(each) or each == "xmlns":
            raise Unencodable("a name that is not a plain XML name")
