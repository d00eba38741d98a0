"""Who a record is, which OMM holds it, and what must not be told apart wrongly."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World

Ipei = Callable[[int], str]
OMM = OmmId(1)


@pytest.mark.feature("F9")
@ensureDeferred
async def test_a_user_made_on_an_omm_is_in_mom_at_once_and_leaves_the_omm(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    site.add("user", num="4800", name="New")
    await world.rest()
    assert (await world.user_with("4800")).name == "New"
    assert site.records["user"] == {}
    assert world.mom.index.copies(Noun.USER, (await world.user_with("4800")).uid) == ()


@pytest.mark.feature("F8")
@ensureDeferred
async def test_an_omm_holds_its_own_and_the_permanent_records_only(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.pair(f"{number}00", ipei(number))
        await world.connect(number)
    user = await world.user_with("100")
    device = await world.device(user.ppn)
    assert device is not None
    assert device.home == 1
    assert len(world.sites[2].records["user"]) == 1
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert {r["num"] for r in world.sites[2].records["user"].values()} == {"100", "200"}
    assert len(world.sites[2].records["pp"]) == 2
    assert not await world.differences()
    await world.people.edit_user(user.uid, {"permanent": False}, "admin")
    await world.rest()
    assert {r["num"] for r in world.sites[2].records["user"].values()} == {"200"}
    assert len(world.sites[2].records["pp"]) == 1


@ensureDeferred
async def test_one_phone_on_two_omms_is_at_home_where_it_was_subscribed_last(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        site = await world.site(number)
        world.now += 100
        site.pair(f"{number}00", ipei(7))
    for number in (2, 1):
        await world.connect(number)
    assert world.mom.index.count(Noun.DEVICE) == 1
    (number,) = world.mom.index.numbers(Noun.DEVICE)
    device = await world.device(number)
    assert device is not None
    assert device.home == 2
    assert world.sites[1].records["pp"] == {}
    assert not await world.differences()


@ensureDeferred
async def test_two_sites_with_one_number_are_kept_marked_and_told(world: World, ipei: Ipei) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.pair("4711", ipei(number))
        await world.connect(number)
    assert world.mom.index.count(Noun.USER) == 2
    first, second = world.mom.index.with_key(Noun.USER, "4711")
    user = await world.user(second)
    assert user is not None
    assert f"number 4711 also used by user {first} (OMM 0001)" in user.marks
    assert any("4711" in text for text in world.log.texts)
    await world.people.edit_user(second, {"num": "4712"}, "admin")
    for number in (first, second):
        user = await world.user(number)
        assert user is not None
        assert user.marks == ()


@ensureDeferred
async def test_an_empty_mom_takes_its_numbers_back_from_its_omms(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    uid, ppn = site.pair("4711", ipei(1))
    site.records["user"][uid]["uidSec"] = "900"
    site.records["pp"][ppn]["ppnSec"] = "901"
    await world.connect(1)
    assert (await world.user_with("4711")).uid == 900
    created = await world.people.create_user({"num": "1"}, "admin")
    assert created.uid == 901


@pytest.mark.parametrize("live", [True, False])
@ensureDeferred
async def test_a_device_never_takes_the_ipei_of_another_one(
    world: World, ipei: Ipei, live: bool
) -> None:
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1))
    one.pair("4712", ipei(2))
    two.pair("4713", ipei(3))
    await world.connect(1)
    await world.connect(2)
    world.now += 10
    if not live:
        world.cut(1)
    one.edit("pp", 1, ipei=ipei(3))
    one.edit("user", 2, name="Bob")
    if not live:
        await world.connect(1)
    await world.rest()
    assert one.records["pp"][1]["ipei"] == ipei(1)
    assert (await world.user_with("4712")).name == "Bob"
    assert not await world.differences()
    assert any("IPEI" in text for text in world.log.texts)


@ensureDeferred
async def test_a_device_without_ipei_that_gets_that_of_another_one_is_settled_once(
    world: World, ipei: Ipei
) -> None:
    one, two = await world.site(1), await world.site(2)
    one.add("pp", ipei="", s="Yes")
    two.pair("4713", ipei(3))
    await world.connect(1)
    await world.connect(2)
    before = len(one.requests)
    one.edit("pp", 1, ipei=ipei(3))
    await world.rest()
    assert len(one.requests) - before < 20
    found = await world.store.read(lambda reading: list(reading.all_devices()))
    assert [device.ipei for device in found].count(ipei(3)) == 1


@pytest.mark.parametrize(
    ("noun", "kind", "name"), [(Noun.USER, "user", "num"), (Noun.DEVICE, "pp", "ipei")]
)
@ensureDeferred
async def test_who_takes_over_a_number_while_mom_is_away_is_not_who_had_it(
    world: World, ipei: Ipei, noun: Noun, kind: str, name: str
) -> None:
    site = await world.site(1)
    key = str if noun is Noun.USER else ipei
    stays = {"permanent": "1"} if noun is Noun.USER else {"s": "Yes", "ommId": site.ari}
    for serial in range(1, 21):
        site.add(kind, **{name: key(serial)}, **stays)
    await world.connect(1)
    before = world.mom.index.local(noun, OMM, 4)
    world.cut(1)
    world.now += 10
    site.edit(kind, 4, **{name: key(900)})
    site.add(kind, **{name: key(4)}, **stays)
    await world.connect(1)
    after = world.mom.index.local(noun, OMM, 4)
    assert before is not None
    assert after is not None
    assert after.number == before.number
    assert site.records[kind][4][name] == key(900)
    assert not await world.differences()
