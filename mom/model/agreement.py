"""The last agreement between MOM and one OMM about one record, packed into few bytes.

Per merge group it holds the OMM's raw time stamp, a fingerprint of the raw values and MOM's own
revision of that group; beside them a fingerprint of what is only observed, and for a user a digest
of each secret's ciphertext as this OMM last returned it; and of what is not spread, fingerprints of
what the OMM has in its place. Packed, because there are as many as
records in the system and comparing two of them must be one comparison of bytes. It must not know
how fingerprints are made.
"""

import struct
from collections.abc import Sequence
from itertools import chain

import msgspec

from mom.model.attribute import Group
from mom.model.copy import Noun

PRINT_BYTES = 8
"""Length of a fingerprint and of a digest."""
NO_PRINT = bytes(PRINT_BYTES)
"""The fingerprint of what was never seen as a whole."""
NEVER = -1
"""The stamp and the revision of a group that was never agreed upon: MOM's values are to be sent."""
PENDING = -2
"""The revision of a relation whose other side is not known yet: nothing is sent for now."""

MOST = 64
"""Most fingerprints of what an OMM has in place of values that are not spread."""

GROUPS: dict[Noun, tuple[Group, ...]] = {
    Noun.USER: (Group.ADMIN, Group.RELATION),
    Noun.DEVICE: (Group.ADMIN, Group.RELATION, Group.ROAMING, Group.SUBSCRIPTION),
}
"""The merge groups of each noun, in the order in which they are packed."""

_FORMS = {
    2: (struct.Struct(">q8sq8s8sii"), 2),
    4: (struct.Struct(">q8sq8sq8sq8s8siiii"), 4),
}

_REVISIONS = {Noun.USER: struct.Struct(">40xii"), Noun.DEVICE: struct.Struct(">72xiiii")}
"""The revisions alone, which end a form."""


class Agreement(msgspec.Struct, frozen=True):
    """An agreement, unpacked: one entry for each group of `GROUPS`.

    `stamps` are the OMM's raw seconds since 1970, `prints` fingerprints of the raw values,
    `revisions` MOM's `rev_...` at that time; `observed` is the fingerprint of the observed values;
    `digests` holds the digests of the secrets in the order of the record, or is empty; `instead`
    fingerprints of what the OMM has in place of values that MOM does not spread, at most `MOST`.
    """

    stamps: tuple[int, ...]
    prints: tuple[bytes, ...]
    revisions: tuple[int, ...]
    observed: bytes = NO_PRINT
    digests: bytes = b""
    instead: tuple[bytes, ...] = ()

    def pack(self) -> bytes:
        """The bytes that a copy keeps."""
        instead = b"".join((bytes([len(self.instead)]), *self.instead)) if self.instead else b""
        begin = prefix(self.stamps, self.prints, self.observed, self.revisions)
        return begin + instead + self.digests


def prefix(
    stamps: tuple[int, ...],
    prints: tuple[bytes, ...],
    observed: bytes,
    revisions: tuple[int, ...],
) -> bytes:
    """The beginning of a packed agreement: equal bytes, and equal digests, are no change."""
    pairs = chain.from_iterable(zip(stamps, prints, strict=True))
    return _FORMS[len(stamps)][0].pack(*pairs, observed, *revisions)


def prefixes(
    stamps: Sequence[Sequence[int]],
    prints: Sequence[Sequence[bytes]],
    observed: Sequence[bytes],
    revisions: Sequence[Sequence[int]],
) -> list[bytes]:
    """The same of many agreements, by column."""
    pairs = chain.from_iterable(zip(stamps, prints, strict=True))
    return list(map(_FORMS[len(stamps)][0].pack, *pairs, observed, *revisions))


def unpack(noun: Noun, packed: bytes) -> Agreement:
    """Read a packed agreement of a user or a device; empty bytes agree on nothing."""
    form, count = _FORMS[len(GROUPS[noun])]
    if not packed:
        return Agreement((NEVER,) * count, (NO_PRINT,) * count, (NEVER,) * count)
    parts = form.unpack_from(packed)
    instead, digests = _instead(packed[form.size :])
    return Agreement(
        stamps=parts[0 : 2 * count : 2],
        prints=parts[1 : 2 * count : 2],
        observed=parts[2 * count],
        revisions=parts[2 * count + 1 :],
        digests=digests,
        instead=instead,
    )


def _instead(rest: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """What lies behind the prefix: digests alone, or a count, so many fingerprints, and digests."""
    if len(rest) % PRINT_BYTES == 0:
        return (), rest
    end = 1 + rest[0] * PRINT_BYTES
    found = range(1, end, PRINT_BYTES)
    return tuple(rest[at : at + PRINT_BYTES] for at in found), rest[end:]


def revisions(noun: Noun, packed: bytes) -> tuple[int, ...]:
    """Only MOM's revisions of a packed agreement, in the order of `GROUPS`."""
    if not packed:
        return (NEVER,) * len(GROUPS[noun])
    return _REVISIONS[noun].unpack_from(packed)
