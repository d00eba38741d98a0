"""The end of a directory while its sittings work."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import defer

from mom.axi.errors import LinkLost
from mom.directory.errors import DirectoryStopped
from mom.model.identities import OmmId
from mom.model.identities import ipei as canonical
from tests.directory.conftest import World

SITES = (1, 2, 3)


@ensureDeferred
async def test_stopped_while_omms_are_read_it_leaves_nothing_under_way(world: World) -> None:
    readings, ports = [], []
    for number in SITES:
        site = await world.site(number)
        for place in range(30):
            serial = number * 100 + place
            site.pair(str(serial), canonical(f"03074 {serial:07d}"))
        omm = world.mom.omm(OmmId(number))
        assert omm is not None
        port = site.connect(omm, 0.0)
        sitting = world.mom.open(port)
        readings.append(defer.ensureDeferred(sitting.read(lambda done, total: None)))
        ports.append(port)
    for port in ports:
        while port.step():
            pass
    await world.mom.stop()
    await world.store.close()
    for port in ports:
        port.lose()
    for reading in readings:
        with pytest.raises(LinkLost):
            await reading


@ensureDeferred
async def test_once_stopped_nothing_is_changed_any_more(world: World) -> None:
    await world.mom.stop()
    with pytest.raises(DirectoryStopped):
        await world.people.create_user({"num": "4711"}, "admin")
