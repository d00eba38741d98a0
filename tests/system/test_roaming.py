"""Phones walk between simulated sites, over real links, under a real MOM."""

import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from tests.system.house import House
from tests.system.processes import SARI, Mom, Program, until
from tests.system.test_convergence import Lab

pytestmark = pytest.mark.system


class Walks(Lab):
    """A licensed MOM and some sites."""

    async def begin(self) -> None:
        await super().begin()
        await self.mom.license()
        await self.at_rest()

    async def phones(self, omm: int) -> list[str]:
        """The phones that a site holds and that belong to somebody."""
        site = (await self.simulated.sites())[omm - 1]
        return [d["ipei"] for d in site["devices"] if d["s"] in (True, "1", "Yes") and d["uid"]]

    async def model(self, ipei: str) -> str:
        """The model of a phone as MOM tells it."""
        house = House(self.mom)
        await house.sign_in()
        return str((await house.find("devices", "ipei", ipei))["hwType"])

    async def all_served(self, seconds: float = 60.0) -> None:
        """Wait until no phone waits or is refused."""
        seen: dict[str, Any] = {}

        async def served() -> bool:
            seen.update(await self.simulated.do("phones"))
            return not seen["waiting"] and not seen["refused"]

        try:
            await until(served, seconds)
        except TimeoutError:
            raise AssertionError(f"{seen}\n{self.mom.service.text()[-3000:]}") from None


@pytest.mark.feature("F32", "F33", "F34", "F35")
@ensureDeferred
async def test_a_phone_that_walks_to_another_site_is_served_there_and_gone_from_the_old_one(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Walks(mom, fleet, 2, quirks="none", sari=SARI)
    await lab.begin()
    ipei = (await lab.phones(1))[0]
    model = await lab.model(ipei)
    assert model not in ("", "Unknown")
    result = await lab.simulated.do("walk", omm=2, ipei=ipei)
    assert result["result"] == "told"
    await lab.all_served()
    await lab.at_rest()
    assert ipei not in await lab.phones(1)
    assert ipei in await lab.phones(2)
    assert await lab.model(ipei) == model
    assert not lab.complaints()


@ensureDeferred
async def test_after_phones_walked_while_mom_was_killed_again_and_again_all_are_served(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Walks(mom, fleet, 4, quirks="random", seed=5, sari=SARI)
    await lab.begin()
    chance = random.Random(5)
    phones = [ipei for omm in range(1, 5) for ipei in await lab.phones(omm)]
    for _ in range(3):
        for ipei in chance.sample(phones, 12):
            await lab.simulated.do("walk", omm=chance.randrange(1, 5), ipei=ipei)
        mom.service.end(signal.SIGKILL)
        await mom.start()
        await mom.until_connected(4)
    await lab.all_served()
    await lab.at_rest()
    assert not lab.complaints()
