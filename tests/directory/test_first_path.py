"""Read, reconcile, store, send: the first way through the whole room."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import ensureDeferred as ensure

from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World

Ipei = Callable[[int], str]


@pytest.mark.feature("F5/F148")
@ensureDeferred
async def test_a_connect_brings_all_users_and_devices_into_mom_and_numbers_to_the_omm(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for n in range(30):
        site.pair(str(4000 + n), ipei(n))
    result = await world.connect(1)
    assert (result.users, result.devices) == (30, 30)
    assert world.mom.counts(OmmId(1)) == (30, 30)
    user = await world.user_with("4007")
    device = await world.device(user.ppn)
    assert device is not None
    assert (device.uid, device.home, device.s) == (user.uid, 1, "Yes")
    assert (user.rel_type, user.name) == ("Fixed", "User 4007")
    assert [r["uidSec"] != "0" for r in site.records["user"].values()] == [True] * 30
    assert [r["ppnSec"] != "0" for r in site.records["pp"].values()] == [True] * 30
    assert "imported from OMM 0001" in await world.lines(Noun.USER, user.uid)


@ensureDeferred
async def test_a_second_connect_without_changes_writes_nothing(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    for n in range(25):
        site.pair(str(4000 + n), ipei(n))
    await world.connect(1)
    world.cut(1)
    site.requests.clear()
    result = await world.connect(1)
    assert result.changed == 0
    assert not world.requests(1, "SetPP", "DeletePPUser", "DeletePPDev")


@ensureDeferred
async def test_a_link_that_breaks_while_much_waits_to_be_sent_costs_nothing(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for n in range(300):
        site.pair(str(4000 + n), ipei(n))
    omm = world.mom.omm(OmmId(1))
    assert omm is not None
    port = site.connect(omm, 0.0)
    sitting = world.mom.open(port)
    port.take = sitting.take
    world.ports[1], world.sittings[1] = port, sitting
    reading = ensure(sitting.read(lambda done, total: None))
    await world.until(lambda: reading.called)
    await reading
    sitting.follow()
    port.lose()
    assert sitting.sender.idle
    assert (await world.connect(1)).users == 300
