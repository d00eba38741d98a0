"""Values that no database takes, told by an OMM: the record is not taken, all else is."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.axi.element import make
from mom.model.attribute import by_wire
from mom.model.device import Device
from mom.model.user import User
from tests.directory.conftest import World

Ipei = Callable[[int], str]
GIANTS = (2**31, 2**40, 2**63, 10**19)


@pytest.mark.parametrize("giant", GIANTS)
@ensureDeferred
async def test_numbers_beyond_all_bounds_hold_up_nothing(
    world: World, ipei: Ipei, giant: int
) -> None:
    site = await world.site(1)
    uid, ppn = site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    world.now += 10
    site.publish(make("EventPPLink", {"ppn": giant, "uid": uid, "relType": "Dynamic"}))
    site.publish(make("EventPPLink", {"ppn": ppn, "uid": giant, "relType": "Dynamic"}))
    site.publish(make("EventPPUserMovedLocally", {"ppn": giant, "uid": giant}))
    stamps = {"timeStampAdmin": giant, "timeStampRelation": giant, "timeStampRoaming": giant}
    site.publish(make("EventPPCnf", {}, make("user", {"uid": giant, "num": "1", **stamps})))
    site.publish(make("EventPPCnf", {}, make("pp", {"ppn": giant, "ipei": ipei(2), **stamps})))
    site.publish(make("EventPPCnf", {}, make("user", {"uid": uid, "uidSec": giant, "ppn": giant})))
    site.publish(make("EventPPLogin", {"ppn": giant, "num": "4711", "pin": "x"}))
    site.edit("user", uid, name="Anna")
    await world.rest()
    assert not world.ports[1].given_up
    assert (await world.user_with("4711")).name == "Anna"
    assert await world.index_is_true()


@pytest.mark.parametrize("giant", ["-1", *map(str, GIANTS), "x" * 100_000, "\U0001f600\ufffe"])
@ensureDeferred
async def test_records_full_of_giants_are_read_beside_the_others(
    world: World, ipei: Ipei, giant: str
) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1), "Ann")
    uid, ppn = site.pair("4712", ipei(2), "Bob")
    kept = {"uid", "ppn", "num", "ipei"}
    for kind, record, local in (("user", User, uid), ("pp", Device, ppn)):
        names = [a.wire for a in by_wire(record).values() if a.wire not in kept]
        site.records[kind][local] |= dict.fromkeys(names, giant)
    await world.connect(1)
    assert (await world.user_with("4711")).name == "Ann"
    assert not world.ports[1].given_up
    assert await world.index_is_true()
