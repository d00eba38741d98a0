"""Who wins when both sides changed a record, and what rides along with it."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.model.copy import Noun
from tests.directory.conftest import World, one_pair

Ipei = Callable[[int], str]


@pytest.mark.feature("F6")
@ensureDeferred
async def test_edits_on_both_sides_reach_each_other(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1), "Ann")
    site.pair("4712", ipei(2), "Bob")
    await world.connect(1)
    ann, bob = await world.user_with("4711"), await world.user_with("4712")
    world.cut(1)
    world.now += 10
    site.edit("user", 1, name="Anna")
    await world.people.edit_user(bob.uid, {"name": "Bobby"}, "admin")
    await world.connect(1)
    assert (await world.user(ann.uid)).name == "Anna"  # type: ignore[union-attr]
    assert site.records["user"][2]["name"] == "Bobby"
    assert not await world.differences()


@ensureDeferred
async def test_a_relation_that_only_changes_its_type_is_in_mom_at_once(
    world: World, ipei: Ipei
) -> None:
    uid = await one_pair(world, ipei)
    site = world.sites[1]
    world.now += 10
    site.bind(1, 1, "Dynamic")
    await world.rest()
    assert (await world.user(uid)).rel_type == "Dynamic"  # type: ignore[union-attr]
    assert site.records["pp"][1]["relType"] == "Dynamic"
    assert not await world.differences()


@ensureDeferred
async def test_a_user_that_takes_the_phone_of_another_one_there_stays_fixed_to_it(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1))
    site.pair("4712", ipei(2))
    await world.connect(1)
    world.now += 10
    site.bind(1, 2, "Fixed")
    await world.rest()
    ann, bob = await world.user_with("4711"), await world.user_with("4712")
    phone = await world.device(ann.ppn)
    assert phone is not None
    assert (ann.rel_type, phone.rel_type, phone.uid) == ("Fixed", "Fixed", ann.uid)
    assert bob.rel_type == "Unbound"
    assert not await world.differences()


@pytest.mark.feature("F7")
@pytest.mark.parametrize(
    ("there", "here", "winner"), [(50, 40, "OMM"), (40, 50, "MOM"), (50, 50, "MOM")]
)
@pytest.mark.parametrize("offset", [0, 300, -300])
@ensureDeferred
async def test_the_newer_change_wins_by_moms_clock_and_the_line_keeps_what_lost(
    world: World, ipei: Ipei, there: int, here: int, winner: str, offset: int
) -> None:
    site = await world.site(1, offset)
    site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    user = await world.user_with("4711")
    world.cut(1)
    began = world.now
    world.now = began + there
    site.edit("user", 1, name="OMM")
    world.now = began + here
    await world.people.edit_user(user.uid, {"name": "MOM"}, "admin")
    world.now = began + 100
    await world.connect(1)
    assert (await world.user(user.uid)).name == winner  # type: ignore[union-attr]
    assert site.records["user"][1]["name"] == winner
    lines = await world.lines(Noun.USER, user.uid)
    loser = "MOM" if winner == "OMM" else "OMM"
    assert any("name from" in line and f'"{loser}"' in line for line in lines)


@ensureDeferred
async def test_the_groups_of_one_record_are_decided_apart(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    world.cut(1)
    world.now += 10
    site.unbind(1)
    await world.people.edit_user(number, {"name": "New"}, "admin")
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    assert (user.name, user.rel_type, user.ppn) == ("New", "Unbound", 0)


@ensureDeferred
async def test_a_restored_backup_is_no_news(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    old = dict(site.records["user"][1])
    world.now += 10
    site.edit("user", 1, name="Newer")
    await world.rest()
    world.cut(1)
    site.records["user"][1] = old
    await world.connect(1)
    assert (await world.user(number)).name == "Newer"  # type: ignore[union-attr]
    assert site.records["user"][1]["name"] == "Newer"


@ensureDeferred
async def test_a_change_in_the_same_second_is_news(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    world.cut(1)
    site.edit("user", 1, name="Again")
    await world.connect(1)
    assert (await world.user(number)).name == "Again"  # type: ignore[union-attr]
    newest = (await world.lines(Noun.USER, number))[0]
    assert newest.startswith("name from OMM 0001, changed there in the same second (")


@ensureDeferred
async def test_a_line_says_newer_only_where_the_stamps_say_so(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    site.bind(1, 1, "Dynamic")
    await world.rest()
    newest = (await world.lines(Noun.USER, number))[0]
    assert "(Dynamic) on OMM 0001, changed there in the same second (" in newest
    world.now -= 60
    site.edit("user", 1, name="Again")
    await world.rest()
    assert (await world.lines(Noun.USER, number))[0].startswith(
        "name from OMM 0001, changed there and not here; MOM had "
    )
    world.now += 120
    site.edit("user", 1, name="Later")
    await world.rest()
    assert (await world.lines(Noun.USER, number))[0].startswith("name from OMM 0001, newer there (")


@pytest.mark.parametrize("echoes", [True, False])
@pytest.mark.parametrize("restamps", [True, False])
@ensureDeferred
async def test_an_echo_of_moms_own_change_is_no_news(
    world: World, ipei: Ipei, echoes: bool, restamps: bool
) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    site.quirks.echoes, site.quirks.restamps = echoes, restamps
    site.requests.clear()
    for name in ("One", "Two", "Three"):
        await world.people.edit_user(number, {"name": name}, "admin")
        world.now += 1
    await world.rest()
    assert (await world.user(number)).name == "Three"  # type: ignore[union-attr]
    assert site.records["user"][1]["name"] == "Three"
    assert len(world.requests(1, "SetPP")) <= 3


@ensureDeferred
async def test_unknown_attributes_ride_along(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    uid, _ = site.pair("4711", ipei(1))
    site.records["user"][uid]["fromTheFuture"] = "x"
    await world.connect(1)
    user = await world.user_with("4711")
    assert user.extra == {"fromTheFuture": "x"}


@ensureDeferred
async def test_an_unknown_boolean_is_the_same_however_an_omm_writes_it(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.quirks.words = number == 2
        uid, _ = site.pair(f"471{number}", ipei(number))
        site.records["user"][uid] |= {"futureFlag": "1", "permanent": "1"}
    for number in (1, 2, 1):
        await world.connect(number)
    assert len(world.requests(1, "SetPP")) <= 4
    assert not await world.differences()


@ensureDeferred
async def test_an_emoji_from_an_omm_is_kept_marked_and_not_spread(world: World, ipei: Ipei) -> None:
    for number in (1, 2):
        await world.site(number)
    world.sites[1].pair("4711", ipei(1), "Ann \U0001f600")
    for number in (1, 2):
        await world.connect(number)
    user = await world.user_with("4711")
    assert user.name == "Ann \U0001f600"
    assert user.marks == ("not spread: name has characters that phones do not take",)
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert world.sites[2].records["user"][1]["name"] == ""
    assert (await world.user(user.uid)).name == "Ann \U0001f600"  # type: ignore[union-attr]
