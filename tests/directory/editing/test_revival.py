"""Deleted records that are taken back by hand."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.editing.ends import Collection
from mom.directory.errors import FieldErrors, NoSuchRecord
from mom.model.copy import Noun
from tests.directory.conftest import World

IPEI = "03074 0220259 3"


@ensureDeferred
async def test_both_ends_of_a_deleted_pair_come_back_bound_with_their_secrets(
    world: World,
) -> None:
    await world.site(1)
    world.sites[1].pair("4711", IPEI)
    await world.connect(1)
    user = await world.user_with("4711")
    before = await world.device(user.ppn)
    assert before is not None
    editor = world.mom.editor
    await editor.change(Collection.PAIRS, user.ppn, editor.changes.delete(), "admin")
    await world.rest()
    assert world.sites[1].records == {"user": {}, "pp": {}}
    await world.mom.revival.revive(Noun.USER, user.uid, "eve")
    alone = await world.user(user.uid)
    assert alone is not None
    assert (alone.num, alone.pin, alone.rel_type) == ("4711", user.pin, "Unbound")
    await world.mom.revival.revive(Noun.DEVICE, user.ppn, "eve")
    await world.rest()
    device, again = await world.device(user.ppn), await world.user(user.uid)
    assert device is not None
    assert again is not None
    assert (device.uid, device.rel_type, device.home) == (user.uid, "Fixed", 0)
    assert (device.uak, again.ppn) == (before.uak, user.ppn)
    assert "back from the trash by eve" in await world.lines(Noun.DEVICE, user.ppn)
    assert await world.index_is_true()
    assert world.sites[1].records == {"user": {}, "pp": {}}


@ensureDeferred
async def test_what_somebody_else_has_by_now_is_not_taken_back(world: World) -> None:
    revive = world.mom.revival.revive
    user = await world.people.create_user({"num": "1"}, "admin")
    device = await world.people.create_device({"ipei": IPEI}, "admin")
    await world.people.delete(Noun.USER, user.uid, "admin")
    await world.people.delete(Noun.DEVICE, device.ppn, "admin")
    await world.people.create_user({"num": "1"}, "admin")
    await world.people.create_device({"ipei": IPEI}, "admin")
    with pytest.raises(FieldErrors, match="num: is used by user"):
        await revive(Noun.USER, user.uid, "eve")
    with pytest.raises(FieldErrors, match="ipei: is used by device"):
        await revive(Noun.DEVICE, device.ppn, "eve")
    with pytest.raises(NoSuchRecord, match="no user 99 in the trash"):
        await revive(Noun.USER, 99, "eve")


@ensureDeferred
async def test_a_device_that_lost_its_partner_to_somebody_else_comes_back_alone(
    world: World,
) -> None:
    editor = world.mom.editor
    uid, ppn = await world.people.create_pair({"num": "1"}, {"ipei": IPEI}, "admin")
    await world.people.delete(Noun.DEVICE, ppn, "admin")
    other = await world.people.create_device({}, "admin")
    await editor.bind(uid, other.ppn, "admin")
    await world.mom.revival.revive(Noun.DEVICE, ppn, "eve")
    device, user = await world.device(ppn), await world.user(uid)
    assert device is not None
    assert user is not None
    assert (device.rel_type, user.ppn) == ("Unbound", other.ppn)
    with pytest.raises(NoSuchRecord):
        await world.mom.revival.revive(Noun.DEVICE, ppn, "eve")
