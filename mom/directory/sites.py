"""The OMM records as the directory needs them, and what becomes of the copies of a deleted one.

It must not know sessions; whether an OMM is connected is of no matter here.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from mom.directory.index import NOUNS, Index
from mom.directory.lines import omm_name
from mom.directory.roaming import roam
from mom.directory.units import Units
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.store.changes import Change, Many
from mom.store.store import Store

_BATCH = 200
"""Records changed in one unit of work."""


class Sites:
    """All OMM records, found by number and by ARI."""

    def __init__(self) -> None:
        self._omms: dict[OmmId, Omm] = {}
        self._by_ari: dict[str, OmmId] = {}

    def load(self, omms: Mapping[OmmId, Omm]) -> None:
        """Take the records of the database."""
        self._omms = dict(omms)
        self._sort()

    def get(self, omm: OmmId) -> Omm | None:
        """The record with that number."""
        return self._omms.get(omm)

    def home_of(self, ari: str) -> OmmId:
        """The OMM record with that ARI; 0 = none."""
        return self._by_ari.get(ari.upper(), OmmId(0))

    def limits(self) -> dict[OmmId, int]:
        """How many phones each enabled OMM takes, as it told last; 0 = never."""
        return {omm.id: omm.most_phones for omm in self._omms.values() if omm.enabled}

    def follow(self, changes: Sequence[Change | Many]) -> list[OmmId]:
        """Take over what was committed; tells which records were deleted."""
        deleted = []
        ours = [c for c in changes if isinstance(c, Change) and c.noun is Noun.OMM]
        for change in ours:
            omm = OmmId(int(change.id))
            if isinstance(change.after, Omm):
                self._omms[omm] = change.after
            elif self._omms.pop(omm, None) is not None:
                deleted.append(omm)
        if ours:
            self._sort()
        return deleted

    def _sort(self) -> None:
        self._by_ari = {omm.omm_id: omm.id for omm in self._omms.values() if omm.omm_id}


async def release(
    omm: OmmId, index: Index, units: Units, home_of: Callable[[str], OmmId], now: int
) -> None:
    """An OMM record was deleted: its records stay in MOM, devices without a home; a phone that was
    moving there stays where it was. `home_of` finds an OMM by its ARI; `now`: since 1970.
    """
    copies = [copy for noun in NOUNS for copy in list(index.shelf(noun, omm))]
    devices = sorted(index.at_home(omm))
    for start in range(0, len(copies), _BATCH):
        async with units.open(cause=f"{omm_name(omm)} deleted") as bench:
            for copy in copies[start : start + _BATCH]:
                bench.drop_copy(copy)
    for start in range(0, len(devices), _BATCH):
        async with units.open(cause=f"{omm_name(omm)} deleted") as bench:
            await bench.load((), devices[start : start + _BATCH])
            for number in devices[start : start + _BATCH]:
                device = bench.device(number)
                if device is None or device.home != omm:
                    continue
                if roam.phase(device) is not roam.Phase.RESTS:
                    bench.put(roam.aborted(device, home_of(device.omm_id_ack or ""), now))
                    continue
                revision = device.revision + 1
                bench.put(msgspec.structs.replace(device, home=OmmId(0), revision=revision))


async def note_missing(store: Store, sites: Sites, omm: OmmId, missing: int) -> bool:
    """Keep with an OMM record how many records vanished from the OMM; tells whether that is new."""
    record = sites.get(omm)
    if record is None or record.missing == missing:
        return False
    async with store.write(cause="reading") as work:
        now = (await work.omms([omm])).get(omm)
        if now is not None:
            work.put_omm(now, msgspec.structs.replace(now, missing=missing))
    return True
