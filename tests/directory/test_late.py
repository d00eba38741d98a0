"""What MOM changed, and what an OMM carried out late of it."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred as asynchronous
from twisted.internet.defer import ensureDeferred

from mom.directory import late
from mom.model.copy import Noun
from tests.directory.conftest import World, one_pair

Ipei = Callable[[int], str]


@pytest.mark.parametrize(
    ("told", "own"),
    [
        ({"name": "Ann"}, True),
        ({"name": "Ann", "num": "4711"}, True),
        ({"name": "Cleo"}, False),
        ({"name": "Ann", "num": "4799"}, False),
    ],
)
def test_an_omm_that_has_what_mom_had_before_has_nothing_of_its_own(
    told: dict[str, object], own: bool
) -> None:
    past = late.past(Noun.USER, ['{"name":"Ann","num":"4711"}', "", '{"name":"Bob"}'])
    assert late.is_own(list(told), told, past) is own


async def changed_twice(world: World, ipei: Ipei, number: int, second: str) -> None:
    """While the first change is on its way a second one is saved; then the first arrives late."""
    site = world.sites[1]
    await world.people.edit_user(number, {"name": "Bob"}, "admin")
    while not world.ports[1].is_asked:
        await world.pause()
    world.now += 1
    saved = ensureDeferred(world.people.edit_user(number, {"name": second}, "admin"))
    while not saved.called:
        await world.pause()
    world.now += 2
    world.ports[1].step()
    (user,) = site.records["user"].values()
    assert (user["name"], user["timeStampAdmin"]) == ("Bob", str(world.now))


@pytest.mark.parametrize("killed", [True, False])
@asynchronous
async def test_a_change_that_was_saved_stands_though_the_one_before_it_arrived_later(
    world: World, ipei: Ipei, killed: bool
) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    site.quirks.restamps = True
    world.now += 10
    await changed_twice(world, ipei, number, "Cleo")
    if killed:
        await world.kill()
    else:
        world.cut(1)
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    assert user.name == "Cleo"
    assert [record["name"] for record in site.records["user"].values()] == ["Cleo"]
    assert await world.differences() == []
    lines = await world.lines(Noun.USER, number)
    assert any("OMM 0001 took MOM's change before that one late" in line for line in lines)


@asynchronous
async def test_a_later_change_at_the_omm_stands_all_the_same(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    site.quirks.restamps = True
    world.now += 10
    await changed_twice(world, ipei, number, "Cleo")
    world.cut(1)
    world.now += 1
    site.edit("user", 1, name="Dora")
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    assert user.name == "Dora"
    assert await world.differences() == []
