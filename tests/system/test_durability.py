"""MOM is killed again and again while phones come and go and people edit: nothing is lost."""

import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred as asynchronous
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.error import ConnectError, ConnectionLost
from twisted.web.client import RequestTransmissionFailed, ResponseFailed, ResponseNeverReceived

from mom.model.copy import Noun
from tests.system.agreement import Held, held_by
from tests.system.house import PASSWORD, House
from tests.system.processes import Mom, Program
from tests.system.test_convergence import Lab

pytestmark = pytest.mark.system

LOST = (
    ConnectError,
    ConnectionLost,
    RequestTransmissionFailed,
    ResponseFailed,
    ResponseNeverReceived,
)
"""How a request ends that was under way when MOM was killed."""
KILLS = 200
REST_EVERY = 20


class Edits:
    """Somebody who edits users over the API, and remembers what MOM said it had."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self._house, self._chance = house, chance
        self._asked: dict[int, list[str]] = {}
        """What was asked for since MOM last said that it had something."""
        self._acknowledged: dict[int, str] = {}
        self._made: list[str] = []

    async def work(self, users: list[int]) -> None:
        """Edit and add until MOM is gone."""
        try:
            while True:
                await self._edit(self._chance.choice(users))
                if self._chance.random() < 0.1:
                    await self._make()
        except LOST:
            return

    async def _edit(self, uid: int) -> None:
        text = f"{self._chance.randrange(10**9)}"
        self._asked.setdefault(uid, []).append(text)
        await self._house.send("PATCH", f"users/{uid}", {"sosNum": text})
        self._acknowledged[uid] = text
        self._asked[uid].clear()

    async def _make(self) -> None:
        number = f"7{self._chance.randrange(10**8)}"
        await self._house.send("POST", "users", {"num": number, "name": "New"}, expect=201)
        self._made.append(number)

    def missing(self, held: Held) -> list[str]:
        """What MOM said it had and has not."""
        numbers = {r.num for (noun, _), r in held.records.items() if noun is Noun.USER}
        found = [f"user {number} is gone" for number in self._made if number not in numbers]
        for uid, text in self._acknowledged.items():
            record = held.records.get((Noun.USER, uid))
            if record is None or record.sos_num not in (text, *self._asked[uid]):
                found.append(f"user {uid}: sosNum {text} is lost, there is {record}")
        return found


def homeless(held: Held) -> list[str]:
    """Subscribed phones without a home, and phones that are there twice."""
    devices = [record for (noun, _), record in held.records.items() if noun is Noun.DEVICE]
    ipeis = [device.ipei for device in devices if device.ipei]
    found = [f"{ipei} is there twice" for ipei in set(ipeis) if ipeis.count(ipei) > 1]
    for device in devices:
        if device.s == "Yes" and device.home not in held.omms:
            found.append(f"{device.ipei} has no home")
    return found


class Trial(Lab):
    """A licensed MOM; phones walk and subscribe, users are changed there, and a person edits."""

    def __init__(self, chance: random.Random, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._chance = chance
        self.house = House(self.mom)
        self.edits = Edits(self.house, chance)

    async def begin(self) -> None:
        await self.mom.do("init")
        await self.mom.do("passwd", "--password", PASSWORD)
        await self.mom.license()
        await self.house.open()
        await self.start_sites()
        await self.mom.order("settings", subscription="Configured", autoCreate=True)
        await self.mom.until_connected(self.omms)
        sites = await self.simulated.sites()
        self._phones = [device["ipei"] for site in sites for device in site["devices"]]
        # Whom a site changes nobody edits: the newer of two changes of one record may win.
        self._numbers = [user["num"] for site in sites for user in site["users"]][::2]
        await self.at_rest()
        page = await self.house.get("users", limit="200")
        self._users = [u["uid"] for u in page["items"] if u["num"] not in self._numbers]

    def deed(self) -> dict[str, Any]:
        """Something that happens at a site."""
        chance, phone = self._chance, self._chance.choice(self._phones)
        name = {"num": chance.choice(self._numbers), "attrs": {"name": f"N {chance.random():.9f}"}}
        deeds: list[dict[str, Any]] = [
            {"cmd": "subscribe", "ipei": phone},
            {"cmd": "change-user", **name},
            {"cmd": "cut", "seconds": chance.choice([0, 1])},
        ]
        walk = {"cmd": "walk", "ipei": phone}
        what = chance.choices([walk, *deeds], [20, 2, 5, 1])[0]
        return {"omm": chance.randrange(1, self.omms + 1), **what}

    async def kill(self, after: int) -> None:
        """Let so many things happen while somebody edits, kill MOM, look, and start it again."""
        working: Deferred[None] = ensureDeferred(self.edits.work(self._users))
        for _ in range(after):
            await self.simulated.attempt(**self.deed())
        self.mom.service.end(signal.SIGKILL)
        await working
        held = await held_by(self.mom.config)
        assert self.edits.missing(held) == []
        assert homeless(held) == []
        await self.house.open()

    async def rest(self, seconds: float) -> None:
        """Nothing more happens: everybody agrees, and all edits are there."""
        await self.at_rest(seconds)
        assert self.edits.missing(await held_by(self.mom.config)) == []
        assert not self.complaints()


@asynchronous
async def test_killed_while_phones_roam_and_people_edit_mom_loses_nothing(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    chance = random.Random(8)
    trial = Trial(chance, mom, fleet, 6, seed=8)
    await trial.begin()
    for _ in range(3):
        await trial.kill(chance.randrange(5, 60))
    await trial.rest(60)


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@asynchronous
async def test_killed_two_hundred_times_while_phones_roam_mom_loses_nothing(
    mom: Mom, fleet: Callable[..., Program], request: pytest.FixtureRequest, database: str
) -> None:
    if database == "postgresql":
        mom.configure("database", url=request.getfixturevalue("postgresql"))
    chance = random.Random(9)
    trial = Trial(chance, mom, fleet, 20, seed=9, standby=5)
    await trial.begin()
    for kills in range(1, KILLS + 1):
        await trial.kill(chance.randrange(1, 200))
        if kills % REST_EVERY == 0:
            await trial.rest(180)
