from collections.abc import Iterator

import pytest

from tests.messaging.world import World


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.router.stop()
    assert world.clock.getDelayedCalls() == []
