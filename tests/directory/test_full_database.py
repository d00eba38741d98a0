"""A database that stores nothing for a while: afterwards all is as it should be, by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.logger import Logger

from mom.directory.policy import Policy
from mom.directory.roaming.unfinished import AWAY_SECONDS
from mom.store.errors import NotStored
from tests.directory.conftest import World

Ipei = Callable[[int], str]
WHY = "the database did not store it: disk full"


@contextmanager
def full(world: World, after: int = 0) -> Iterator[None]:
    """Nothing is stored meanwhile but the first `after` units."""
    write, left = world.store.write, after

    def refuse(**how: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            return write(**how)
        raise NotStored(WHY)

    world.store.write = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        world.store.write = write  # type: ignore[method-assign]


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The failures are expected."""
    monkeypatch.setattr(Logger, "failure", lambda *_args, **_more: None)


async def again(world: World, number: int) -> None:
    """The fleet connects again after the directory gave the session up."""
    assert world.ports[number].given_up == WHY
    world.cut(number)
    await world.connect(number)


@pytest.mark.usefixtures("quiet")
@ensureDeferred
async def test_what_an_omm_told_meanwhile_is_read_again(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    uid, _ = site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    world.now += 10
    with full(world):
        site.edit("user", uid, name="Anna")
        await world.rest()
    await again(world, 1)
    assert (await world.user_with("4711")).name == "Anna"
    assert not await world.differences()


@pytest.mark.usefixtures("quiet")
@ensureDeferred
async def test_what_could_not_be_brought_meanwhile_is_brought_afterwards(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    world.now += 10
    user = await world.user_with("4711")
    with full(world, after=1):
        await world.people.edit_user(int(user.uid), {"name": "Anna"}, "admin")
        await world.rest()
    await again(world, 1)
    (person,) = site.records["user"].values()
    assert person["name"] == "Anna"
    assert not await world.differences()


@pytest.mark.usefixtures("quiet")
@ensureDeferred
async def test_a_session_is_given_up_when_what_was_told_of_a_room_is_not_stored(
    world: World,
) -> None:
    site = await world.site(1)
    local = site.rooms.add(name="Staff", conferenceId="900")
    await world.connect(1)
    with full(world):
        site.rooms.edit(local, name="All")
        await world.rest()
    assert world.ports[1].given_up == WHY


@pytest.mark.usefixtures("quiet")
@ensureDeferred
async def test_a_room_that_could_not_be_brought_meanwhile_is_brought_afterwards(
    world: World,
) -> None:
    site = await world.site(1)
    await world.connect(1)
    with full(world, after=1):
        entered = {"name": "Staff", "conferenceId": "900", "omm": 1}
        await world.mom.rooms.editor.create(entered, "admin")
        await world.rest()
    await again(world, 1)
    assert site.rooms.named("900")["name"] == "Staff"


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("units", range(4))
@ensureDeferred
async def test_a_phone_that_walked_meanwhile_has_one_home(
    world: World, ipei: Ipei, units: int
) -> None:
    world.policy = world.mom.policy = Policy(licensed=True)
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    await world.connect(2)
    world.now += 10
    with full(world, after=units):
        two.locate(ipei(1))
        await world.rest()
    for number, port in list(world.ports.items()):
        if port.given_up:
            world.cut(number)
            await world.connect(number)
    assert not world.mom.index.moving
    assert not await world.differences()
    assert [site.device_of(ipei(1)) is not None for site in (one, two)].count(True) == 1


@pytest.mark.usefixtures("quiet")
@ensureDeferred
async def test_a_move_that_could_not_be_given_up_meanwhile_is_given_up_later(
    world: World, ipei: Ipei
) -> None:
    world.policy = world.mom.policy = Policy(licensed=True)
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    await world.connect(2)
    world.now += 10
    two.quirks.deaf = {"SetPP"}
    two.locate(ipei(1))
    await world.until(lambda: bool(world.mom.index.moving) and world.ports[2].is_asked)
    world.cut(2)
    await world.rest()
    with full(world):
        world.clock.advance(AWAY_SECONDS)
        await world.rest()
    assert world.mom.index.moving
    world.clock.advance(AWAY_SECONDS)
    await world.rest()
    assert not world.mom.index.moving
    assert not await world.differences()
