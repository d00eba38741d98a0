"""The licence allows so many users: what OMMs have beyond stays there and comes in later."""

from collections.abc import Callable

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.setting import SubscriptionMode
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]
EVENT = "the licence allows 2 users: what OMM 0001 has beyond stays there"


def allowing(users: int | None, **more: object) -> Policy:
    return msgspec.structs.replace(Policy(licensed=True, max_users=users), **more)


async def crowded(world: World, ipei: Ipei, pairs: int = 3, users: int = 2) -> FakeOmm:
    """An OMM with more pairs than the licence allows users; it is connected."""
    world.policy = world.mom.policy = allowing(users)
    site = await world.site(1)
    for number in range(1, pairs + 1):
        site.pair(str(100 + number), ipei(number))
    await world.connect(1)
    return site


def numbers(world: World) -> list[str]:
    """The numbers of the users that MOM has."""
    index = world.mom.index
    entries = (index.entry(Noun.USER, number) for number in index.numbers(Noun.USER))
    return sorted(entry.key for entry in entries if entry is not None)


@pytest.mark.feature("F2")
@ensureDeferred
async def test_what_is_beyond_the_licence_stays_on_the_omm_untouched(
    world: World, ipei: Ipei
) -> None:
    world.policy = world.mom.policy = allowing(2)
    site = await world.site(1)
    for number in range(1, 4):
        site.pair(str(100 + number), ipei(number))
    before = dict(site.records["user"][3]), dict(site.records["pp"][3])
    await world.connect(1)
    assert numbers(world) == ["101", "102"]
    assert len(world.mom.index.numbers(Noun.DEVICE)) == 2
    assert (site.records["user"][3], site.records["pp"][3]) == before
    assert len(site.records["user"]) == len(site.records["pp"]) == 3
    assert world.log.texts == [EVENT]
    assert world.sittings[1].notes == ("1 user stays on the OMM, the licence allows 2",)
    assert world.mom.surplus.counts() == {1: 1}
    world.cut(1)
    assert world.mom.surplus.counts() == {}
    await world.connect(1)
    assert world.log.texts == [EVENT, EVENT]
    assert await world.index_is_true()


@pytest.mark.feature("F2")
@ensureDeferred
async def test_a_greater_licence_lets_them_in(world: World, ipei: Ipei) -> None:
    await crowded(world, ipei, pairs=30)
    world.mom.policy = allowing(7)
    await world.rest()
    assert len(numbers(world)) == 7
    assert len(world.mom.index.numbers(Noun.DEVICE)) == 7
    assert world.mom.surplus.counts() == {1: 23}
    assert world.sittings[1].notes == ("23 users stay on the OMM, the licence allows 7",)
    world.mom.policy = allowing(None)
    await world.rest()
    assert len(numbers(world)) == 30
    assert world.mom.surplus.counts() == {}
    assert world.sittings[1].notes == ()
    assert world.mom.index.pairs == 30
    assert not await world.differences()
    assert await world.index_is_true()


@ensureDeferred
async def test_for_each_user_that_is_deleted_another_one_comes_in(world: World, ipei: Ipei) -> None:
    site = await crowded(world, ipei)
    await world.people.delete(Noun.USER, world.mom.index.numbers(Noun.USER)[0], "admin")
    await world.rest()
    assert numbers(world) == ["102", "103"]
    assert sorted(user["num"] for user in site.records["user"].values()) == ["102", "103"]
    assert not world.mom.surplus.counts()
    assert not await world.differences()


@ensureDeferred
async def test_a_user_made_on_an_omm_stays_there_as_well(world: World, ipei: Ipei) -> None:
    site = await crowded(world, ipei, pairs=2)
    assert world.log.texts == []
    site.requests.clear()
    site.pair("103", ipei(3), "Ann")
    await world.rest()
    user = max(site.records["user"])
    site.edit("user", user, name="Anna")
    await world.rest()
    assert numbers(world) == ["101", "102"]
    assert site.records["user"][user]["name"] == "Anna"
    assert {each.name for each in site.requests} <= {"GetPPUser", "GetPPDev"}
    assert world.log.texts == [EVENT]
    world.mom.policy = allowing(3)
    await world.rest()
    assert numbers(world) == ["101", "102", "103"]
    assert not await world.differences()


