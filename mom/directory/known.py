"""Which record of MOM an element of an OMM is: the rules of identity, in their order. Pure."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from mom.axi.element import Element
from mom.directory.alike import Columns
from mom.directory.entry import Entry
from mom.directory.marks import NO_ANSWER
from mom.directory.wire import Told
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId, ipei_key

MAX_NUMBER = 2**31 - 1
"""The greatest system-wide number."""
MAX_ADOPTED = 100_000_000
"""The greatest that is adopted from an OMM: new ones count on from there, and must not run out."""


class Lookup(Protocol):
    """Finds records and copies, drafts included."""

    def entry(self, noun: Noun, number: int) -> Entry | None:
        """The entry of a record."""

    def with_key(self, noun: Noun, key: str) -> tuple[int, ...]:
        """The records with that `num` or IPEI."""

    def copies(self, noun: Noun, number: int) -> tuple[Copy, ...]:
        """The copies of a record."""

    def copy(self, noun: Noun, number: int, omm: OmmId) -> Copy | None:
        """The copy of a record on an OMM."""

    def local(self, noun: Noun, omm: OmmId, local: int) -> Copy | None:
        """The copy with that local number."""


class Identity(msgspec.Struct, frozen=True):
    """Which record an element is.

    `number` is its system-wide number, 0 for a new record; `adopt` is the number that the OMM has
    for a new record and that is free in MOM; `stale` is the copy that had this local number and
    was another record: that one is no longer on the OMM.
    """

    number: int
    adopt: int = 0
    stale: Copy | None = None


def key_of(told: Told) -> str:
    """The `num` or the IPEI digits that an element tells; empty if it tells none."""
    if told.noun is Noun.USER:
        return str(told.value(Group.ADMIN, "num") or "")
    return ipei_key(str(told.value(Group.SUBSCRIPTION, "ipei") or ""))


def key_in(noun: Noun, element: Element) -> str:
    """The same, of an element that has not been read."""
    if noun is Noun.USER:
        return element.attrs.get("num", "")
    return ipei_key(element.attrs.get("ipei", ""))


def keys_in(noun: Noun, columns: Columns) -> Iterable[str]:
    """The same of many elements; nothing if they tell none."""
    if noun is Noun.USER:
        return columns.get("num", ())
    return map(ipei_key, columns.get("ipei", ()))


def identify(told: Told, omm: OmmId, lookup: Lookup) -> Identity:
    """Find the record of a whole element.

    By the copy table; by the system-wide number if MOM's record of that number has the same `num`
    or IPEI, or was offered to this OMM under it and is not confirmed yet; by IPEI; by a `num` whose
    record is unbound and on no OMM, vanished from this one, or was offered to it and not
    answered. Else it is new, with the number that the OMM has for it if that is free in MOM.
    """
    key = key_of(told)
    copy = lookup.local(told.noun, omm, told.local)
    if copy is not None and _still(copy, told, key, lookup):
        return Identity(copy.number)
    number = told.number or 0
    if 0 < number <= MAX_NUMBER:
        entry = lookup.entry(told.noun, number)
        ours = entry is not None and (entry.key == key or _offered(told.noun, number, omm, lookup))
        if ours:
            return Identity(number, stale=copy)
    for candidate in lookup.with_key(told.noun, key):
        entry = lookup.entry(told.noun, candidate)
        if entry is not None and (
            told.noun is Noun.DEVICE
            or _idle(entry, omm, lookup)
            or _vanished(told.noun, candidate, omm, lookup)
            or _unanswered(told.noun, candidate, omm, lookup)
        ):
            return Identity(candidate, stale=copy)
    free = 0 < number <= MAX_ADOPTED and not _taken(told.noun, number, lookup)
    adopt = number if free else 0
    return Identity(0, adopt=adopt, stale=copy)


def _still(copy: Copy, told: Told, key: str, lookup: Lookup) -> bool:
    """Whether a local number still is the record it was: local numbers are used again."""
    entry = lookup.entry(told.noun, copy.number)
    same_key = entry is not None and entry.key == key
    if same_key or entry is None:
        return True
    if told.noun is Noun.DEVICE and not entry.key and lookup.with_key(told.noun, key):
        return False
    if copy.shown and told.number is not None:
        return told.number == copy.shown
    if told.noun is Noun.DEVICE:
        return not (entry.key and key)
    return True


def _offered(noun: Noun, number: int, omm: OmmId, lookup: Lookup) -> bool:
    """Whether MOM has sent the record there, and nobody has said where it is."""
    copy = lookup.copy(noun, number, omm)
    return copy is not None and copy.state is CopyState.OFFERED and not copy.local


def _unanswered(noun: Noun, number: int, omm: OmmId, lookup: Lookup) -> bool:
    """Whether MOM has sent the record there, and the OMM may have taken it: it did not refuse."""
    copy = lookup.copy(noun, number, omm)
    refused = copy is not None and copy.refused not in ("", NO_ANSWER)
    return not refused and _offered(noun, number, omm, lookup)


def _vanished(noun: Noun, number: int, omm: OmmId, lookup: Lookup) -> bool:
    """Whether the OMM had the record, and has lost it or has something else in its place."""
    copy = lookup.copy(noun, number, omm)
    return copy is not None and copy.state is CopyState.HELD and not copy.local


def _idle(entry: Entry, omm: OmmId, lookup: Lookup) -> bool:
    """Whether a user is unbound and on no OMM (an offer to this very OMM does not count)."""
    return not entry.partner and all(
        copy.omm == omm for copy in lookup.copies(entry.noun, entry.number)
    )


def _taken(noun: Noun, number: int, lookup: Lookup) -> bool:
    return lookup.entry(noun, number) is not None or bool(lookup.copies(noun, number))
