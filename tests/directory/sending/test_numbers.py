"""System-wide numbers: told once to each OMM, whether it keeps them or not."""

import copy
from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.keeping import NOTE
from mom.model.copy import Noun
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]
FORGETFUL = pytest.mark.parametrize(
    ("repeats", "hides"), [(False, False), (True, False), (False, True), (True, True)]
)


async def _forgetful(world: World, ipei: Ipei, repeats: bool, hides: bool) -> FakeOmm:
    """Site 1 with three pairs, which keeps no numbers and tells all changes by events."""
    site = await world.site(1)
    quirks = site.quirks
    quirks.keeps_numbers, quirks.repeats_numbers, quirks.hides_numbers = False, repeats, hides
    quirks.echoes = True
    for serial in (1, 2, 3):
        site.pair(f"471{serial}", ipei(serial), "Ann")
    await world.connect(1)
    return site


async def _again(world: World) -> None:
    """The next session of site 1; it must not be written to."""
    before = len(world.requests(1, "SetPP"))
    world.cut(1)
    await world.connect(1)
    assert world.requests(1, "SetPP")[before:] == []
    assert not await world.differences()


@FORGETFUL
@ensureDeferred
async def test_an_omm_that_keeps_no_numbers_is_told_each_once_and_never_again(
    world: World, ipei: Ipei, repeats: bool, hides: bool
) -> None:
    await _forgetful(world, ipei, repeats, hides)
    assert [len(request.children) for request in world.requests(1, "SetPP")] == [2, 2, 2]
    assert world.sittings[1].notes == (NOTE,)
    await _again(world)
    await world.restart()
    await _again(world)
    assert world.sittings[1].notes == (NOTE,)
    assert not world.log.texts


@FORGETFUL
@ensureDeferred
async def test_its_records_are_known_without_numbers(
    world: World, ipei: Ipei, repeats: bool, hides: bool
) -> None:
    site = await _forgetful(world, ipei, repeats, hides)
    user = await world.user_with("4711")
    world.now += 10
    await world.people.edit_user(user.uid, {"name": "Bea"}, "admin")
    await world.rest()
    assert site.records["user"][1]["name"] == "Bea"
    world.cut(1)
    site.edit("user", 1, num="4799")
    await world.connect(1)
    assert (await world.user_with("4799")).uid == user.uid
    await _again(world)
    assert len(world.mom.index.numbers(Noun.USER)) == 3


@FORGETFUL
@ensureDeferred
async def test_phones_there_that_swap_their_local_numbers_are_known_by_their_ipei(
    world: World, ipei: Ipei, repeats: bool, hides: bool
) -> None:
    site = await _forgetful(world, ipei, repeats, hides)
    before = {n: world.mom.index.with_key(Noun.DEVICE, key) for n, key in _digits(site).items()}
    world.cut(1)
    devices, users = site.records["pp"], site.records["user"]
    devices[1], devices[2] = devices[2] | {"ppn": "1"}, devices[1] | {"ppn": "2"}
    users[1]["ppn"], users[2]["ppn"] = "2", "1"
    await world.connect(1)
    after = {n: world.mom.index.with_key(Noun.DEVICE, key) for n, key in _digits(site).items()}
    assert (after[1], after[2], after[3]) == (before[2], before[1], before[3])
    await _again(world)
    assert len(world.mom.index.numbers(Noun.DEVICE)) == 3


def _digits(site: FakeOmm) -> dict[int, str]:
    """The digits of the IPEIs at a site, by local number."""
    return {
        n: "".join(c for c in r["ipei"] if c.isdigit())[:12] for n, r in site.records["pp"].items()
    }


