"""What administrators do with users, devices and pairs, and what becomes of it at the OMMs."""

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.directory.errors import ChangedMeanwhile, FieldErrors, NoLicence, NoSuchRecord
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World
from tests.directory.editing.one_pair import DEVICES, IPEI, OTHER, PAIRS, USERS, at_home, num_at


@pytest.mark.feature("F30")
@ensureDeferred
async def test_a_device_that_is_unsubscribed_leaves_its_omm_with_its_user(world: World) -> None:
    user, ppn = await at_home(world)
    changes = world.mom.editor.changes
    await world.mom.editor.change(DEVICES, ppn, changes.unsubscribe(), "admin")
    await world.rest()
    assert world.sites[1].records == {"user": {}, "pp": {}}
    device, after = await world.device(ppn), await world.user(user.uid)
    assert device is not None
    assert after is not None
    assert (device.s, device.uak, device.home, device.ipei) == ("No", "", 0, IPEI)
    assert (device.uid, device.rel_type, after.ppn) == (user.uid, "Fixed", ppn)
    assert "unsubscribed by admin" in await world.lines(Noun.DEVICE, ppn)
    assert "unsubscribed by admin" in await world.lines(Noun.USER, user.uid)


@pytest.mark.feature("F30")
@ensureDeferred
async def test_a_device_unsubscribed_while_its_omm_is_away_leaves_when_it_is_back(
    world: World,
) -> None:
    user, ppn = await at_home(world)
    world.cut(1)
    changes = world.mom.editor.changes
    await world.mom.editor.change(PAIRS, ppn, changes.unsubscribe(), "admin")
    world.now += 60
    await world.connect(1)
    assert world.sites[1].records == {"user": {}, "pp": {}}
    device, after = await world.device(ppn), await world.user(user.uid)
    assert device is not None
    assert after is not None
    assert (device.s, device.home, device.rel_type) == ("No", 0, "Fixed")
    assert (after.ppn, after.rel_type) == (ppn, "Fixed")


@pytest.mark.feature("F30")
@ensureDeferred
async def test_a_permanent_user_stays_when_its_device_is_unsubscribed(world: World) -> None:
    user, ppn = await at_home(world)
    changes = world.mom.editor.changes
    await world.mom.editor.change(USERS, user.uid, changes.permanent(True), "admin")
    await world.rest()
    await world.mom.editor.change(DEVICES, ppn, changes.unsubscribe(), "admin")
    await world.rest()
    assert num_at(world, 1) == ["4711"]
    assert world.sites[1].records["pp"] == {}
    device, after = await world.device(ppn), await world.user(user.uid)
    assert device is not None
    assert after is not None
    assert (device.rel_type, device.uid) == ("Fixed", user.uid)
    assert (after.rel_type, after.ppn) == ("Fixed", ppn)


@pytest.mark.feature("F30")
@ensureDeferred
async def test_only_a_subscribed_device_in_a_fixed_relation_is_unsubscribed(world: World) -> None:
    changes = world.mom.editor.changes
    device = await world.people.create_device({"ipei": IPEI}, "admin")
    with pytest.raises(FieldErrors, match="relType: is Unbound"):
        await world.mom.editor.change(DEVICES, device.ppn, changes.unsubscribe(), "admin")
    user = await world.people.create_user({"num": "1"}, "admin")
    await world.mom.editor.bind(user.uid, device.ppn, "admin")
    with pytest.raises(FieldErrors, match="not subscribed"):
        await world.mom.editor.change(DEVICES, device.ppn, changes.unsubscribe(), "admin")
    with pytest.raises(NoSuchRecord):
        await world.mom.editor.change(DEVICES, 99, changes.unsubscribe(), "admin")


@ensureDeferred
async def test_the_type_of_a_relation_is_switched_there_and_back(world: World) -> None:
    user, ppn = await at_home(world)
    changes = world.mom.editor.changes
    for number, collection, rel_type in ((user.uid, USERS, "Dynamic"), (ppn, PAIRS, "Fixed")):
        world.now += 10
        await world.mom.editor.change(collection, number, changes.relate(rel_type), "admin")
        await world.rest()
        there = world.sites[1].records
        assert there["user"][1]["relType"] == there["pp"][1]["relType"] == rel_type
        device, after = await world.device(ppn), await world.user(user.uid)
        assert device is not None
        assert after is not None
        assert device.rel_type == after.rel_type == rel_type
    assert await world.differences() == []


