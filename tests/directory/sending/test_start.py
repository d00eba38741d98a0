"""What happens between the reading of an OMM and the moment from which it is sent to."""

from collections.abc import Callable

from pytest_twisted import ensureDeferred
from twisted.internet import defer

from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.ports import ReadingResult
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]


def _begin(world: World, number: int) -> "defer.Deferred[ReadingResult]":
    """A session whose reading begins; fires when it is over."""
    omm = world.mom.omm(OmmId(number))
    assert omm is not None
    port = world.sites[number].connect(omm, 0.0)
    sitting = world.mom.open(port)
    port.take = sitting.take
    world.ports[number], world.sittings[number] = port, sitting
    return defer.ensureDeferred(sitting.read(lambda done, total: None))


async def _read_only(world: World, ipei: Ipei) -> FakeOmm:
    """Site 1 with three pairs that was read and is not followed yet; site 2 does not answer."""
    site = await world.site(1)
    for serial in (1, 2, 3):
        site.pair(f"471{serial}", ipei(serial), "Ann")
    await world.site(2)
    _begin(world, 2)
    world.ports[2].hold()
    reading = _begin(world, 1)
    await world.until(lambda: reading.called)
    return site


async def _follow(world: World) -> None:
    """Site 1 is sent to while site 2 is still being read."""
    world.sittings[1].follow()
    await world.until(lambda: world.mom.units.idle and not world.ports[1].is_asked)
    assert not world.mom.readings.calm


async def _calm(world: World) -> None:
    """Site 2 is read to its end."""
    world.ports[2].release()
    await world.rest()
    assert not await world.differences()


@ensureDeferred
async def test_what_changes_before_the_start_of_sending_is_sent_with_it(
    world: World, ipei: Ipei
) -> None:
    site = await _read_only(world, ipei)
    user = await world.user_with("4712")
    await world.people.edit_user(user.uid, {"name": "Bea"}, "admin")
    await _follow(world)
    names = {record["num"]: record["name"] for record in site.records["user"].values()}
    assert names == {"4711": "Ann", "4712": "Bea", "4713": "Ann"}
    await _calm(world)


@ensureDeferred
async def test_what_is_deleted_before_the_start_of_sending_leaves_the_omm(
    world: World, ipei: Ipei
) -> None:
    site = await _read_only(world, ipei)
    user = await world.user_with("4712")
    await world.people.delete(Noun.USER, user.uid, "admin")
    await _follow(world)
    assert {record["num"] for record in site.records["user"].values()} == {"4711", "4713"}
    await _calm(world)


@ensureDeferred
async def test_what_was_read_is_told_its_numbers_by_pairs_once_nobody_is_read(
    world: World, ipei: Ipei
) -> None:
    await _read_only(world, ipei)
    await _follow(world)
    assert not world.requests(1, "SetPP")
    await _calm(world)
    told = world.requests(1, "SetPP")
    assert [len(request.children) for request in told] == [2, 2, 2]
