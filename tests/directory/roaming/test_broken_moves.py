"""Moves of a phone that break: it has one home in the end."""

import pytest
from pytest_twisted import ensureDeferred

from mom.model.identities import OmmId
from tests.directory.conftest import World
from tests.directory.roaming.walking import Ipei, appears, home, is_at, names, two_sites

BREAKS = {
    "the new OMM": lambda world: world.cut(2),
    "the old OMM": lambda world: world.cut(1),
    "both OMMs": lambda world: [world.cut(n) for n in (1, 2)],
    "MOM": lambda world: world.kill(),
}


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("permanent", [False, True], ids=["local", "permanent"])
@pytest.mark.parametrize("late", [False, True], ids=["at once", "after a minute"])
@ensureDeferred
async def test_whatever_breaks_at_whatever_step_the_phone_has_one_home_in_the_end(
    world: World, ipei: Ipei, broken: str, permanent: bool, late: bool
) -> None:
    await two_sites(world, ipei)
    if permanent:
        user = await world.user_with("4711")
        await world.people.edit_user(user.uid, {"permanent": True}, "admin")
        await world.rest()
    count, target, more = 0, 2, True
    while more:
        world.now += 5
        world.sites[target].locate(ipei(1))
        more = await world.steps(count)
        done = BREAKS[broken](world)
        if broken == "MOM":
            await done
        if late:
            world.clock.advance(61)
            await world.rest()
        for number in (1, 2):
            if number not in world.ports:
                await world.connect(number)
        await world.rest()
        at, *_ = await home(world)
        await is_at(world, at, ipei(1))
        count += 1
        if at != target:
            await appears(world, target, ipei(1))
            await is_at(world, target, ipei(1))
        target = 3 - target
    assert count > 5


@ensureDeferred
async def test_a_move_whose_outcome_is_unknown_keeps_the_old_copy_until_the_next_session(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    two.quirks.silent.add("SetPP")
    await appears(world, 2, ipei(1))
    assert two.device_of(ipei(1))
    world.cut(2)
    await world.rest()
    device = (await world.user_with("4711")).ppn
    assert await home(world) == (2, "site 2", "site 1", "RoamingStarted")
    assert world.mom.moves.under_way(device)
    assert one.device_of(ipei(1))
    waiting = world.mom.moves.settled(device)
    two.quirks.silent.clear()
    await world.connect(2)
    assert waiting.called
    assert "PPSIPRegister" in names(two)
    await is_at(world, 2, ipei(1))


@ensureDeferred
async def test_an_omm_that_has_not_got_the_records_at_its_next_session_lets_the_phone_stay(
    world: World, ipei: Ipei
) -> None:
    _, two = await two_sites(world, ipei)
    two.quirks.deaf.add("SetPP")
    await appears(world, 2, ipei(1))
    world.cut(2)
    two.quirks.deaf.clear()
    await world.connect(2)
    await is_at(world, 1, ipei(1))


@ensureDeferred
async def test_an_omm_that_is_away_for_a_minute_loses_the_phone_and_is_cleaned_later(
    world: World, ipei: Ipei
) -> None:
    _, two = await two_sites(world, ipei)
    two.quirks.silent.add("SetPP")
    await appears(world, 2, ipei(1))
    world.cut(2)
    await world.rest()
    world.clock.advance(59)
    await world.rest()
    assert (await home(world))[0] == 2
    world.clock.advance(1)
    await world.rest()
    await is_at(world, 1, ipei(1))
    assert two.device_of(ipei(1))
    two.quirks.silent.clear()
    await world.connect(2)
    assert not two.device_of(ipei(1))
    await is_at(world, 1, ipei(1))


@ensureDeferred
async def test_a_phone_that_appears_at_a_third_omm_while_its_move_is_unknown_goes_there(
    world: World, ipei: Ipei
) -> None:
    _, two = await two_sites(world, ipei)
    await world.site(3)
    await world.connect(3)
    two.quirks.silent.add("SetPP")
    await appears(world, 2, ipei(1))
    world.cut(2)
    await world.rest()
    await appears(world, 3, ipei(1))
    await is_at(world, 3, ipei(1))
    two.quirks.silent.clear()
    await world.connect(2)
    assert not two.records["pp"]
    await is_at(world, 3, ipei(1))


@pytest.mark.parametrize("connected", [True, False])
@ensureDeferred
async def test_a_phone_that_moves_to_an_omm_whose_record_is_deleted_stays_where_it_was(
    world: World, ipei: Ipei, connected: bool
) -> None:
    _, two = await two_sites(world, ipei)
    two.quirks.silent.add("SetPP")
    await appears(world, 2, ipei(1))
    if not connected:
        world.cut(2)
    await world.rest()
    omm = world.mom.omm(OmmId(2))
    assert omm is not None
    async with world.store.write() as work:
        work.delete_omm(omm)
    world.cut(2)
    del world.sites[2]
    await world.rest()
    await is_at(world, 1, ipei(1))
