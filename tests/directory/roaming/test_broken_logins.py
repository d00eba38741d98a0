"""People log in and out, and after each single step something breaks: one relation in the end."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.model.user import User
from tests.directory.breaking import BREAKS, OTHER_KEY, faults, reconnected, usual
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm
from tests.directory.roaming.walking import LICENSED

Ipei = Callable[[int], str]


class Person:
    """A user made in MOM, and three phones that nobody uses: one at site 1, two at site 2."""

    def __init__(self, world: World, ipei: Ipei, serial: int) -> None:
        self.world = world
        self.num, self.pin = f"4{serial:03}", f"1{serial:03}"
        self.ipeis = [ipei(3 * serial + place) for place in range(3)]
        self.typed = ""

    async def begin(self) -> None:
        """MOM knows all of them, and they are at rest."""
        for site, ipei in zip((1, 2, 2), self.ipeis, strict=True):
            omm = self.world.sites[site]
            ids = {"ommId": omm.ari, "ommIdAck": omm.ari}
            omm.add("pp", ipei=ipei, s="Yes", uak="0" * 32, **ids)
        user = {"num": self.num, "name": "Ann", "pin": self.pin}
        await self.world.people.create_user(user, "admin")
        await self.world.rest()

    def phone(self, place: int) -> int:
        """The local number of a phone."""
        device = self.site(place).device_of(self.ipeis[place])
        assert device is not None
        return int(device["ppn"])

    def site(self, place: int) -> FakeOmm:
        """The site of a phone."""
        return self.world.sites[1 if place == 0 else 2]

    def local(self, place: int) -> int:
        """The local number of the user at the site of a phone; 0 if it is not there."""
        users = self.site(place).records["user"]
        return next((n for n, record in users.items() if record["num"] == self.num), 0)

    def is_on(self, place: int) -> bool:
        """Whether the OMM says that the user is on that phone."""
        local = self.local(place)
        user = self.site(place).records["user"].get(local)
        return user is not None and int(user["ppn"]) == self.phone(place)

    def log_in(self, place: int, pin: str = "") -> None:
        """Somebody logs in on a phone: with a user of the site without MOM, else by MOM."""
        self.typed = pin or self.pin
        local = self.local(place)
        if not local:
            self.site(place).login(self.phone(place), self.typed, num=self.num)
        elif self.typed == self.pin:
            self.site(place).link(local, self.phone(place))

    async def logged_in(self, place: int) -> None:
        """Log in until it works."""
        while not self.is_on(place):
            self.world.now += 5
            self.log_in(place)
            await self.world.rest()

    async def record(self) -> User:
        return await self.world.user_with(self.num)


async def nothing(person: Person) -> None:
    """Nobody has logged in."""


async def at_site_1(person: Person) -> None:
    await person.logged_in(0)


async def at_site_2(person: Person) -> None:
    await person.logged_in(1)


async def permanent_at_site_1(person: Person) -> None:
    await person.logged_in(0)
    user = await person.record()
    await person.world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await person.world.rest()


def log_in(person: Person) -> None:
    person.log_in(1)


def log_in_with_a_wrong_pin(person: Person) -> None:
    person.log_in(1, "9999")


def log_out(person: Person) -> None:
    if person.is_on(1):
        person.site(1).logout(person.phone(1))


def move_locally(person: Person) -> None:
    local = person.local(1)
    if local:
        person.site(2).bind(local, person.phone(2), "Dynamic")
        person.site(2).moved(local, person.phone(2))


def link_locally(person: Person) -> None:
    local = person.local(1)
    if local:
        person.site(2).link(local, person.phone(2))


Case = tuple[Callable[[Person], Awaitable[None]], Callable[[Person], None], int]
CASES: dict[str, Case] = {
    "logs in": (nothing, log_in, 1),
    "logs in elsewhere": (at_site_1, log_in, 1),
    "permanent, logs in elsewhere": (permanent_at_site_1, log_in, 1),
    "wrong PIN": (at_site_1, log_in_with_a_wrong_pin, 0),
    "logs out": (at_site_2, log_out, -1),
    "moves to another phone": (at_site_2, move_locally, 2),
    "is linked": (at_site_2, link_locally, 2),
}
"""How it begins, what happens, and on which phone the user is in the end (-1 = on none)."""


async def ends_well(person: Person, at: int) -> None:
    """The user is on that phone and on no other, in MOM and everywhere, or on none."""
    world, user = person.world, await person.record()
    places = [place for place in range(3) if person.is_on(place)]
    if at < 0:
        assert places == []
        assert (user.rel_type, user.ppn) == ("Unbound", 0)
        return
    assert places == [at]
    device = await world.device(user.ppn)
    assert device is not None
    assert (device.ipei, device.uid, user.rel_type) == (person.ipeis[at], user.uid, "Dynamic")
    local = person.local(at)
    assert person.site(at).secrets[local]["pin"] == person.pin
    here = {1 if at == 0 else 2} if not user.permanent else {1, 2}
    held = {
        number
        for number, site in world.sites.items()
        if any(record["num"] == person.num for record in site.records["user"].values())
    }
    assert held == here


@pytest.mark.feature("F10")
@pytest.mark.parametrize("broken", usual())
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@ensureDeferred
async def test_whatever_breaks_at_whatever_step_of_a_log_in_the_user_is_on_one_phone_in_the_end(
    world: World, ipei: Ipei, case: str, broken: str
) -> None:
    begin, happen, at = CASES[case]
    world.policy = world.mom.policy = LICENSED
    await world.site(1)
    await world.site(2, key=OTHER_KEY)
    for number in world.sites:
        await world.connect(number)
    pins: dict[str, str] = {}
    count, more = 0, True
    while more:
        person = Person(world, ipei, count)
        pins[person.num] = person.pin
        await person.begin()
        await begin(person)
        world.now += 10
        happen(person)
        more = await BREAKS[broken](world, count, lambda: None)
        await reconnected(world, lambda: None)
        assert await faults(world, pins) == []
        if at > 0 and not person.is_on(at):
            world.now += 10
            happen(person)
            await world.rest()
        assert await faults(world, pins) == []
        await ends_well(person, at)
        count += 1
    assert count > 1
