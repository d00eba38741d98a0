"""How a record stands at an OMM, told at a glance. Pure.

After a reading nearly all records are in order, or only lack their system-wide number; planning
each of them would cost more than reading it. Whatever is not plain is for `next_step`.
"""

import enum
from collections.abc import Iterable

from mom.directory.entry import Entry
from mom.directory.index import NOUNS
from mom.directory.rows import Known
from mom.directory.sending.sends import Site
from mom.directory.wanted import wanted
from mom.model.agreement import PENDING, revisions
from mom.model.copy import CopyState, Noun


class Standing(enum.Enum):
    """How a record stands at an OMM, seen by itself."""

    IN_ORDER = "in order"
    UNNUMBERED = "unnumbered"
    UNCLEAR = "unclear"


_HELD = CopyState.HELD
_USER, _DEVICE = NOUNS


def standing(site: Site, noun: Noun, number: int) -> Standing:
    """What there is to do about a record, told at a glance for those that were read as they are.

    `IN_ORDER`: nothing; `UNNUMBERED`: only its system-wide number is to be told; `UNCLEAR`:
    `next_step` knows. A bound record that lacks its partner there is for the partner to tell.
    """
    index, omm = site.index, site.omm
    entry, copy = index.entry(noun, number), index.copy(noun, number, omm)
    if entry is None or copy is None or copy.state is not _HELD or not copy.local:
        return Standing.UNCLEAR
    agreed, current = revisions(noun, copy.agreed), entry.revisions
    if agreed != current and any(
        there not in (here, PENDING) for there, here in zip(agreed, current, strict=True)
    ):
        return Standing.UNCLEAR
    if not site.abilities.set_pp or not wanted(entry, omm, index):
        return Standing.UNCLEAR
    return Standing.IN_ORDER if copy.told == number else Standing.UNNUMBERED


def numberless(entries: Iterable[Entry]) -> dict[Known, bool]:
    """Of records that came from an OMM just now and matter to no other one, those that stand there
    `UNNUMBERED`. The value: whether a record is told its number by itself, not with its user.

    The OMM must know system-wide numbers.
    """
    devices = [e for e in entries if e.noun is _DEVICE and e.active and e.home]
    found = {(_USER, device.partner): True for device in devices if device.partner}
    found.update([((_DEVICE, device.number), not device.partner) for device in devices])
    return found
