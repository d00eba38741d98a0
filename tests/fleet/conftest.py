"""The surroundings of the fleet's tests; see ``world``."""

from collections.abc import Iterator

import pytest

from tests.fleet.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.stop()
    left = list(made.clock.getDelayedCalls())
    assert not left, f"calls were left on the clock: {left}"
