"""Rule 3 for both ends of a pair: that one was deleted at an OMM is no news of MOM's about the
other there.
"""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.axi.element import Element, make
from mom.directory import losses
from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]
ONE = OmmId(1)
PAIRS = 7
Deletion = Callable[[FakeOmm], None]


def user_then_device(site: FakeOmm) -> None:
    """The device's relation ends between the two."""
    site.remove("user", 1)
    site.remove("pp", 1)


def device_then_user(site: FakeOmm) -> None:
    """The user's relation ends between the two."""
    site.remove("pp", 1)
    site.remove("user", 1)


def without_a_relation_between(site: FakeOmm) -> None:
    """Two events, one for each end."""
    for kind, flag in (("user", "deletedUser"), ("pp", "deletedDev")):
        event = make("EventPPCnf", {flag: True}, _key(site, kind))
        del site.records[kind][1]
        site.publish(event)


def at_once(site: FakeOmm) -> None:
    """One event tells of both ends."""
    event = make(
        "EventPPCnf",
        {"deletedUser": True, "deletedDev": True},
        _key(site, "pp"),
        _key(site, "user"),
    )
    for kind in ("user", "pp"):
        del site.records[kind][1]
    site.publish(event)


def _key(site: FakeOmm, kind: str) -> Element:
    names = ("uid", "uidSec") if kind == "user" else ("ppn", "ppnSec")
    return Element(kind, {name: site.records[kind][1][name] for name in names})


FORMS = [user_then_device, device_then_user, without_a_relation_between, at_once]


async def some_pairs(world: World, ipei: Ipei) -> tuple[FakeOmm, int, int]:
    """A site with some pairs; tells the numbers of the first user and its device."""
    site = await world.site(1)
    for n in range(PAIRS):
        site.pair(str(4001 + n), ipei(n))
    await world.connect(1)
    first = await world.user_with("4001")
    world.now += 10
    return site, int(first.uid), int(first.ppn)


async def is_gone(world: World, site: FakeOmm, user: int, device: int) -> bool:
    """Whether a pair is deleted in MOM, and was not made again at its OMM."""
    assert await world.user(user) is None
    assert await world.device(device) is None
    assert all(len(site.records[kind]) == PAIRS - 1 for kind in ("user", "pp"))
    return not await world.differences()


@pytest.mark.parametrize("deletion", FORMS)
@ensureDeferred
async def test_a_pair_deleted_at_its_omm_is_deleted_in_mom(
    world: World, ipei: Ipei, deletion: Deletion
) -> None:
    site, user, device = await some_pairs(world, ipei)
    deletion(site)
    await world.rest()
    assert await is_gone(world, site, user, device)


@ensureDeferred
async def test_the_end_of_a_relation_is_not_sent_to_the_omm_that_deleted_the_other_end(
    world: World, ipei: Ipei
) -> None:
    site, user, device = await some_pairs(world, ipei)
    site.requests.clear()
    site.remove("user", 1)
    await world.rest()
    assert not world.requests(1, "SetPP")
    kept = await world.device(device)
    assert kept is not None
    assert kept.uid == 0
    site.remove("pp", 1)
    await world.rest()
    assert await is_gone(world, site, user, device)


@pytest.mark.parametrize("deletion", FORMS)
@ensureDeferred
async def test_a_pair_deleted_while_its_omm_was_away_is_deleted_in_mom(
    world: World, ipei: Ipei, deletion: Deletion
) -> None:
    site, user, device = await some_pairs(world, ipei)
    world.cut(1)
    deletion(site)
    await world.connect(1)
    assert await is_gone(world, site, user, device)


@pytest.mark.parametrize("deletion", FORMS)
@pytest.mark.parametrize("place", range(1, 8))
@ensureDeferred
async def test_a_pair_deleted_while_its_omm_is_read_is_deleted_in_mom(
    world: World,
    ipei: Ipei,
    deletion: Deletion,
    place: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, user, device = await some_pairs(world, ipei)
    world.cut(1)
    site.quirks.page = 3
    answer, asked = site.answer, []

    def interrupted(request: Element) -> Element:
        asked.append(request)
        if len(asked) == place:
            deletion(site)
        return answer(request)

    monkeypatch.setattr(site, "answer", interrupted)
    await world.connect(1)
    assert len(asked) >= place
    assert await is_gone(world, site, user, device)


@ensureDeferred
async def test_vanished_pairs_that_are_accepted_are_deleted_with_both_ends(
    world: World, ipei: Ipei, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(losses, "BATCH", 2)
    site, _, _ = await some_pairs(world, ipei)
    world.cut(1)
    for kind in ("user", "pp"):
        for local in range(1, PAIRS):
            del site.records[kind][local]
    assert (await world.connect(1)).missing == 2 * (PAIRS - 1)
    assert await world.mom.accept_missing(ONE) == 2 * (PAIRS - 1)
    await world.rest()
    for kind, noun in (("user", Noun.USER), ("pp", Noun.DEVICE)):
        assert len(site.records[kind]) == 1
        assert world.mom.index.count(noun) == 1
    assert not await world.differences()


@pytest.mark.parametrize("deletion", FORMS)
@ensureDeferred
async def test_a_permanent_pair_deleted_at_its_home_leaves_the_other_omms(
    world: World, ipei: Ipei, deletion: Deletion
) -> None:
    away = await world.site(2)
    await world.connect(2)
    site, user, device = await some_pairs(world, ipei)
    await world.people.edit_user(user, {"permanent": True}, "admin")
    await world.rest()
    assert len(away.records["user"]) == len(away.records["pp"]) == 1
    deletion(site)
    await world.rest()
    assert await is_gone(world, site, user, device)
    assert not away.records["user"]
    assert not away.records["pp"]


@pytest.mark.parametrize("deletion", FORMS)
@ensureDeferred
async def test_a_permanent_pair_deleted_where_it_is_not_at_home_comes_back_there(
    world: World, ipei: Ipei, deletion: Deletion
) -> None:
    away = await world.site(2)
    await world.connect(2)
    _, user, device = await some_pairs(world, ipei)
    await world.people.edit_user(user, {"permanent": True}, "admin")
    await world.rest()
    deletion(away)
    await world.rest()
    kept = await world.user(user)
    assert kept is not None
    assert kept.ppn == device
    assert len(away.records["user"]) == len(away.records["pp"]) == 1
    assert not await world.differences()


@ensureDeferred
async def test_a_relation_that_somebody_made_in_mom_brings_its_device_back(
    world: World, ipei: Ipei
) -> None:
    site, user, device = await some_pairs(world, ipei)
    other = await world.user_with("4002")
    world.cut(1)
    await world.mom.editor.bind(other.uid, device, "admin", "Fixed")
    await world.rest()
    site.remove("user", 1)
    site.remove("pp", 1)
    await world.connect(1)
    kept = await world.device(device)
    assert kept is not None
    assert kept.uid == other.uid
    assert site.device_of(ipei(0)) is not None
    assert await world.user(user) is not None
    assert not await world.differences()


@ensureDeferred
async def test_a_device_whose_user_was_deleted_in_mom_comes_back(world: World, ipei: Ipei) -> None:
    site, user, device = await some_pairs(world, ipei)
    world.cut(1)
    await world.people.delete(Noun.USER, user, "admin")
    site.remove("pp", 1)
    await world.connect(1)
    kept = await world.device(device)
    assert kept is not None
    assert site.device_of(ipei(0)) is not None
    assert not await world.differences()