@ensureDeferred
async def test_a_relation_that_is_not_there_or_not_subscribed_has_no_type(world: World) -> None:
    changes = world.mom.editor.changes
    with pytest.raises(FieldErrors, match="Fixed, Dynamic"):
        changes.relate("Loose")
    user = await world.people.create_user({"num": "1"}, "admin")
    with pytest.raises(FieldErrors, match="no relation"):
        await world.mom.editor.change(USERS, user.uid, changes.relate("Fixed"), "admin")
    device = await world.people.create_device({"ipei": IPEI}, "admin")
    await world.mom.editor.bind(user.uid, device.ppn, "admin")
    with pytest.raises(FieldErrors, match="not subscribed"):
        await world.mom.editor.change(DEVICES, device.ppn, changes.relate("Dynamic"), "admin")


@pytest.mark.feature("F41")
@ensureDeferred
async def test_an_external_user_becomes_internal_and_never_external_again(world: World) -> None:
    await world.site(1)
    uid = world.sites[1].add("user", num="5", external="1")
    ppn = world.sites[1].add("pp", ipei=IPEI, s="Yes", ommId=world.sites[1].ari)
    world.sites[1].bind(uid, ppn, "Dynamic")
    await world.connect(1)
    user = await world.user_with("5")
    changes = world.mom.editor.changes
    with pytest.raises(FieldErrors, match="permanent user cannot be external"):
        await world.mom.editor.change(USERS, user.uid, changes.permanent(True), "admin")
    await world.mom.editor.change(USERS, user.uid, changes.internal(False), "admin")
    await world.rest()
    assert world.sites[1].records["user"][1]["external"] == "0"
    with pytest.raises(FieldErrors, match="only OMMs"):
        changes.internal(True)
    await world.mom.editor.change(USERS, user.uid, changes.permanent(True), "admin")


@ensureDeferred
async def test_an_external_user_in_a_fixed_relation_stays_external(world: World) -> None:
    await world.site(1)
    world.sites[1].pair("5", IPEI)
    world.sites[1].records["user"][1]["external"] = "1"
    await world.connect(1)
    user = await world.user_with("5")
    changes = world.mom.editor.changes
    with pytest.raises(FieldErrors, match="fixed relation"):
        await world.mom.editor.change(USERS, user.uid, changes.internal(False), "admin")


@pytest.mark.feature("F37")
@ensureDeferred
async def test_a_permanent_user_and_its_device_are_on_all_omms_and_on_later_ones(
    world: World,
) -> None:
    user, _ = await at_home(world)
    await world.site(2)
    await world.connect(2)
    changes = world.mom.editor.changes
    await world.mom.editor.change(USERS, user.uid, changes.permanent(True), "admin")
    await world.rest()
    await world.site(3)
    await world.connect(3)
    for number in (1, 2, 3):
        assert num_at(world, number) == ["4711"]
        assert len(world.sites[number].records["pp"]) == 1
    await world.mom.editor.change(USERS, user.uid, changes.permanent(False), "admin")
    await world.rest()
    assert [num_at(world, number) for number in (1, 2, 3)] == [["4711"], [], []]


