"""Changes of MOM's own that an OMM carried out late. Pure.

An OMM may stamp what MOM sends by its own clock. If the record is changed in MOM again while that
is on its way, and the answer never arrives, the OMM's stamp is the newer one at the next reading,
though the OMM has only what MOM had before: the later change, which somebody was told is saved,
must stand.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from mom.directory.fingerprints import RECORDS
from mom.directory.wire import Told
from mom.model.attribute import Group, attributes
from mom.model.copy import Noun
from mom.model.device import ROAMING_STARTED

LATE_SECONDS = 30
"""How much newer an OMM's stamp of MOM's former change may be: requests are given up earlier."""


def is_close(omm_at: int, mom_at: int) -> bool:
    """Whether an OMM's stamp is newer than MOM's by so little; both by MOM's clock."""
    return 0 < omm_at - mom_at <= LATE_SECONDS


def past(noun: Noun, lost: Iterable[str]) -> dict[str, list[object]]:
    """The values that a record had, by Python name; `lost` as in its explainable lines."""
    names = {a.wire: a.name for a in attributes(RECORDS[noun])}
    found: dict[str, list[object]] = {}
    for text in lost:
        for wire, value in msgspec.json.decode(text or "{}", type=dict[str, object]).items():
            if wire in names:
                found.setdefault(names[wire], []).append(value)
    return found


def is_own(
    names: Collection[str], told: Mapping[str, object], former: Mapping[str, Collection[object]]
) -> bool:
    """Whether all that an OMM has otherwise than MOM is what MOM had before."""
    return bool(names) and all(n in told and told[n] in former.get(n, ()) for n in names)


def is_move(group: Group, told: Told) -> bool:
    """Whether an OMM tells that a phone is on its way: only MOM says so, and when it has ended.

    An OMM that got the record meanwhile still says it, with the newer stamp if its clock stamps.
    """
    return group is Group.ROAMING and told.value(group, "roaming") == ROAMING_STARTED
