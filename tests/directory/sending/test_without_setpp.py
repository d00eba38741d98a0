"""An OMM that does not know `SetPP`: what the older requests can bring there, relations too."""

from collections.abc import Callable

from pytest_twisted import ensureDeferred

from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World

Ipei = Callable[[int], str]
MARK = "not accepted by OMM 0002: relation (no SetPP)"


async def _with_an_older_site(world: World, ipei: Ipei, rel_type: str = "Fixed") -> tuple[int, int]:
    """A pair of site 1 whose user becomes permanent, so that it goes to the older site 2 too."""
    site = await world.site(1)
    older = await world.site(2)
    older.quirks.set_pp = False
    uid, ppn = site.pair("4711", ipei(1))
    if rel_type != "Fixed":
        site.bind(uid, ppn, rel_type)
    for number in (1, 2):
        await world.connect(number)
    user = await world.user_with("4711")
    world.now += 10
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    return user.uid, user.ppn


@ensureDeferred
async def test_an_omm_without_setpp_is_told_by_the_older_requests(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.quirks.set_pp = False
    site.pair("4711", ipei(1))
    await world.connect(1)
    user = await world.user_with("4711")
    await world.people.edit_user(user.uid, {"name": "Old"}, "admin")
    await world.rest()
    assert world.sittings[1].notes == ("SetPP not known: no numbers, no relations",)
    assert site.records["user"][1]["name"] == "Old"
    assert not world.requests(1, "SetPP")
    world.cut(1)
    assert (await world.connect(1)).changed == 0


@ensureDeferred
async def test_a_fixed_pair_is_made_there_at_once(world: World, ipei: Ipei) -> None:
    number, _ = await _with_an_older_site(world, ipei)
    assert len(world.requests(2, "CreateFixedPP")) == 1
    assert world.sites[2].records["user"][1]["relType"] == "Fixed"
    user = await world.user(number)
    assert user is not None
    assert user.marks == ()
    assert not await world.differences()


@ensureDeferred
async def test_a_changed_type_of_a_pair_reaches_it(world: World, ipei: Ipei) -> None:
    user, device = await _with_an_older_site(world, ipei)
    world.now += 10
    await world.mom.editor.bind(user, device, "admin", "Dynamic")
    await world.rest()
    assert len(world.requests(2, "SetPPUserDevRelation")) == 1
    assert world.sites[2].records["pp"][1]["relType"] == "Dynamic"
    assert not await world.differences()
    world.cut(2)
    assert (await world.connect(2)).changed == 0


@ensureDeferred
async def test_a_relation_that_it_cannot_take_is_marked_and_stands_in_mom(
    world: World, ipei: Ipei
) -> None:
    number, device = await _with_an_older_site(world, ipei, "Dynamic")
    older = world.sites[2]
    assert older.records["user"][1]["relType"] == "Unbound"
    user = await world.user(number)
    assert user is not None
    assert (user.ppn, user.rel_type, user.marks) == (device, "Dynamic", (MARK,))
    asked = len(older.requests)
    await world.rest()
    assert len(older.requests) == asked
    assert not await world.differences()
    world.cut(2)
    await world.connect(2)
    assert not await world.differences()
    assert sum(MARK.split(":")[0] in text for text in world.log.texts) == 1


@ensureDeferred
async def test_the_mark_goes_when_both_have_the_same_relation(world: World, ipei: Ipei) -> None:
    number, _ = await _with_an_older_site(world, ipei, "Dynamic")
    world.now += 10
    await world.people.unbind(Noun.USER, number, "admin")
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ()
    assert not await world.differences()


@ensureDeferred
async def test_a_relation_made_in_mom_while_its_user_is_being_removed_there_is_marked(
    world: World, ipei: Ipei
) -> None:
    older = await world.site(2)
    older.quirks.set_pp = False
    older.quirks.deaf.add("DeletePPUser")
    uid, _ = older.pair("4711", ipei(1))
    await world.connect(2)
    user = await world.user_with("4711")
    world.now += 10
    older.unbind(uid)
    await world.until(lambda: _is_removed(world, user.uid))
    world.cut(2)
    older.quirks.deaf.clear()
    await world.mom.editor.bind(user.uid, user.ppn, "admin", "Dynamic")
    await world.connect(2)
    now = await world.user_with("4711")
    assert (now.ppn, now.rel_type, now.marks) == (user.ppn, "Dynamic", (MARK,))
    assert older.records["user"][uid]["relType"] == "Unbound"
    assert not await world.differences()


def _is_removed(world: World, number: int) -> bool:
    copy = world.mom.index.copy(Noun.USER, number, OmmId(2))
    return copy is not None and copy.state is CopyState.REMOVING
