"""Raw time stamps and fingerprints of an element, fast: most records of a reading are unchanged.

An OMM writes all its users with the same attributes in the same order, so that order (the shape)
is analysed once and remembered. Fingerprints are over the raw text, unknown attributes included,
whatever the order of the attributes. Secrets take no part: their padding is random.

A fingerprint only tells changes apart that an OMM made within one second; so two checksums are
enough, which cost a third of a hash.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, repeat
from operator import itemgetter
from struct import Struct
from zlib import adler32, crc32

import msgspec

from mom.directory.alike import Columns, plain_numbers
from mom.model.agreement import GROUPS, NO_PRINT
from mom.model.attribute import Group, attributes, by_wire
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.user import User

_MAX_SHAPES = 512
_SUMS = Struct(">II").pack
RECORDS: dict[Noun, type[User] | type[Device]] = {Noun.USER: User, Noun.DEVICE: Device}
"""The record class of each noun."""
_STAMPS = {
    Group.ADMIN: "timeStampAdmin",
    Group.RELATION: "timeStampRelation",
    Group.ROAMING: "timeStampRoaming",
    Group.SUBSCRIPTION: "timeStampSubscription",
}
_KEYS = {Noun.USER: ("uid", "uidSec"), Noun.DEVICE: ("ppn", "ppnSec")}
COMMON_STAMP = "timeStamp"
"""The one time stamp of a record, all that releases before 7 send."""
STAMP_NAMES = tuple(_STAMPS.values())
"""The time stamps of the groups."""


class Raw(msgspec.Struct, frozen=True, gc=False):
    """What a whole element says, unread: stamps and prints as in `mom.model.agreement.GROUPS`."""

    stamps: tuple[int, ...]
    prints: tuple[bytes, ...]
    observed: bytes


class Raws(msgspec.Struct, frozen=True):
    """The same of many elements, by column."""

    stamps: tuple[list[int], ...]
    prints: tuple[list[bytes], ...]
    observed: list[bytes]


class Printer:
    """Takes the fingerprint of some attributes."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._begun = crc32("\x00".join(names).encode())
        self._values = itemgetter(*names) if len(names) > 1 else self._few

    def of(self, attrs: Mapping[str, str]) -> bytes:
        """The fingerprint of one element."""
        if not self._names:
            return NO_PRINT
        return checksums("\x00".join(self._values(attrs)).encode(), self._begun)

    def of_all(self, columns: Columns, count: int, same: Mapping[str, str]) -> list[bytes]:
        """The fingerprints of `count` elements; `same` are texts that are known to be in all."""
        if not self._names:
            return [NO_PRINT] * count
        if all(map(same.__contains__, self._names)):
            return [self.of(same)] * count
        pieces: list[Iterable[str]] = []
        for is_same, names in groupby(self._names, same.__contains__):
            if is_same:
                pieces.append(repeat("\x00".join([same[name] for name in names]), count))
            else:
                pieces += [columns[name] for name in names]
        return _checksums_of_all(map("\x00".join, zip(*pieces, strict=True)), self._begun)

    def _few(self, attrs: Mapping[str, str]) -> tuple[str, ...]:
        return tuple([attrs[name] for name in self._names])


class Shape(msgspec.Struct, frozen=True):
    """How the attributes of an element lie: where its stamps are, and how its prints are taken."""

    stamps: tuple[str, ...]
    prints: tuple[Printer, ...]
    observed: Printer

    def raw(self, attrs: dict[str, str]) -> Raw:
        """Take stamps and fingerprints of an element of this shape."""
        return Raw(
            tuple([_stamp(attrs.get(name, "")) for name in self.stamps]),
            tuple([printer.of(attrs) for printer in self.prints]),
            self.observed.of(attrs),
        )

    def raws(self, columns: Columns, count: int, same: Mapping[str, str]) -> Raws:
        """Take them of `count` elements of this shape; `same` are texts known to be in all."""
        return Raws(
            tuple([stamps_in(columns, name, count) for name in self.stamps]),
            tuple([printer.of_all(columns, count, same) for printer in self.prints]),
            self.observed.of_all(columns, count, same),
        )


