"""Users and phones are administered over the API of the real service, at a simulated fleet."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from mom.model.identities import ipei
from tests.system.agreement import Simulated, disagreements
from tests.system.house import PASSWORD, House
from tests.system.processes import Mom, Program, free_port, until

pytestmark = pytest.mark.system

OMMS, PAIRS = 2, 3


class Lab:
    """A MOM, signed in at, and two simulated OMMs with three pairs each."""

    def __init__(self, mom: Mom, fleet: Callable[..., Program]) -> None:
        self.house = House(mom)
        self.port = free_port(OMMS)
        self.simulated = Simulated(mom.folder / "sim.sock")
        options = {"omms": OMMS, "users": PAIRS, "devices": PAIRS, "life": "off"}
        fleet(self.port, control=str(mom.folder / "sim.sock"), **options)

    async def begin(self, limited: int = 0) -> None:
        """Let MOM read both; an OMM that is `limited` takes no more phones than it has."""
        mom = self.house.mom
        await mom.do("init")
        await mom.do("passwd", "--password", PASSWORD)
        await self.house.open()
        if limited:
            await self.simulated.do("limit", omm=limited, name="ppnNum", most=PAIRS)
        for place in range(OMMS):
            access = {"username": "omm", "password": "omm"}
            at = {"omm1": "127.0.0.1", "port": self.port + place}
            await mom.order("omm.add", name=f"Site {place + 1}", **at, **access)
        await mom.until_connected(OMMS)
        await self.agreed()

    async def agreed(self) -> None:
        """Wait until MOM and the OMMs agree."""

        async def agree() -> bool:
            return not await disagreements(self.house.mom.config, self.simulated)

        await until(agree, 30)

    async def there(self, omm: int) -> list[str]:
        """The numbers of the users that an OMM holds."""
        site = (await self.simulated.sites())[omm - 1]
        return sorted(user["num"] for user in site["users"])

    async def until_there(self, omm: int, nums: list[str]) -> None:
        async def so() -> bool:
            return await self.there(omm) == sorted(nums)

        await until(so, 20)

    async def at(self, omm: int) -> list[Any]:
        """The pairs whose phone is at an OMM."""
        found = await self.house.get("pairs", filter=f"omm:eq:{omm}", sort="id")
        return list(found["items"])

    async def done(self, job: Any) -> Any:
        """A job at its end."""
        found = job

        async def ended() -> bool:
            nonlocal found
            found = await self.house.get(f"jobs/{job['id']}")
            return bool(found["state"] != "running")

        await until(ended, 60)
        return found


@pytest.fixture
def lab(mom: Mom, fleet: Callable[..., Program]) -> Lab:
    return Lab(mom, fleet)


@ensureDeferred
async def test_what_an_omm_refuses_is_marked_until_it_is_resolved(lab: Lab) -> None:
    await lab.begin()
    pair = (await lab.at(1))[0]
    path = f"users/{pair['uid']}"
    await lab.house.send("PATCH", path, {"forwardTime": 5000})
    marked = await lab.house.until_user(pair["num"], lambda user: "marks" in user)
    assert marked["marks"] == ["not accepted by OMM 0001: EInval forwardTime"]
    assert marked["forwardTime"] == 5000
    await lab.house.send("PATCH", path, {"forwardTime": 30})
    resolved = await lab.house.until_user(pair["num"], lambda user: "marks" not in user)
    assert resolved["forwardTime"] == 30
    await lab.agreed()


@pytest.mark.feature("F30", "F31", "F37", "F39")
@ensureDeferred
async def test_permanent_and_unsubscribed_reach_the_omms_within_their_limits(lab: Lab) -> None:
    await lab.begin(limited=2)
    first, second, third = await lab.at(1)
    numbers = [pair["uid"] for pair in (first, second, third)]
    order = {"ids": numbers, "action": "permanent", "permanent": True}
    before = await lab.there(2)
    refused = await lab.house.send("POST", "users/bulk", order, expect=422)
    assert refused["fields"]["permanent"] == "OMM 0002 has 3 users to hold already and takes 3"
    path = f"users/{first['uid']}/actions/permanent"
    refused = await lab.house.send("POST", path, {"permanent": True}, expect=422)
    assert "OMM 0002" in refused["error"]
    assert await lab.there(2) == before
    freed = (await lab.at(2))[0]
    await lab.house.send("DELETE", f"pairs/{freed['id']}", expect=204)
    await lab.until_there(2, [num for num in before if num != freed["num"]])
    await lab.house.send("POST", path, {"permanent": True})
    after = [*(num for num in before if num != freed["num"]), first["num"]]
    await lab.until_there(2, after)
    ids = [first["id"], second["id"]]
    for number in ids:
        await lab.house.send("POST", f"devices/{number}/actions/relation", {"relType": "Fixed"})
    job = await lab.house.send(
        "POST", "devices/bulk", {"ids": [*ids, 99999], "action": "unsubscribe"}, expect=202
    )
    results = (await lab.done(job))["results"]
    assert [result["ok"] for result in results] == [True, True, False]
    await lab.until_there(1, [first["num"], third["num"]])
    kept = await lab.house.get(f"devices/{second['id']}")
    assert (kept["s"], kept["omm"], kept["relType"]) == ("No", 0, "Fixed")
    await lab.agreed()


@ensureDeferred
async def test_pairs_are_imported_by_the_thousand(lab: Lab) -> None:
    await lab.begin()
    lines = [f"7{n:04d},Name {n},{ipei(f'00101{n:07d}')},{n}" for n in range(1000)]
    lines[500] = "70001,Twice,,1"
    file = "\r\n".join(["num,name,ipei,pin", *lines]).encode()
    for query, total in (({"dryRun": "true"}, 0), ({}, 999)):
        job = await lab.house.browser.ask(
            "POST", "/api/v1/pairs/import", file=file, expect=202, **query
        )
        job = await lab.done(job)
        wrong = [result for result in job["results"] if not result["ok"]]
        assert [result["id"] for result in wrong] == [502]
        assert "num: is used by user" in wrong[0]["error"]
        found = await lab.house.get("pairs", filter="num:starts:7", limit="0")
        assert found["total"] == total
    numbers = [pair["id"] for pair in (await lab.house.get("pairs", limit="1000"))["items"]]
    job = await lab.house.send("POST", "pairs/bulk", {"ids": numbers, "delete": True}, expect=202)
    assert (await lab.done(job))["failed"] == 0
    await lab.until_there(1, [])
    trash = await lab.house.get("trash", limit="1")
    assert trash["total"] >= 2 * 1000
