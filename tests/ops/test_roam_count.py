"""The moves of today: those of before the start are read, the others are heard of."""

from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor

from mom.model.identities import DeviceNumber, OmmId
from mom.model.roam import Roam, RoamResult
from mom.ops.roam_count import RoamCount, midnight
from mom.store.store import Store
from mom.store.vault import KEY_BYTES, Vault

NOON = midnight(1_780_056_000.0) + 43_200
DAY = 86_400


class Day:
    """A store, and a clock that stands at noon."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.moving = 2
        self.count = RoamCount(store, lambda: self.now, lambda: self.moving)

    async def roam(self, *results: RoamResult, at: float = NOON) -> None:
        async with self.store.write() as work:
            for result in results:
                work.put_roam(Roam(at=int(at), ppn=DeviceNumber(7), target=OmmId(4), result=result))

    @property
    def figures(self) -> tuple[int, int, int]:
        found = self.count.figures()
        return found.running, found.done, found.failed


@pytest.mark.feature("F130")
@ensureDeferred
async def test_moves_of_today_are_counted_over_a_restart_and_until_midnight(tmp_path: Path) -> None:
    store = await Store.open(
        f"sqlite:///{tmp_path / 'mom.db'}", Vault(bytes(KEY_BYTES)), reactor, lambda: NOON
    )
    try:
        day = Day(store)
        await day.roam(RoamResult.MOVED, RoamResult.AWAY, at=NOON - DAY)
        await day.roam(RoamResult.MOVED, RoamResult.TAKEN, RoamResult.REFUSED)
        await day.count.start()
        assert day.figures == (2, 2, 1)
        await day.roam(RoamResult.MOVED, RoamResult.NOT_FOUND)
        assert day.figures == (2, 3, 2)
        day.now, day.moving = NOON + DAY, 0
        assert day.figures == (0, 0, 0)
        day.count.stop()
        await day.roam(RoamResult.MOVED)
        assert day.figures == (0, 0, 0)
    finally:
        await store.close()
