"""What was said to be stored is there after a kill at any moment, without repair."""

import random
import subprocess
import sys
from pathlib import Path

from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.store.store import Store
from tests.store.conftest import Opener

ROOT = Path(__file__).parents[2]
KILLS = 4


def commit_until_killed(url: str, units: int) -> list[int]:
    """Numbers that a process said were stored before it was killed with SIGKILL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.committing", url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(units)]
    process.kill()
    rest, _ = process.communicate()
    return said + [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]


async def stored(store: Store) -> dict[int, int]:
    """How many lines each stored user has."""
    return await store.read(
        lambda reading: {
            one.uid: len(reading.lines(Noun.USER, one.uid)) for one in reading.all_users()
        }
    )


@deferred
async def test_no_kill_loses_a_durable_unit_or_half_of_it(url: str, opened: Opener) -> None:
    chance = random.Random(3)
    said: list[int] = []
    for _ in range(KILLS):
        said += commit_until_killed(url, chance.randrange(1, 40))
        store = await opened(url)
        found = await stored(store)
        await store.close()
        assert set(said) <= set(found)
        assert set(found.values()) == {1}
    assert len(said) == len(set(said)), "a number was given away twice"
