"""What can break a phone or a call never reaches an OMM: the check of guarded fields.

Pure. New input is refused with the reason; what comes from an OMM so is kept, marked and not
spread. It knows the attributes by their annotations only.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from operator import attrgetter, le

import msgspec

from mom.directory.alike import Columns
from mom.directory.fingerprints import RECORDS
from mom.directory.wire import Record
from mom.model.attribute import Attribute, Group, Kind, attributes
from mom.model.copy import Noun

MAX_SECRET_BYTES = 53
"""What an OMM's key of 512 bits can encrypt."""
_DIALLED = re.compile(r"[0-9A-Za-z*#+\-_.!~'()&=$,;?/%]*\Z")
_LINE_BREAKS = str.maketrans("", "", "\r\n\t")
_MULTI_LINE = "pp_data"
_SYMBOLS_FROM = 0x2000
_LAST_PLAIN = 0xFFFF
_MOST_GLANCES = 512

Values = Callable[[Record], tuple[str | None, ...]]


class _Texts(msgspec.Struct, frozen=True):
    """The guarded texts of a noun: all, those that are dialled, and the others."""

    attributes: tuple[Attribute, ...]
    values: Values
    dialled: Values
    others: Values


class Glance:
    """Tells at one glance that nothing is wrong with the texts of elements, as with nearly all.

    For elements with certain attributes; what it is not sure of needs the whole check.
    """

    def __init__(self, noun: Noun, names: Collection[str], lengths: Mapping[str, int]) -> None:
        """`names` are the attributes on the wire; `lengths` go before the start values."""
        found = [a for a in _texts(noun).attributes if a.wire in names]
        most = {a.wire: lengths.get(a.wire, a.attr.max_len) for a in found}
        self._others = tuple(a.wire for a in found if not a.attr.dialled)
        self._dialled = tuple(a.wire for a in found if a.attr.dialled)
        self._limits = {wire: length for wire, length in most.items() if length is not None}

    def are_harmless(self, columns: Columns) -> bool:
        """Whether no text of any element can be wrong."""
        others = "".join(chain.from_iterable([columns[name] for name in self._others]))
        dialled = "".join(chain.from_iterable([columns[name] for name in self._dialled]))
        return (
            others.isascii()
            and others.isprintable()
            and _DIALLED.match(dialled) is not None
            and all(max(map(len, columns[wire])) <= most for wire, most in self._limits.items())
        )


class Guard:
    """The check, with the lengths that OMMs taught (`ETooLong maxLen`) above the start values."""

    def __init__(self, lengths: Mapping[str, int] | None = None) -> None:
        self._lengths = dict(lengths or {})
        self._limits = {noun: self._limited(noun) for noun in RECORDS}
        self._glances: dict[tuple[Noun, tuple[str, ...]], Glance] = {}

    @property
    def lengths(self) -> dict[str, int]:
        """The learned lengths in characters, by attribute name on the wire."""
        return dict(self._lengths)

    def learn(self, wire: str, max_len: int) -> bool:
        """Remember the length that an OMM allows for an attribute; True if that is new."""
        if max_len < 1 or self._lengths.get(wire) == max_len:
            return False
        self._lengths[wire] = max_len
        self._limits = {noun: self._limited(noun) for noun in RECORDS}
        self._glances.clear()
        return True

    def are_harmless(self, noun: Noun, names: tuple[str, ...], columns: Columns) -> bool:
        """Whether a glance at elements with the attributes `names` finds nothing wrong."""
        glance = self._glances.get((noun, names))
        if glance is None:
            if len(self._glances) >= _MOST_GLANCES:
                self._glances.clear()
            glance = self._glances[noun, names] = Glance(noun, names, self._lengths)
        return glance.are_harmless(columns)

    def flaw(self, attribute: Attribute, value: object) -> str:
        """Why a value must not reach an OMM, in words; empty if it may."""
        if not isinstance(value, str) or not value:
            return ""
        if attribute.group is Group.SECRET:
            return _secret_flaw(value)
        if attribute.attr.dialled and not _DIALLED.match(value):
            return "has characters that cannot be dialled"
        most = self._lengths.get(attribute.wire, attribute.attr.max_len)
        if most is not None and len(value) > most:
            return f"has more than {most} characters"
        if value.isascii() and value.isprintable():
            return ""
        text = value.translate(_LINE_BREAKS) if attribute.name == _MULTI_LINE else value
        return "" if all(map(_plain, text)) else "has characters that phones do not take"

    def flaws(self, noun: Noun, record: Record) -> dict[str, str]:
        """All flaws of a record, by Python name."""
        texts = _texts(noun)
        if self._harmless(noun, texts, record):
            return {}
        found = {}
        for attribute, value in zip(texts.attributes, texts.values(record), strict=True):
            if flaw := self.flaw(attribute, value):
                found[attribute.name] = flaw
        return found

    def _harmless(self, noun: Noun, texts: _Texts, record: Record) -> bool:
        """Whether nothing can be wrong with a record, as with nearly all: told at one glance."""
        others = "".join(filter(None, texts.others(record)))
        if not (others.isascii() and others.isprintable()):
            return False
        if not _DIALLED.match("".join(filter(None, texts.dialled(record)))):
            return False
        values, limits = self._limits[noun]
        return all(map(le, [len(text or "") for text in values(record)], limits))

    def _limited(self, noun: Noun) -> tuple[Values, tuple[int, ...]]:
        """The texts of a noun that must not be longer than so many characters."""
        most = {
            a.name: length
            for a in _texts(noun).attributes
            if (length := self._lengths.get(a.wire, a.attr.max_len)) is not None
        }
        return _taker(most), tuple(most.values())


def _secret_flaw(text: str) -> str:
    if len(text.encode()) > MAX_SECRET_BYTES:
        return f"has more than {MAX_SECRET_BYTES} bytes"
    return "" if text.isprintable() else "has control characters"


def _plain(char: str) -> bool:
    """Whether handsets take a character: letters, marks, digits and signs of the basic plane."""
    code = ord(char)
    category = unicodedata.category(char)
    if code > _LAST_PLAIN or category[0] == "C" or category in ("Zl", "Zp"):
        return False
    return not (code >= _SYMBOLS_FROM and (category == "So" or 0xFE00 <= code <= 0xFE0F))


@functools.cache
def _texts(noun: Noun) -> _Texts:
    groups = (Group.ADMIN, Group.SUBSCRIPTION, Group.IDENTITY)
    found = tuple(
        a
        for a in attributes(RECORDS[noun])
        if a.kind is Kind.TEXT and a.group in groups and not a.attr.hidden
    )
    return _Texts(
        found,
        _taker(a.name for a in found),
        _taker(a.name for a in found if a.attr.dialled),
        _taker(a.name for a in found if not a.attr.dialled),
    )


def _taker(names: Iterable[str]) -> Values:
    """A function that takes these fields out of a record."""
    found = tuple(names)
    if len(found) > 1:
        return attrgetter(*found)
    return lambda record: tuple(getattr(record, name) for name in found)