@FORGETFUL
@ensureDeferred
async def test_a_pair_that_was_sent_there_with_no_answer_is_not_made_a_second_time(
    world: World, ipei: Ipei, repeats: bool, hides: bool
) -> None:
    await _forgetful(world, ipei, repeats, hides)
    home = await world.site(2)
    home.pair("4720", ipei(20), "Cleo")
    await world.connect(2)
    user = await world.user_with("4720")
    world.sites[1].quirks.silent = {"SetPP"}
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.steps(100)
    world.sites[1].quirks.silent = set()
    for number in (1, 2):
        world.cut(number)
        await world.connect(number)
    assert [r["num"] for r in world.sites[1].records["user"].values()].count("4720") == 1
    assert len(world.mom.index.with_key(Noun.USER, "4720")) == 1
    assert not await world.differences()


@ensureDeferred
async def test_an_omm_that_keeps_numbers_is_asked_once_whether_it_does(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for serial in (1, 2, 3):
        site.pair(f"471{serial}", ipei(serial), "Ann")
    await world.connect(1)
    assert len(world.requests(1, "GetPPUser", "GetPPDev")) == 4 + 2
    assert world.sittings[1].notes == ()
    await _again(world)


@ensureDeferred
async def test_an_omm_that_keeps_numbers_and_lost_them_gets_them_again(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for serial in (1, 2, 3):
        site.pair(f"471{serial}", ipei(serial), "Ann")
    backup = copy.deepcopy(site.records)
    for _ in range(2):
        world.cut(1)
        site.records = copy.deepcopy(backup)
        before = len(world.requests(1, "SetPP"))
        await world.connect(1)
        assert len(world.requests(1, "SetPP")) == before + 3
        assert not await world.differences()


@ensureDeferred
async def test_an_omm_that_keeps_numbers_since_an_update_gets_each_with_the_next_change(
    world: World, ipei: Ipei
) -> None:
    site = await _forgetful(world, ipei, False, False)
    site.quirks.keeps_numbers = True
    user = await world.user_with("4711")
    world.cut(1)
    await world.connect(1)
    before = len(world.requests(1, "SetPP"))
    await world.people.edit_user(user.uid, {"name": "Bea"}, "admin")
    await world.rest()
    assert len(world.requests(1, "SetPP")) == before + 1
    assert site.records["user"][1]["uidSec"] == str(user.uid)
    assert site.records["user"][2]["uidSec"] == "0"
    world.cut(1)
    await world.connect(1)
    assert world.sittings[1].notes == ()
    assert len(world.requests(1, "SetPP")) == before + 1


@ensureDeferred
async def test_an_omm_that_refuses_numbers_is_asked_once_and_nothing_is_marked(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.quirks.refuse_requests = {"SetPP": "EInval"}
    for serial in (1, 2, 3, 4, 5):
        site.pair(f"471{serial}", ipei(serial), "Ann")
    site.quirks.keeps_numbers = False
    await world.connect(1)
    assert len(world.requests(1, "SetPP")) == 5
    assert world.sittings[1].notes == (NOTE,)
    await _again(world)
    assert (await world.user_with("4711")).marks == ()
    assert not world.log.texts


@ensureDeferred
async def test_an_omm_that_lists_setpp_and_refuses_it_is_told_by_the_older_requests(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.quirks.refuse_requests = {"SetPP": "EInval"}
    site.quirks.keeps_numbers = False
    for serial in (1, 2, 3, 4, 5):
        site.pair(f"471{serial}", ipei(serial), "Ann")
    await world.connect(1)
    world.now += 10
    users = sorted(world.mom.index.numbers(Noun.USER))
    for number in users:
        await world.people.edit_user(number, {"name": "Bea"}, "admin")
    await world.rest()
    assert {record["name"] for record in site.records["user"].values()} == {"Bea"}
    assert len(world.requests(1, "SetPP")) <= 5 + 3 + 3
    for number in users:
        user = await world.user(number)
        assert user is not None
        assert user.marks == ()
    assert not await world.differences()
    told = [text for text in world.log.texts if "SetPP" in str(text)]
    assert len(told) == 1
