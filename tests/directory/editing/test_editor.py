"""Changes made in MOM: what is refused, with which reason, and what two people at once get."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.errors import ChangedMeanwhile, FieldErrors, NoSuchRecord
from mom.directory.policy import Policy
from mom.model.copy import Noun
from tests.directory.conftest import World


@ensureDeferred
async def test_values_that_cannot_be_stored_are_refused_by_field(world: World) -> None:
    await world.people.create_user({"num": "1"}, "admin")
    with pytest.raises(FieldErrors) as refused:
        await world.people.create_user(
            {"num": "a b", "name": "x" * 21, "lang": "Klingon", "cus": "1", "pin": "x" * 54},
            "admin",
        )
    assert set(refused.value.fields) == {"num", "name", "lang", "cus", "pin"}
    with pytest.raises(FieldErrors, match="used by user 1"):
        await world.people.create_user({"num": "1"}, "admin")
    with pytest.raises(FieldErrors, match="check digit"):
        await world.people.create_device({"ipei": "03074 0220259 4"}, "admin")
    with pytest.raises(NoSuchRecord):
        await world.people.edit_user(99, {"name": "x"}, "admin")


@ensureDeferred
async def test_two_people_at_one_record(world: World) -> None:
    user = await world.people.create_user({"num": "1", "name": "Ann"}, "admin")
    await world.people.edit_user(user.uid, {"name": "Anna"}, "eve", user.revision)
    merged = await world.people.edit_user(user.uid, {"hierarchy1": "Desk"}, "bob", user.revision)
    assert (merged.name, merged.hierarchy1) == ("Anna", "Desk")
    with pytest.raises(ChangedMeanwhile) as refused:
        await world.people.edit_user(user.uid, {"name": "Bob"}, "bob", user.revision)
    assert refused.value.changed == {"name": "eve"}


@pytest.mark.feature("F41")
@ensureDeferred
async def test_a_permanent_user_is_not_external(world: World) -> None:
    user = await world.people.create_user({"num": "1", "permanent": True}, "admin")
    with pytest.raises(FieldErrors, match="external"):
        await world.people.edit_user(user.uid, {"external": True}, "admin")


@pytest.mark.feature("F38")
@ensureDeferred
async def test_the_513th_permanent_user_is_refused_with_the_limit(world: World) -> None:
    user = await world.people.create_user({"num": "1"}, "admin")
    world.mom.index.permanent.update(range(1000, 1512))
    with pytest.raises(FieldErrors, match="512"):
        await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    world.mom.policy = Policy(most_permanent=513)
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")


@pytest.mark.feature("F161")
@ensureDeferred
async def test_a_fixed_pair_waits_in_mom_for_its_phone(world: World) -> None:
    await world.site(1)
    await world.connect(1)
    uid, ppn = await world.people.create_pair(
        {"num": "4711", "name": "Ann"}, {"ipei": "0307402202593"}, "admin"
    )
    await world.rest()
    user, device = await world.user(uid), await world.device(ppn)
    assert user is not None
    assert device is not None
    assert (user.ppn, device.uid, user.rel_type) == (ppn, uid, "Fixed")
    assert device.ipei == "03074 0220259 3"
    assert not world.requests(1, "SetPP")
    assert world.mom.index.copies(Noun.USER, uid) == ()
