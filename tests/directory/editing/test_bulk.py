"""Many records at once: a result for each, sums that count, and rehearsals that change nothing."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.editing.bulk import Outcome
from mom.directory.editing.ends import Collection
from mom.directory.errors import FieldErrors
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.identities import ipei as canonical
from tests.directory.conftest import World

USERS, DEVICES, PAIRS = Collection.USERS, Collection.DEVICES, Collection.PAIRS


async def people(world: World, count: int) -> list[int]:
    lines = [(n, {"num": str(100 + n)}) for n in range(count)]
    await world.mom.bulk.create(USERS, lines, "admin")
    return world.mom.index.numbers(Noun.USER)


@ensureDeferred
async def test_an_edit_that_fails_for_one_record_does_not_stop_the_rest(world: World) -> None:
    numbers = await people(world, 3)
    change = world.mom.editor.changes.edit(USERS, {"num": "101", "name": "Ann"})
    results = await world.mom.bulk.change(USERS, [*numbers, 99], change, "admin")
    taken = f"num: is used by user {numbers[1]} already"
    assert results == [
        Outcome(numbers[0], taken),
        Outcome(numbers[1]),
        Outcome(numbers[2], taken),
        Outcome(99, "there is no user 99"),
    ]
    named = [await world.user(number) for number in numbers]
    assert [user.name for user in named if user is not None] == [None, "Ann", None]
    assert await world.index_is_true()


@pytest.mark.feature("F31")
@ensureDeferred
async def test_many_devices_are_unsubscribed_with_a_result_for_each(world: World) -> None:
    await world.site(1)
    for serial in range(4):
        world.sites[1].pair(str(serial), canonical(f"03074 000000{serial}"))
    world.sites[1].bind(4, 4, "Dynamic")
    await world.connect(1)
    numbers = sorted(world.mom.index.numbers(Noun.DEVICE))
    change = world.mom.editor.changes.unsubscribe()
    results = await world.mom.bulk.change(DEVICES, numbers, change, "admin")
    assert [bool(result.error) for result in results] == [False, False, False, True]
    assert "is Dynamic" in results[3].error
    await world.rest()
    assert [u["num"] for u in world.sites[1].records["user"].values()] == ["3"]
    assert await world.differences() == []


@pytest.mark.feature("F39")
@ensureDeferred
async def test_of_many_permanent_users_the_sum_counts(world: World) -> None:
    await world.site(1)
    world.sites[1].quirks.limit = 2
    await world.connect(1)
    numbers = await people(world, 3)
    changes = world.mom.editor.changes
    for change in (changes.permanent(True), changes.edit(USERS, {"permanent": True})):
        with pytest.raises(FieldErrors, match=r"OMM 0001 .* takes 2"):
            await world.mom.bulk.check(USERS, numbers, change)
    await world.mom.bulk.check(USERS, numbers[:2], changes.permanent(True))
    results = await world.mom.bulk.change(USERS, numbers, changes.permanent(True), "admin")
    assert [bool(result.error) for result in results] == [False, False, True]
    await world.rest()
    assert world.mom.index.held(OmmId(1))[0] == 2


@pytest.mark.feature("F38")
@ensureDeferred
async def test_513_users_are_not_made_permanent_at_once(world: World) -> None:
    numbers = await people(world, 513)
    change = world.mom.editor.changes.permanent(True)
    with pytest.raises(FieldErrors, match=r"513 .* 512 is the limit"):
        await world.mom.bulk.check(USERS, numbers, change)


@ensureDeferred
async def test_relations_of_different_types_are_not_switched_together(world: World) -> None:
    await world.site(1)
    for serial in range(2):
        world.sites[1].pair(str(serial), canonical(f"03074 000000{serial}"))
    world.sites[1].bind(2, 2, "Dynamic")
    await world.connect(1)
    change = world.mom.editor.changes.relate("Dynamic")
    for collection, noun in ((DEVICES, Noun.DEVICE), (USERS, Noun.USER), (PAIRS, Noun.DEVICE)):
        numbers = world.mom.index.numbers(noun)
        with pytest.raises(FieldErrors, match="Dynamic and Fixed"):
            await world.mom.bulk.check(collection, numbers, change)
        await world.mom.bulk.check(collection, numbers[:1], change)


@ensureDeferred
async def test_new_pairs_are_made_and_what_is_wrong_with_a_line_is_told(world: World) -> None:
    lines = [
        (2, {"num": "1", "ipei": "0307402202593", "name": "Ann"}),
        (3, {"num": "1", "ipei": "0307402202593"}),
        (4, {"num": "2", "ipei": "12", "vip": "maybe"}),
        (5, {"num": "3", "vip": "TRUE"}),
    ]
    rehearsed = world.mom.bulk.rehearsal(PAIRS)(lines)
    assert world.mom.index.count(Noun.USER) == 0
    results = await world.mom.bulk.create(PAIRS, lines, "admin")
    assert [(r.number, bool(r.error)) for r in results] == [
        *((2, False), (3, True), (4, True), (5, False)),
    ]
    assert "num: is used" in results[1].error
    assert "ipei: is used" in results[1].error
    assert {"ipei:", "vip:"} <= set(results[2].error.split())
    assert [r.error.split(" by ")[0] for r in rehearsed] == [
        r.error.split(" by ")[0] for r in results
    ]
    assert (await world.user_with("3")).vip is True
    assert world.mom.index.pairs == 2


@ensureDeferred
async def test_a_rehearsal_sees_what_its_earlier_portions_would_have_made(world: World) -> None:
    world.mom.policy = Policy(max_users=2)
    rehearse = world.mom.bulk.rehearsal(USERS)
    assert rehearse([(2, {"num": "1"})]) == [Outcome(2)]
    assert "num: is used" in rehearse([(3, {"num": "1"})])[0].error
    assert rehearse([(4, {"num": "2"})]) == [Outcome(4)]
    assert "licence allows 2" in rehearse([(5, {"num": "3"})])[0].error
    assert world.mom.index.count(Noun.USER) == 0
    assert await people(world, 3) == [1, 2]
