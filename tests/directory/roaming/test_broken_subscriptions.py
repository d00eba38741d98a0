"""A phone subscribes, and after each single step something breaks: it has one home in the end."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import ipei_key
from mom.model.setting import SubscriptionMode
from tests.directory.breaking import BREAKS, OTHER_KEY, faults, reconnected, usual
from tests.directory.conftest import World

Ipei = Callable[[int], str]
NEW_KEY = "2" * 32
OFF = Policy(licensed=True)
OPEN = Policy(licensed=True, subscription=SubscriptionMode.CONFIGURED)
WILD = Policy(licensed=True, subscription=SubscriptionMode.WILDCARD)
AUTOMATIC = msgspec.structs.replace(OPEN, auto_create=True)


class Phone:
    """A phone of which somebody wants that it subscribes at site 2."""

    def __init__(self, world: World, ipei: str, serial: int) -> None:
        self.world, self.ipei = world, ipei
        self.num, self.add_id, self.pin = f"4{serial:03}", f"9{serial:03}", f"1{serial:03}"
        self.subscribed = False
        self.asked = 0

    def ask(self, site: int = 2) -> None:
        """It asks a site for its records."""
        self.asked = site
        self.world.sites[site].subscribe(self.ipei, self.add_id)

    def react(self) -> None:
        """It subscribes with the records that the site was given; that takes a second."""
        site = self.world.sites[2]
        if self.asked == 2 and not self.subscribed and site.device_of(self.ipei) is not None:
            self.world.now += 1
            site.subscribed(self.ipei, NEW_KEY)
            self.subscribed = True

    @property
    def reasons(self) -> list[str]:
        """Why site 2 was told to refuse it."""
        told = self.world.requests(2, "DECTSubscribeReject")
        return [request.get("reason") for request in told if request.get("ipei") == self.ipei]

    async def insist(self) -> None:
        """It asks again until it has subscribed or was refused, as people do."""
        while not self.subscribed and not self.reasons:
            self.ask()
            await self.world.rest()
            self.react()
            await self.world.rest()


async def nothing(phone: Phone) -> None:
    """MOM knows nothing of the phone."""


async def a_user(phone: Phone) -> None:
    values = {"num": phone.num, "addId": phone.add_id, "pin": phone.pin}
    await phone.world.people.create_user(values, "admin")


async def a_pair(phone: Phone) -> None:
    user = {"num": phone.num, "pin": phone.pin}
    await phone.world.people.create_pair(user, {"ipei": phone.ipei}, "admin")


async def a_pair_without_ipei(phone: Phone) -> None:
    user = {"num": phone.num, "addId": phone.add_id, "pin": phone.pin}
    await phone.world.people.create_pair(user, {"encrypt": True}, "admin")


async def asked_at_site_1(phone: Phone) -> None:
    await a_pair(phone)
    phone.ask(1)
    await phone.world.rest()


async def at_home_at_site_1(phone: Phone) -> None:
    uid, _ = phone.world.sites[1].pair(phone.num, phone.ipei)
    phone.world.sites[1].edit("user", uid, pin=phone.pin)
    await phone.world.rest()


async def at_home_at_site_1_and_permanent(phone: Phone) -> None:
    await at_home_at_site_1(phone)
    user = await phone.world.user_with(phone.num)
    await phone.world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await phone.world.rest()


CASES: dict[str, tuple[Policy, Callable[[Phone], Awaitable[None]]]] = {
    "a pair": (OPEN, a_pair),
    "asked at another OMM before": (OPEN, asked_at_site_1),
    "lived at another OMM": (OPEN, at_home_at_site_1),
    "permanent": (OPEN, at_home_at_site_1_and_permanent),
    "additional ID": (WILD, a_user),
    "pair without IPEI": (WILD, a_pair_without_ipei),
    "auto-create": (AUTOMATIC, nothing),
    "unknown": (OPEN, nothing),
    "mode Off": (OFF, a_pair),
}
REFUSED = {"unknown": "Unknown", "mode Off": "Off"}
USERLESS = ("auto-create", "unknown")


async def ends_well(phone: Phone, case: str) -> None:
    """It lives at site 2 with its user and its new key, or was refused and left no trace."""
    world, site = phone.world, phone.world.sites[2]
    if case in REFUSED:
        assert set(phone.reasons) == {REFUSED[case]}
        assert site.device_of(phone.ipei) is None
        assert bool(world.mom.index.with_key(Noun.DEVICE, ipei_key(phone.ipei))) == (
            case not in USERLESS
        )
        return
    assert phone.subscribed
    there = site.device_of(phone.ipei)
    assert there is not None
    assert (there["s"], there["uak"], there["ommId"]) == ("Yes", NEW_KEY, site.ari)
    if case in USERLESS:
        assert there["uid"] == "0"
        return
    user = site.records["user"][int(there["uid"])]
    assert (user["num"], user["ppn"]) == (phone.num, there["ppn"])
    sealed = case in ("lived at another OMM", "permanent")
    assert site.secrets[int(there["uid"])]["pin"] == ("" if sealed else phone.pin)
    device = await world.device((await world.user_with(phone.num)).ppn)
    assert device is not None
    assert (device.ipei, device.home, device.uak) == (phone.ipei, 2, NEW_KEY)


@pytest.mark.feature("F20/F22", "F23", "F24", "F25", "F27")
@pytest.mark.parametrize("broken", usual())
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@ensureDeferred
async def test_whatever_breaks_at_whatever_step_a_phone_that_subscribes_has_one_home_in_the_end(
    world: World, ipei: Ipei, case: str, broken: str
) -> None:
    policy, prepare = CASES[case]
    world.policy = world.mom.policy = policy
    await world.site(1)
    await world.site(2, key=OTHER_KEY)
    for number in world.sites:
        await world.connect(number)
    pins: dict[str, str] = {}
    count, more = 0, True
    while more:
        world.now += 10
        phone = Phone(world, ipei(count), count)
        pins[phone.num] = phone.pin
        await prepare(phone)
        world.now += 10
        phone.ask()
        more = await BREAKS[broken](world, count, phone.react)
        await reconnected(world, phone.react)
        assert await faults(world, pins) == []
        await phone.insist()
        assert await faults(world, pins) == []
        await ends_well(phone, case)
        count += 1
    assert count > 1
