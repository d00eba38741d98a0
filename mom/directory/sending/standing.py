"""How a record stands at an OMM, told at a glance. Pure.

After a reading nearly all records are in order, or only lack their system-wide number; planning
each of them would cost more than reading it. Whatever is not plain is for `next_step`.
"""

import enum

from mom.directory.sending.sends import Site
from mom.directory.wanted import wanted
from mom.model.agreement import PENDING, revisions
from mom.model.copy import CopyState, Noun


class Standing(enum.Enum):
    """How a record stands at an OMM, seen by itself."""

    IN_ORDER = "in order"
    UNNUMBERED = "unnumbered"
    UNCLEAR = "unclear"


def standing(site: Site, noun: Noun, number: int) -> Standing:
    """What there is to do about a record, told at a glance for those that were read as they are.

    `IN_ORDER`: nothing; `UNNUMBERED`: only its system-wide number is to be told; `UNCLEAR`:
    `next_step` knows. A bound record that lacks its partner there is for the partner to tell.
    """
    entry = site.index.entry(noun, number)
    copy = site.index.copy(noun, number, site.omm)
    if entry is None or copy is None or copy.state is not CopyState.HELD or not copy.local:
        return Standing.UNCLEAR
    agreed = revisions(noun, copy.agreed)
    if agreed != entry.revisions and any(
        there not in (here, PENDING) for there, here in zip(agreed, entry.revisions, strict=True)
    ):
        return Standing.UNCLEAR
    if not site.abilities.set_pp or not wanted(entry, site.omm, site.index):
        return Standing.UNCLEAR
    return Standing.IN_ORDER if copy.told == number else Standing.UNNUMBERED