@pytest.mark.feature("F39")
@ensureDeferred
async def test_a_permanent_user_too_many_for_one_omm_is_refused_before_anything_is_sent(
    world: World,
) -> None:
    user, _ = await at_home(world)
    await world.site(2)
    world.sites[2].quirks.limit = 1
    world.sites[2].pair("5", OTHER)
    await world.connect(2)
    before = len(world.sites[2].requests)
    changes = world.mom.editor.changes
    with pytest.raises(FieldErrors, match=r"OMM 0002 .* 1 users .* takes 1"):
        await world.mom.editor.change(USERS, user.uid, changes.permanent(True), "admin")
    await world.rest()
    assert len(world.sites[2].requests) == before


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.feature("F39")
@ensureDeferred
async def test_what_an_omm_takes_counts_while_it_is_away_unless_it_is_disabled(
    world: World, enabled: bool
) -> None:
    user, _ = await at_home(world)
    await world.site(2)
    world.sites[2].pair("5", OTHER)
    await world.connect(2)
    world.cut(2)
    omm = world.mom.omm(OmmId(2))
    assert omm is not None
    async with world.store.write() as work:
        work.put_omm(omm, msgspec.structs.replace(omm, most_phones=1, enabled=enabled))
    changes = world.mom.editor.changes
    making = world.mom.editor.change(USERS, user.uid, changes.permanent(True), "admin")
    if not enabled:
        await making
        return
    with pytest.raises(FieldErrors, match=r"OMM 0002 .* 1 users .* takes 1"):
        await making
    await world.restart()
    with pytest.raises(FieldErrors, match="takes 1"):
        await world.mom.bulk.check(USERS, [int(user.uid)], changes.permanent(True))


@ensureDeferred
async def test_both_ends_of_a_pair_are_changed_together_or_not_at_all(world: World) -> None:
    _, ppn = await at_home(world)
    changes = world.mom.editor.changes
    change = changes.edit(PAIRS, {"name": "Ann", "encrypt": False})
    await world.mom.editor.change(PAIRS, ppn, change, "admin")
    await world.rest()
    assert world.sites[1].records["user"][1]["name"] == "Ann"
    assert world.sites[1].records["pp"][1]["encrypt"] == "0"
    await world.people.create_user({"num": "1"}, "admin")
    wrong = changes.edit(PAIRS, {"num": "1", "encrypt": True})
    with pytest.raises(FieldErrors, match="num: is used by user"):
        await world.mom.editor.change(PAIRS, ppn, wrong, "admin")
    device = await world.device(ppn)
    assert device is not None
    assert device.encrypt is False
    with pytest.raises(FieldErrors) as refused:
        changes.edit(PAIRS, {"name": "x" * 21, "ipei": "1", "colour": 1})
    assert set(refused.value.fields) == {"name", "ipei", "colour"}


@ensureDeferred
async def test_a_field_that_there_is_not_is_told_from_one_that_only_omms_write(
    world: World,
) -> None:
    with pytest.raises(FieldErrors) as refused:
        world.mom.editor.changes.edit(USERS, {"Nmae": "Ann", "qwxz": 1, "uid": 2})
    assert refused.value.fields == {
        "Nmae": "there is no such field; did you mean name?",
        "qwxz": "there is no such field",
        "uid": "cannot be changed here",
    }


@ensureDeferred
async def test_a_pair_is_deleted_with_both_ends_and_leaves_its_omm(world: World) -> None:
    user, ppn = await at_home(world)
    await world.mom.editor.change(PAIRS, ppn, world.mom.editor.changes.delete(), "admin")
    await world.rest()
    assert await world.user(user.uid) is None
    assert await world.device(ppn) is None
    assert world.sites[1].records == {"user": {}, "pp": {}}


@ensureDeferred
async def test_an_action_on_what_somebody_else_changed_is_refused_with_who_it_was(
    world: World,
) -> None:
    user, ppn = await at_home(world)
    device = await world.device(ppn)
    assert device is not None
    since = (device.revision,)
    editor = world.mom.editor
    await world.people.edit_device(ppn, {"encrypt": False}, "eve")
    await editor.change(PAIRS, ppn, editor.changes.relate("Dynamic"), "eve", since)
    with pytest.raises(ChangedMeanwhile) as refused:
        await editor.change(PAIRS, ppn, editor.changes.unsubscribe(), "bob", since)
    assert refused.value.changed == {"relType": "eve"}
    with pytest.raises(ChangedMeanwhile, match="encrypt by eve"):
        await editor.change(DEVICES, ppn, editor.changes.delete(), "bob", since)
    with pytest.raises(ChangedMeanwhile, match="relType by eve"):
        await editor.bind(user.uid, ppn, "bob", "Fixed", (user.revision,))


