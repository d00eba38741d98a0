"""Raw time stamps and fingerprints of an element, fast: most records of a reading are unchanged.

An OMM writes all its users with the same attributes in the same order, so that order (the shape)
is analysed once and remembered. Fingerprints are over the raw text, unknown attributes included,
whatever the order of the attributes. Secrets take no part: their padding is random.

A fingerprint only tells changes apart that an OMM made within one second; so two checksums are
enough, which cost a third of a hash.
"""

import functools
from collections.abc import Callable
from operator import itemgetter
from struct import Struct
from zlib import adler32, crc32

import msgspec

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

Print = Callable[[dict[str, str]], bytes]


class Raw(msgspec.Struct, frozen=True, gc=False):
    """What a whole element says, unread: stamps and prints as in `mom.model.agreement.GROUPS`."""

    stamps: tuple[int, ...]
    prints: tuple[bytes, ...]
    observed: bytes


class Shape(msgspec.Struct, frozen=True):
    """How the attributes of an element lie: where its stamps are, and how its prints are taken."""

    stamps: tuple[str, ...]
    prints: tuple[Print, ...]
    observed: Print

    def raw(self, attrs: dict[str, str]) -> Raw:
        """Take stamps and fingerprints of an element of this shape."""
        return Raw(
            tuple([_stamp(attrs, name) for name in self.stamps]),
            tuple([take(attrs) for take in self.prints]),
            self.observed(attrs),
        )


class Shapes:
    """Remembers how the attributes of elements lie, and takes fingerprints accordingly."""

    def __init__(self) -> None:
        self._known: dict[tuple[Noun, tuple[str, ...]], Shape] = {}

    def raw(self, noun: Noun, attrs: dict[str, str]) -> Raw:
        """Take stamps and fingerprints of an element that holds the whole record."""
        key = (noun, tuple(attrs))
        shape = self._known.get(key)
        if shape is None:
            if len(self._known) >= _MAX_SHAPES:
                self._known.clear()
            shape = self._known[key] = shape_of(noun, key[1])
        return shape.raw(attrs)


def stamp_of(group: Group, attrs: dict[str, str]) -> int:
    """The raw time stamp of a group; its absence is met by the common one, 0 = none told."""
    name = _STAMPS[group]
    return _stamp(attrs, name if name in attrs else COMMON_STAMP)


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


def _stamp(attrs: dict[str, str], name: str) -> int:
    text = attrs.get(name, "0")
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
        tuple(_printer(members.get(group, [])) for group in groups),
        _printer(members.get(Group.OBSERVED, [])),
    )


def _printer(names: list[str]) -> Print:
    """A function that takes the fingerprint of these attributes."""
    if not names:
        return lambda attrs: NO_PRINT
    begun = crc32("\x00".join(names).encode())
    values = itemgetter(*names) if len(names) > 1 else lambda attrs: (attrs[names[0]],)

    def take(attrs: dict[str, str]) -> bytes:
        return checksums("\x00".join(values(attrs)).encode(), begun)

    return take


def checksums(content: bytes, begun: int = 0) -> bytes:
    """The fingerprint of `content`, going on from the one checksum; never `NO_PRINT`."""
    return _SUMS(crc32(content, begun), adler32(content))
