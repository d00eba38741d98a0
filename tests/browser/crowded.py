"""A house with 50,000 users, for the tests and measurements of large tables."""

import os
import sys
from pathlib import Path

from twisted.internet.utils import getProcessOutputAndValue

from tests.browser.house import PASSWORD, SITES, House
from tests.system.processes import free_port, simulator

PEOPLE = 50_000
EMPTY_SITES = 24
"""OMM records where the phones of the crowd are; nobody connects to them."""
SAME = 3
"""Users and devices of the simulated sites, which come in addition."""
ROOT = Path(__file__).resolve().parents[2]


class CrowdedHouse(House):
    """A running system whose database is filled before it starts; two sites are connected."""

    async def _start(self) -> None:
        sites = SITES[:2]
        port = free_port(len(sites) + 1)
        fleet = simulator(
            self.mom.folder, port, omms=len(sites), users=SAME, devices=SAME, life="off"
        )
        fleet.start()
        self._programs.append(fleet)
        await self.mom.do("init")
        await self.mom.do("passwd", "--password", PASSWORD)
        await self._license()
        await self._crowd()
        await self.mom.start()
        await self._accept_terms()
        await self._fill(port)

    async def _crowd(self) -> None:
        _, errors, code = await getProcessOutputAndValue(
            sys.executable,
            ["-m", "tests.browser.crowd", str(self.mom.config), "--users", str(PEOPLE)],
            {"PATH": os.environ["PATH"]},
            str(ROOT),
        )
        assert code == 0, errors.decode()
