"""Whatever happens to the fleet and to MOM: once it rests, they agree in every record."""

import random
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from tests.system.agreement import Simulated, disagreements
from tests.system.house import PASSWORD, House
from tests.system.processes import Mom, Program, free_port, reactor, until

pytestmark = pytest.mark.system

LONG = 2 * 3600.0
"""Seconds of life in the long form."""
SHOWN = 20
"""Disagreements that a failed test shows."""
WRITES = ("SetPP", "CreatePPUser", "CreatePPDev", "SetPPUser", "SetPPDev", "DeletePPUser")
_COMPLAINT = re.compile(r"^(Traceback|.*\[[^\]]*#(error|critical)\].*)", re.MULTILINE)


class Lab:
    """MOM and a simulated fleet, each in its process."""

    def __init__(
        self,
        mom: Mom,
        fleet: Callable[..., Program],
        omms: int,
        licensed: bool = False,
        **options: Any,
    ) -> None:
        self.mom = mom
        self.omms = omms
        self.licensed = licensed
        self.options = {"users": 12, "devices": 12, "unbound-users": 3, "unbound-devices": 2}
        self.options |= {"life": "off", "quirks": "random", **options}
        self._start_fleet = fleet
        self.port = free_port(omms)
        self.simulated = Simulated(mom.folder / "sim.sock")

    async def begin(self) -> None:
        """Start both; every OMM gets its record."""
        await self.mom.do("init")
        await self.mom.do("passwd", "--password", PASSWORD)
        if self.licensed:
            await self.mom.license()
        await self.mom.start()
        await self.start_sites()

    async def start_sites(self) -> None:
        """Start the fleet; every OMM gets its record."""
        control = str(self.mom.folder / "sim.sock")
        self._start_fleet(self.port, omms=self.omms, control=control, **self.options)
        await until(self._obeys, 30)
        for number in range(self.omms):
            standby = {"omm2": "127.0.0.2"} if number < self.options.get("standby", 0) else {}
            await self.mom.order(
                "omm.add",
                name=f"Site {number + 1}",
                omm1="127.0.0.1",
                port=self.port + number,
                username="omm",
                password="omm",
                **standby,
            )

    async def _obeys(self) -> bool:
        """Whether the fleet takes commands."""
        return (self.mom.folder / "sim.sock").exists()

    async def at_rest(self, seconds: float = 60.0) -> None:
        """Wait until every OMM is connected and MOM and all OMMs agree, and it stays so."""
        await self.mom.until_connected(self.omms, seconds)
        left: list[str] = []
        writes = -1

        async def agree() -> bool:
            nonlocal writes
            before, writes = writes, await self.simulated.asked(*WRITES)
            left[:] = await disagreements(self.mom.config, self.simulated)
            return not left and writes == before

        try:
            await until(agree, seconds)
        except TimeoutError:
            shown = "\n".join(left[:SHOWN])
            raise AssertionError(f"{len(left)} disagreements, {writes} writes:\n{shown}") from None

    async def happened(self, count: int, seconds: float = 120.0) -> None:
        """Wait until so many more things have happened by themselves."""

        async def enough() -> bool:
            return (await self.simulated.do("status"))["happened"] >= goal

        goal = (await self.simulated.do("status"))["happened"] + count
        await until(enough, seconds)

    async def lived(self, seconds: float) -> int:
        """Let it live for so long; how many things have happened by themselves meanwhile."""
        before = (await self.simulated.do("status"))["happened"]
        life: Deferred[None] = deferLater(reactor, seconds)
        await life
        return int((await self.simulated.do("status"))["happened"] - before)

    async def calm(self) -> None:
        """Let nothing more happen, and let refused links come back."""
        await self.simulated.do("pause")

    async def decide(self, chance: random.Random) -> int:
        """Do what is left to a person: give back what vanished from an OMM, or accept it. Tells of
        how many OMMs.
        """
        await self.mom.until_connected(self.omms, 180)
        house = House(self.mom)
        await house.sign_in()
        omms = (await house.get("omms", limit="200"))["items"]
        waiting = [omm["id"] for omm in omms if omm["missing"]]
        for number in waiting:
            action = chance.choice(["restore-missing", "accept-missing"])
            await house.send("POST", f"omms/{number}/actions/{action}")
        return len(waiting)

    def complaints(self) -> list[str]:
        """Errors in MOM's log."""
        return [found.group(0) for found in _COMPLAINT.finditer(self.mom.service.text())]