@ensureDeferred
async def test_who_changed_a_record_before_a_restart_is_said_by_its_history(world: World) -> None:
    user, _ = await at_home(world)
    await world.people.edit_user(user.uid, {"name": "Ann"}, "eve")
    await world.restart()
    change = world.mom.editor.changes.edit(USERS, {"name": "Eva"})
    with pytest.raises(ChangedMeanwhile) as refused:
        await world.mom.editor.change(USERS, user.uid, change, "bob", (user.revision,))
    assert str(refused.value) == ("changed meanwhile: name; the history of the record says by whom")
    said = await world.store.read(lambda reading: reading.lines(Noun.USER, int(user.uid)))
    assert any(line.text.startswith("changed by eve: name") for line in said)


@ensureDeferred
async def test_a_copy_has_everything_but_what_must_be_ones_own(world: World) -> None:
    editor = world.mom.editor
    entered = {"num": "1", "name": "Ann", "pin": "1", "sipPw": "2", "hierarchy1": "Desk"}
    number = await editor.create(PAIRS, {**entered, "ipei": IPEI, "ac": "77"}, "admin")
    copied = await editor.copy(PAIRS, number, {"num": "2", "hierarchy1": ""}, "admin")
    device = await world.device(copied)
    assert device is not None
    user = await world.user(device.uid)
    assert user is not None
    assert (user.num, user.name, user.hierarchy1) == ("2", "Ann", "")
    assert (user.pin, user.sip_pw) == (None, None)
    assert (device.ipei, device.ac, device.rel_type) == ("", "77", "Fixed")
    alone = await editor.copy(USERS, int(user.uid), {"num": "3"}, "admin")
    single = await world.user(alone)
    assert single is not None
    assert (single.num, single.name, single.rel_type) == ("3", "Ann", "Unbound")
    with pytest.raises(FieldErrors, match="num: is required"):
        await editor.copy(USERS, int(user.uid), {}, "admin")
    with pytest.raises(FieldErrors, match="num: is used"):
        await editor.copy(USERS, int(user.uid), {"num": "1"}, "admin")


@pytest.mark.feature("F2")
@ensureDeferred
async def test_the_licence_says_how_many_users_there_may_be(world: World) -> None:
    world.mom.policy = msgspec.structs.replace(Policy(), max_users=1)
    user = await world.people.create_user({"num": "1"}, "admin")
    with pytest.raises(NoLicence, match="allows 1 users"):
        await world.people.create_user({"num": "2"}, "admin")
    with pytest.raises(NoLicence):
        await world.mom.editor.copy(USERS, user.uid, {"num": "2"}, "admin")
    await world.people.create_device({"ipei": IPEI}, "admin")


@pytest.mark.parametrize("entered", [{}, {"num": ""}, {"name": "Ann"}])
@pytest.mark.feature("F161", "F162")
@ensureDeferred
async def test_a_new_user_needs_a_number(world: World, entered: dict[str, object]) -> None:
    for collection, more in ((USERS, {}), (PAIRS, {"ipei": IPEI})):
        with pytest.raises(FieldErrors, match="num: is required: a user without a number"):
            await world.mom.editor.create(collection, {**entered, **more}, "admin")
        outcomes = await world.mom.bulk.create(collection, [(2, {**entered, **more})], "admin")
        assert "num: is required" in outcomes[0].error
        assert world.mom.bulk.rehearsal(collection)([(2, {**entered, **more})]) == outcomes


@ensureDeferred
async def test_a_number_cannot_be_taken_away_and_who_has_none_can_be_changed(
    world: World,
) -> None:
    site = await world.site(1)
    site.add("user", num="", name="Ann", ppn="0")
    await world.connect(1)
    (without,) = world.mom.index.numbers(Noun.USER)
    await world.people.edit_user(without, {"name": "Anna", "num": ""}, "admin")
    await world.people.delete(Noun.USER, without, "admin")
    await world.mom.revival.revive(Noun.USER, without, "admin")
    assert (await world.people.edit_user(without, {"num": "1"}, "admin")).name == "Anna"
    with pytest.raises(FieldErrors, match="num: is required"):
        await world.people.edit_user(without, {"num": ""}, "admin")