class Shapes:
    """Remembers how the attributes of elements lie, and takes fingerprints accordingly."""

    def __init__(self) -> None:
        self._known: dict[tuple[Noun, tuple[str, ...]], Shape] = {}

    def raw(self, noun: Noun, attrs: dict[str, str]) -> Raw:
        """Take stamps and fingerprints of an element that holds the whole record."""
        return self.of(noun, tuple(attrs)).raw(attrs)

    def of(self, noun: Noun, names: tuple[str, ...]) -> Shape:
        """The shape of elements with these attributes."""
        shape = self._known.get((noun, names))
        if shape is None:
            if len(self._known) >= _MAX_SHAPES:
                self._known.clear()
            shape = self._known[noun, names] = shape_of(noun, names)
        return shape


def stamp_of(group: Group, attrs: dict[str, str]) -> int:
    """The raw time stamp of a group; its absence is met by the common one, 0 = none told."""
    name = _STAMPS[group]
    return _stamp(attrs.get(name if name in attrs else COMMON_STAMP, ""))


def stamps_in(columns: Columns, name: str, count: int) -> list[int]:
    """The raw time stamps of `count` elements in the attribute `name`; 0 = none told."""
    texts = columns.get(name) or ("",) * count
    numbers = plain_numbers(texts)
    return list(map(_stamp, texts)) if numbers is None else numbers


def stamp_name(group: Group) -> str:
    """The attribute that carries the time stamp of a group."""
    return _STAMPS[group]


def group_of(noun: Noun, wire: str) -> Group | None:
    """The group of an attribute on the wire for fingerprints; None for keys and time stamps.

    Unknown attributes belong to the group admin. The IPEI goes with the subscription.
    """
    if wire in _KEYS[noun] or wire.startswith(COMMON_STAMP):
        return None
    if noun is Noun.DEVICE and wire == "ipei":
        return Group.SUBSCRIPTION
    known = by_wire(RECORDS[noun]).get(wire)
    if known is None or known.group is Group.OWN:
        return Group.ADMIN
    return known.group


def digests(attrs: dict[str, str]) -> bytes:
    """The digests of a user's secrets as this OMM wrote them, one after the other."""
    return b"".join([digest(attrs.get(name)) for name in secret_names()])


def digests_of_all(columns: Columns, count: int) -> list[bytes]:
    """The same of `count` users."""
    nothing = [NO_PRINT] * count
    found = [
        _checksums_of_all(columns[name]) if name in columns else nothing for name in secret_names()
    ]
    return list(map(b"".join, zip(*found, strict=True)))


def laid_over(former: bytes, now: bytes) -> bytes:
    """The former digests, with those in place of them that a partial event tells."""
    size = len(NO_PRINT)
    parts = []
    for start in range(0, len(now), size):
        part = now[start : start + size]
        parts.append(part if part != NO_PRINT else former[start : start + size])
    return b"".join(parts)


def digest(cipher: str | None) -> bytes:
    """The digest of one ciphertext; `NO_PRINT` where there is none."""
    if cipher is None:
        return NO_PRINT
    return checksums(cipher.encode())


@functools.cache
def secret_names() -> tuple[str, ...]:
    """The names of a user's secrets on the wire, in the order of the record."""
    return tuple(a.wire for a in attributes(User) if a.group is Group.SECRET)


def _stamp(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def shape_of(noun: Noun, attrs: tuple[str, ...]) -> Shape:
    """The shape of elements with these attributes."""
    members: dict[Group, list[str]] = {}
    for name in sorted(attrs):
        group = group_of(noun, name)
        if group is not None:
            members.setdefault(group, []).append(name)
    groups = GROUPS[noun]
    names = tuple(_STAMPS[group] for group in groups)
    return Shape(
        tuple(name if name in attrs else COMMON_STAMP for name in names),
        tuple(Printer(members.get(group, [])) for group in groups),
        Printer(members.get(Group.OBSERVED, [])),
    )


def checksums(content: bytes, begun: int = 0) -> bytes:
    """The fingerprint of `content`, going on from the one checksum; never `NO_PRINT`."""
    return _SUMS(crc32(content, begun), adler32(content))


def _checksums_of_all(texts: Iterable[str], begun: int = 0) -> list[bytes]:
    contents = list(map(str.encode, texts))
    return list(map(_SUMS, map(crc32, contents, repeat(begun)), map(adler32, contents)))