@pytest.mark.feature("F6")
@ensureDeferred
async def test_after_the_first_connect_mom_agrees_with_omms_of_all_kinds(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 25)
    await lab.begin()
    await lab.at_rest()
    assert not lab.complaints()


@ensureDeferred
async def test_an_omm_that_keeps_no_numbers_is_not_told_them_in_each_session(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 2, quirks="no-numbers")
    await lab.begin()
    await lab.at_rest()
    told = await lab.simulated.asked("SetPP")
    assert 0 < told <= 2 * (12 + 3 + 2)
    for omm in (1, 2):
        await lab.simulated.do("cut", omm=omm, seconds=1)
    await lab.at_rest()
    mom.service.end()
    await mom.start()
    await lab.at_rest()
    assert await lab.simulated.asked("SetPP") == told
    assert not lab.complaints()


@ensureDeferred
async def test_after_a_busy_time_with_broken_links_mom_and_omms_agree(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 20, life="3", seed=2)
    await lab.begin()
    await lab.happened(900)
    await lab.calm()
    await lab.at_rest()
    assert not lab.complaints()


@ensureDeferred
async def test_after_fail_overs_mom_and_omms_agree(mom: Mom, fleet: Callable[..., Program]) -> None:
    lab = Lab(mom, fleet, 10, life="1", seed=3, standby=10)
    await lab.begin()
    chance = random.Random(3)
    for _ in range(8):
        await lab.happened(15)
        omm, seconds = chance.randrange(1, 11), chance.choice([0, 1, 2])
        await lab.simulated.do("failover", omm=omm, seconds=seconds)
    await lab.calm()
    await lab.at_rest()
    assert not lab.complaints()


