"""Small tasks share a unit of work, and do not share their mistakes."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.bench import Bench
from mom.directory.errors import DirectoryStopped
from mom.model.copy import Noun
from mom.model.identities import UserNumber
from mom.model.user import User
from mom.store.changes import Change, Many
from tests.directory.conftest import World


async def make(bench: Bench, num: str) -> int:
    number = UserNumber(bench.number(Noun.USER))
    bench.put(User(uid=number, num=num))
    return int(number)


@ensureDeferred
async def test_what_waits_while_a_unit_is_under_way_goes_into_the_next_one_together(
    world: World,
) -> None:
    units: list[tuple[str, int]] = []

    def heard(changes: list[Change | Many]) -> None:
        units.append((changes[0].cause, len(changes)))

    world.store.feed.subscribe(heard)  # type: ignore[arg-type]
    sharing = world.mom.sharing
    tasks = [
        sharing.run(f"OMM {n % 2}", lambda bench, n=n: make(bench, str(n)))  # type: ignore[misc]
        for n in range(5)
    ]
    large = sharing.run("OMM 9", lambda bench: make(bench, "9"), 21)
    numbers = [await task for task in tasks]
    await large
    assert len(set(numbers)) == 5
    assert sorted(units) == [("OMM 0", 1), ("OMM 9", 1), ("several OMMs", 4)]


@ensureDeferred
async def test_a_task_that_fails_does_so_alone(world: World) -> None:
    async def wrong(bench: Bench) -> int:
        await make(bench, "lost")
        raise ValueError("bad record")

    sharing = world.mom.sharing
    first = sharing.run("a", lambda bench: make(bench, "1"))
    good = sharing.run("b", lambda bench: make(bench, "2"))
    bad = sharing.run("c", wrong)
    assert await first
    assert await good
    with pytest.raises(ValueError, match="bad record"):
        await bad
    users = await world.store.read(lambda reading: [u.num for u in reading.all_users()])
    assert sorted(users) == ["1", "2"]  # type: ignore[type-var]


@ensureDeferred
async def test_once_stopped_each_task_is_told(world: World) -> None:
    await world.mom.stop()
    tasks = [world.mom.sharing.run("a", lambda bench: make(bench, "1")) for _ in range(3)]
    for task in tasks:
        with pytest.raises(DirectoryStopped):
            await task
