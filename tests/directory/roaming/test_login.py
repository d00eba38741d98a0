"""People log in on phones of OMMs that do not hold their user."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.model.copy import Noun
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]


async def phone(world: World, ipei: Ipei, number: int = 1, serial: int = 1) -> FakeOmm:
    """A connected site with one phone that nobody uses."""
    site = await world.site(number)
    ids = {"ommId": site.ari, "ommIdAck": site.ari}
    site.add("pp", ipei=ipei(serial), s="Yes", uak="0" * 32, **ids)
    await world.connect(number)
    world.now += 10
    site.requests.clear()
    return site


async def ann(world: World) -> int:
    made = {"num": "4711", "addId": "99", "name": "Ann", "pin": "1234"}
    return (await world.people.create_user(made, "admin")).uid


@pytest.mark.feature("F10")
@pytest.mark.parametrize("by", [{"num": "4711"}, {"addId": "99"}])
@ensureDeferred
async def test_a_user_logs_in_with_the_right_pin_and_is_on_that_omm_alone(
    world: World, ipei: Ipei, by: dict[str, str]
) -> None:
    site = await phone(world, ipei)
    uid = await ann(world)
    site.login(1, "1234", **by)
    await world.rest()
    user = await world.user(uid)
    assert user is not None
    assert (user.rel_type, user.ppn) == ("Dynamic", world.mom.index.numbers(Noun.DEVICE)[0])
    (person,) = site.records["user"].values()
    assert (person["name"], person["ppn"], person["relType"]) == ("Ann", "1", "Dynamic")
    assert not await world.differences()
    assert await world.index_is_true()


@ensureDeferred
async def test_a_wrong_pin_leaves_everything_as_it_was(world: World, ipei: Ipei) -> None:
    site = await phone(world, ipei)
    uid = await ann(world)
    site.login(1, "9999", num="4711")
    await world.rest()
    assert not site.records["user"]
    assert not world.mom.index.copies(Noun.USER, uid)
    assert "log-in refused on OMM 0001: wrong PIN" in world.log.texts
    assert not world.requests(1, "SetPPLink")
    assert not await world.differences()


@pytest.mark.parametrize("by", [{"num": "4799"}, {"addId": "98"}, {}])
@ensureDeferred
async def test_an_unknown_user_is_told(world: World, ipei: Ipei, by: dict[str, str]) -> None:
    site = await phone(world, ipei)
    await ann(world)
    site.login(1, "1234", **by)
    await world.rest()
    (told,) = world.requests(1, "SetPPLink")
    assert (told.get("ppn"), told.get("uid"), told.get("errCode")) == ("1", "0", "ENoEnt")


@ensureDeferred
async def test_a_user_that_is_bound_elsewhere_moves_when_the_omm_reports_the_link(
    world: World, ipei: Ipei
) -> None:
    first = await phone(world, ipei, 1, 1)
    second = await phone(world, ipei, 2, 2)
    uid = await ann(world)
    first.login(1, "1234", num="4711")
    await world.rest()
    before = await world.user(uid)
    second.quirks.links = False
    second.login(1, "1234", num="4711")
    await world.rest()
    assert await world.user(uid) == before
    assert first.records["user"]
    (local,) = second.records["user"]
    world.now += 10
    second.link(local, 1)
    await world.rest()
    after = await world.user(uid)
    assert after is not None
    assert before is not None
    assert after.ppn != before.ppn
    assert not first.records["user"]
    assert first.records["pp"][1]["relType"] == "Unbound"
    assert not await world.differences()
    assert await world.index_is_true()


@pytest.mark.feature("F10")
@ensureDeferred
async def test_a_user_that_logs_out_leaves_the_omm_and_stays_in_mom(
    world: World, ipei: Ipei
) -> None:
    site = await phone(world, ipei)
    uid = await ann(world)
    site.login(1, "1234", num="4711")
    await world.rest()
    world.now += 10
    site.logout(1)
    await world.rest()
    user = await world.user(uid)
    assert user is not None
    assert (user.rel_type, user.ppn) == ("Unbound", 0)
    assert not site.records["user"]
    assert not await world.differences()


@ensureDeferred
async def test_a_permanent_user_that_logs_out_stays_everywhere(world: World, ipei: Ipei) -> None:
    site = await phone(world, ipei)
    uid = await ann(world)
    site.login(1, "1234", num="4711")
    await world.rest()
    await world.people.edit_user(uid, {"permanent": True}, "admin")
    await world.rest()
    world.now += 10
    site.logout(1)
    await world.rest()
    assert site.records["user"]
    assert not await world.differences()


@ensureDeferred
async def test_a_user_that_moves_to_another_phone_of_its_omm_is_bound_to_that_one_in_mom(
    world: World, ipei: Ipei
) -> None:
    site = await phone(world, ipei)
    ids = {"ommId": site.ari, "ommIdAck": site.ari}
    site.add("pp", ipei=ipei(2), s="Yes", uak="0" * 32, **ids)
    uid = await ann(world)
    site.login(1, "1234", num="4711")
    await world.rest()
    world.now += 10
    (local,) = site.records["user"]
    site.bind(local, 2, "Dynamic")
    site.moved(local, 2)
    await world.rest()
    user = await world.user(uid)
    assert user is not None
    device = await world.device(user.ppn)
    assert device is not None
    assert (device.ipei, device.rel_type) == (ipei(2), "Dynamic")
    assert not await world.differences()


@ensureDeferred
async def test_a_user_whose_login_is_never_confirmed_leaves_the_omm(
    world: World, ipei: Ipei
) -> None:
    site = await phone(world, ipei)
    await ann(world)
    site.quirks.links = False
    site.login(1, "1234", num="4711")
    await world.rest()
    assert site.records["user"]
    world.clock.advance(600)
    await world.rest()
    assert not site.records["user"]
    assert not await world.differences()