@ensureDeferred
async def test_who_is_gone_from_the_omm_does_not_stay(world: World, ipei: Ipei) -> None:
    site = await crowded(world, ipei)
    site.remove("user", 3)
    await world.rest()
    assert world.mom.surplus.counts() == {}
    assert len(numbers(world)) == 2
    assert len(world.mom.index.numbers(Noun.DEVICE)) == 3, "a phone alone takes no licence"


@ensureDeferred
async def test_users_of_mom_and_phones_without_one_need_no_room(world: World, ipei: Ipei) -> None:
    site = await crowded(world, ipei, pairs=2)
    site.add("pp", ipei=ipei(9), s="Yes", uak="0" * 32, ommId=site.ari)
    site.edit("user", 1, name="Other")
    await world.rest()
    assert len(world.mom.index.numbers(Noun.DEVICE)) == 3
    world.cut(1)
    site.edit("user", 2, name="Another")
    await world.connect(1)
    users = await world.store.read(lambda reading: list(reading.all_users()))
    assert [user.name for user in users] == ["Other", "Another"]
    assert world.log.texts == []


@ensureDeferred
async def test_who_was_deleted_in_mom_comes_back_only_if_there_is_room(
    world: World, ipei: Ipei
) -> None:
    await crowded(world, ipei, pairs=2)
    world.cut(1)
    await world.people.delete(Noun.USER, world.mom.index.numbers(Noun.USER)[0], "admin")
    await world.people.create_user({"num": "999"}, "admin")
    await world.connect(1)
    assert numbers(world) == ["102", "999"]
    world.mom.policy = allowing(3)
    await world.rest()
    assert numbers(world) == ["101", "102", "999"]


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.feature("F2")
@ensureDeferred
async def test_the_phone_of_a_user_that_stays_neither_moves_nor_subscribes_elsewhere(
    world: World, ipei: Ipei, early: bool
) -> None:
    """`early`: the phone came in while there was room, its user did not."""
    site = await crowded(world, ipei, pairs=2 if early else 3)
    if early:
        phone = site.add("pp", ipei=ipei(3), s="Yes", uak="0" * 32, ommId=site.ari)
        await world.rest()
        site.bind(site.add("user", num="103"), phone)
        await world.rest()
    mode = SubscriptionMode.WILDCARD
    world.mom.policy = allowing(2, subscription=mode, auto_create=True)
    other = await world.site(2)
    await world.connect(2)
    other.locate(ipei(3))
    await world.rest()
    other.subscribe(ipei(3), "")
    await world.rest()
    for request in ("DECTLocateReject", "DECTSubscribeReject"):
        (rejected,) = world.requests(2, request)
        assert rejected.get("reason") == "License"
    assert len(site.records["pp"]) == 3
    assert not other.records["pp"]


@ensureDeferred
async def test_who_stays_takes_a_place_on_the_omm(world: World, ipei: Ipei) -> None:
    world.policy = world.mom.policy = allowing(2)
    site = await world.site(1)
    site.quirks.limit = 4
    for number in range(1, 4):
        site.pair(str(100 + number), ipei(number))
    await world.connect(1)
    assert world.mom.limits() == {1: 3}


@ensureDeferred
async def test_auto_create_makes_phones_for_which_the_licence_has_no_limit(
    world: World, ipei: Ipei
) -> None:
    await crowded(world, ipei, pairs=2)
    world.mom.policy = allowing(2, subscription=SubscriptionMode.CONFIGURED, auto_create=True)
    world.sites[1].subscribe(ipei(9), "")
    await world.rest()
    assert not world.requests(1, "DECTSubscribeReject")
    assert len(world.mom.index.numbers(Noun.DEVICE)) == 3
