"""What an OMM is asked to delete: both ends of a pair at once, and what becomes of it."""

from pytest_twisted import ensureDeferred

from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World
from tests.directory.roaming.walking import Ipei, appears, is_at, names, two_sites

ONE = OmmId(1)


async def walked(world: World, ipei: Ipei, **refused: str) -> tuple[int, int]:
    """A pair that has moved from site 1, which answers its deletion as told; user and device."""
    one, _ = await two_sites(world, ipei)
    one.quirks.refuse_requests = refused
    await appears(world, 2, ipei(1))
    user = await world.user_with("4711")
    return int(user.uid), int(user.ppn)


@ensureDeferred
async def test_a_user_that_is_slow_to_go_does_not_hold_up_its_device(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    one.quirks.silent = {"DeletePPUser"}
    two.locate(ipei(1))
    while "DeletePPDev" not in names(one):
        await world.steps(1)
    assert names(one)[-2:] == ["DeletePPUser", "DeletePPDev"]
    one.quirks.silent = set()
    world.ports[1].time_out()
    await world.rest()
    world.cut(1)
    await world.connect(1)
    await is_at(world, 2, ipei(1))


@ensureDeferred
async def test_what_is_not_there_any_more_counts_as_deleted(world: World, ipei: Ipei) -> None:
    user, device = await walked(world, ipei, DeletePPUser="ENoEnt", DeletePPDev="ENoEnt")
    assert world.mom.index.copy(Noun.USER, user, ONE) is None
    assert world.mom.index.copy(Noun.DEVICE, device, ONE) is None


@ensureDeferred
async def test_a_refused_end_stays_and_is_marked_and_the_other_one_goes(
    world: World, ipei: Ipei
) -> None:
    user, device = await walked(world, ipei, DeletePPUser="EPerm")
    kept = world.mom.index.copy(Noun.USER, user, ONE)
    assert kept is not None
    assert kept.refused == "EPerm"
    assert world.mom.index.copy(Noun.DEVICE, device, ONE) is None
    assert not world.sites[1].records["pp"]


@ensureDeferred
async def test_a_link_that_breaks_between_both_answers_leaves_nothing_behind(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    one.quirks.silent = {"DeletePPDev"}
    two.locate(ipei(1))
    while "DeletePPDev" not in names(one):
        await world.steps(1)
    world.cut(1)
    one.quirks.silent = set()
    await world.rest()
    await world.connect(1)
    await is_at(world, 2, ipei(1))