def mischief(sites: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    """One local change that life does not make: what belongs to another site, or to all."""
    site, other = chance.sample(sites, 2)
    user, device = chance.choice(site["users"]), chance.choice(site["devices"])
    stranger, phone = chance.choice(other["users"]), chance.choice(other["devices"])
    omm, uid, ppn = site["omm"], int(user["uid"]), int(device["ppn"])
    changes: list[dict[str, Any]] = [
        {"cmd": "change-user", "uid": uid, "attrs": {"num": stranger["num"]}},
        {"cmd": "change-user", "uid": uid, "attrs": {"num": ""}},
        {"cmd": "change-user", "uid": uid, "attrs": {"name": "Zoë \U0001f4de"}},
        {"cmd": "change-user", "uid": uid, "attrs": {"permanent": chance.choice("01")}},
        {"cmd": "change-device", "ppn": ppn, "attrs": {"ipei": phone["ipei"]}},
        {"cmd": "add-device", "attrs": {"ipei": phone["ipei"], "s": "Yes"}},
        {"cmd": "add-user", "attrs": {"num": stranger["num"]}},
        {"cmd": "unsubscribe", "ppn": ppn},
        {"cmd": "subscribe", "ipei": phone["ipei"]},
        {"cmd": "bind", "uid": uid, "ppn": ppn},
        {"cmd": "cut", "seconds": 1},
    ]
    return {"omm": omm, **chance.choice(changes)}


@ensureDeferred
async def test_after_one_number_or_phone_at_two_sites_mom_and_omms_agree(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 8, seed=7, users=8, devices=8)
    await lab.begin()
    await lab.at_rest()
    chance = random.Random(7)
    for _ in range(10):
        sites = [site for site in await lab.simulated.sites() if site["users"] and site["devices"]]
        for _ in range(10):
            await lab.simulated.attempt(**mischief(sites, chance))
    await lab.at_rest()
    assert not lab.complaints()


@ensureDeferred
async def test_after_much_vanished_and_somebody_decided_mom_and_omms_agree(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 12, seed=9)
    await lab.begin()
    await lab.at_rest()
    for site in await lab.simulated.sites():
        await lab.simulated.do("cut", omm=site["omm"], seconds=5)
        noun, number = ("user", "uid") if site["omm"] % 2 else ("device", "ppn")
        for record in site[f"{noun}s"][:10]:
            await lab.simulated.do(
                f"delete-{noun}", omm=site["omm"], **{number: int(record[number])}
            )
    assert await lab.decide(random.Random(9)) > 6
    await lab.at_rest()
    assert not lab.complaints()


@ensureDeferred
async def test_a_site_that_was_reset_loses_nothing_while_its_phones_ask_and_has_all_when_restored(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 3, licensed=True, seed=11)
    await lab.begin()
    await lab.at_rest()
    before = await lab.simulated.sites()
    phones = [device["ipei"] for device in before[0]["devices"] if device["s"] == "Yes"]
    await lab.simulated.do("reset", omm=1, seconds=1)
    house = House(mom)
    await house.sign_in()

    async def asks() -> bool:
        return bool((await house.get("omms/1"))["missing"])

    await until(asks, 60)
    await mom.until_connected(3, 60)
    for _ in range(3):
        for ipei in phones:
            await lab.simulated.do("walk", ipei=ipei, omm=1)
        await lab.lived(0.5)
    health = {each["name"]: each for each in (await house.get("health"))["components"]}
    assert "missing on Site 1: restore or accept?" in health["Missing records"]["reason"]
    asking = await house.get("omms", filter="missing:gt:0")
    assert [omm["name"] for omm in asking["items"]] == ["Site 1"]
    assert "missing on Site 1: restore or accept?" in await mom.do("status")
    held = sum(len(site[noun]) for site in before for noun in ("users", "devices"))
    kept = [(await house.get(noun, limit="1"))["total"] for noun in ("users", "devices")]
    assert sum(kept) >= held
    assert not (await lab.simulated.sites())[0]["users"]
    await house.send("POST", "omms/1/actions/restore-missing")
    await lab.at_rest()
    after = await lab.simulated.sites()
    nums = [sorted(user["num"] for user in site["users"]) for site in (before[0], after[0])]
    assert nums[0] == nums[1]
    assert not lab.complaints()


@ensureDeferred
async def test_killed_at_any_moment_mom_and_omms_agree_afterwards(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 10, life="2", seed=4)
    await lab.begin()
    chance = random.Random(4)
    for _ in range(5):
        await lab.happened(chance.randrange(1, 40))
        mom.service.end(signal.SIGKILL)
        await mom.start()
    await lab.calm()
    await lab.at_rest()
    assert not lab.complaints()


@pytest.mark.soak
@ensureDeferred
async def test_after_two_busy_hours_mom_and_omms_agree(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 30, licensed=True, life="1", seed=5, standby=10)
    await lab.begin()
    assert await lab.lived(LONG) > 10 * LONG
    await lab.calm()
    await lab.decide(random.Random(5))
    await lab.at_rest(180)
    assert not lab.complaints()


@pytest.mark.soak
@ensureDeferred
async def test_killed_two_hundred_times_mom_and_omms_agree_afterwards(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet, 30, licensed=True, life="1", seed=6, standby=10)
    await lab.begin()
    chance = random.Random(6)
    for kills in range(1, 201):
        await lab.happened(chance.randrange(1, 300))
        mom.service.end(signal.SIGKILL)
        await mom.start()
        if kills % 20 == 0:
            await lab.calm()
            await lab.decide(chance)
            await lab.at_rest(180)
            await lab.simulated.do("resume")
    await lab.calm()
    await lab.at_rest(180)
    assert not lab.complaints()
