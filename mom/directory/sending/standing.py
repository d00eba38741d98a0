"""How a record stands at an OMM, told at a glance. Pure.

After a reading nearly all records are in order, or only lack their system-wide number; planning
each of them would cost more than reading it. Whatever is not plain is for `next_step`.
"""

import enum

from mom.directory.index import NOUNS, Index
from mom.directory.rows import Known
from mom.directory.sending.sends import Site
from mom.directory.wanted import wanted
from mom.model.agreement import PENDING, revisions
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId


class Standing(enum.Enum):
    """How a record stands at an OMM, seen by itself."""

    IN_ORDER = "in order"
    UNNUMBERED = "unnumbered"
    UNCLEAR = "unclear"


_HELD = CopyState.HELD
_DEVICE = Noun.DEVICE


def standing(site: Site, noun: Noun, number: int) -> Standing:
    """What there is to do about a record, told at a glance for those that were read as they are.

    `IN_ORDER`: nothing; `UNNUMBERED`: only its system-wide number is to be told; `UNCLEAR`:
    `next_step` knows. Whether a partner is there too shows when that one is looked at.
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
    return Standing.IN_ORDER if copy.is_numbered else Standing.UNNUMBERED


def at_home(index: Index, omm: OmmId) -> dict[Known, Standing]:
    """The same, all at once, of the records that are at home at an OMM and held there just as
    agreed upon, which nearly all are. The OMM must know system-wide numbers.
    """
    devices = ((number, index.entry(_DEVICE, number)) for number in index.at_home(omm))
    homes = {number for number, device in devices if device is not None and device.active}
    in_order, unnumbered = Standing.IN_ORDER, Standing.UNNUMBERED
    found = {}
    for noun in NOUNS:
        for copy in index.shelf(noun, omm).by_local.values():
            number = copy.number
            entry = index.entry(noun, number)
            if (
                entry is not None
                and (number if noun is _DEVICE else entry.partner) in homes
                and copy.state is _HELD
                and revisions(noun, copy.agreed) == entry.revisions
            ):
                found[noun, number] = in_order if copy.is_numbered else unnumbered
    return found
