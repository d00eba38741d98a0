"""Changes of administrators that an OMM refuses, misses or hears while a phone moves."""

from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.directory.editing.changes import Change
from mom.directory.editing.ends import Collection
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World
from tests.directory.editing.one_pair import DEVICES, IPEI, PAIRS, USERS, at_home
from tests.directory.fake_quirks import Quirks


@ensureDeferred
async def test_what_an_omm_refuses_stays_in_mom_with_a_mark_until_it_is_accepted(
    world: World,
) -> None:
    user, _ = await at_home(world)
    world.sites[1].quirks.refuse = {"Refused": ("EInval", "name"), "Too": ("EInval", "name")}
    await world.people.edit_user(user.uid, {"name": "Refused"}, "admin")
    await world.rest()
    marked = await world.user(user.uid)
    assert marked is not None
    assert (marked.name, marked.marks) == (
        *("Refused", ("not accepted by OMM 0001: EInval name",)),
    )
    await world.people.edit_user(user.uid, {"name": "Fine"}, "admin")
    await world.rest()
    edited = await world.user(user.uid)
    assert edited is not None
    assert edited.marks == ()
    await world.people.edit_user(user.uid, {"name": "Too"}, "admin")
    await world.rest()
    world.cut(1)
    world.sites[1].quirks.refuse = {}
    await world.connect(1)
    accepted = await world.user(user.uid)
    assert accepted is not None
    assert accepted.marks == ()
    assert world.sites[1].records["user"][1]["name"] == "Too"


@ensureDeferred
async def test_the_mark_goes_when_the_record_has_nothing_to_do_there_any_more(
    world: World,
) -> None:
    user, ppn = await at_home(world)
    world.sites[1].quirks.refuse = {"Refused": ("EInval", "name")}
    await world.people.edit_user(user.uid, {"name": "Refused"}, "admin")
    await world.rest()
    changes = world.mom.editor.changes
    await world.mom.editor.change(DEVICES, ppn, changes.unsubscribe(), "admin")
    await world.rest()
    after = await world.user(user.uid)
    assert after is not None
    assert world.mom.index.copy(Noun.USER, user.uid, OmmId(1)) is None
    assert after.marks == ()


def every_change(world: World) -> dict[str, tuple[Collection, Change]]:
    changes = world.mom.editor.changes
    return {
        "edit": (PAIRS, changes.edit(PAIRS, {"name": "Ann", "encrypt": False, "ac": "77"})),
        "secret": (USERS, changes.edit(USERS, {"sipPw": "s", "pin": "1"})),
        "relate": (PAIRS, changes.relate("Dynamic")),
        "unbind": (DEVICES, changes.unbind()),
        "unsubscribe": (DEVICES, changes.unsubscribe()),
        "permanent": (USERS, changes.permanent(True)),
        "delete": (PAIRS, changes.delete()),
    }


CHANGES = ("edit", "secret", "relate", "unbind", "unsubscribe", "permanent", "delete")


@pytest.mark.parametrize("name", CHANGES)
@ensureDeferred
async def test_each_change_made_while_its_omm_is_away_is_there_when_it_is_back(
    world: World, name: str
) -> None:
    user, ppn = await at_home(world)
    world.mom.policy = Policy(deletes_stick=True)
    world.cut(1)
    collection, change = every_change(world)[name]
    number = int(user.uid) if collection is USERS else ppn
    await world.mom.editor.change(collection, number, change, "admin")
    after = await world.user(user.uid), await world.device(ppn)
    world.now += 60
    await world.connect(1)
    kept = await world.user(user.uid), await world.device(ppn)
    for mine, now in zip(after, kept, strict=True):
        assert (mine is None) == (now is None)
        if mine is None or now is None:
            continue
        settled = {"revision": mine.revision, "marks": mine.marks}
        same = msgspec.structs.replace(now, **settled)
        differing = {n for n in mine.__struct_fields__ if getattr(same, n) != getattr(mine, n)}
        assert differing <= {"time_stamp_relation"}
    assert await world.differences() == []


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("edit", {"refuse": {"Ann": ("EInval", "name")}}),
        ("relate", {"refuse": {"Dynamic": ("EInval", "relType")}}),
        ("unsubscribe", {"refuse_requests": {"DeletePPUser": "EPerm", "DeletePPDev": "EPerm"}}),
        ("permanent", {"refuse_requests": {"SetPP": "EInval"}}),
    ],
)
@ensureDeferred
async def test_each_change_that_an_omm_refuses_stays_in_mom_and_is_marked(
    world: World, name: str, refusal: dict[str, Any]
) -> None:
    user, ppn = await at_home(world)
    for field, value in refusal.items():
        setattr(world.sites[1].quirks, field, value)
    collection, change = every_change(world)[name]
    number = int(user.uid) if collection is USERS else ppn
    await world.mom.editor.change(collection, number, change, "admin")
    mine = await world.user(user.uid), await world.device(ppn)
    await world.rest()
    kept = await world.user(user.uid), await world.device(ppn)
    marks = [mark for each in kept if each is not None for mark in each.marks]
    assert marks
    assert all(mark.startswith("not accepted by OMM 0001: E") for mark in marks)
    for before, now in zip(mine, kept, strict=True):
        assert before is not None
        assert now is not None
        same = msgspec.structs.replace(now, revision=before.revision, marks=())
        assert same == before
    world.sites[1].quirks = Quirks()
    world.cut(1)
    await world.connect(1)
    resolved = await world.user(user.uid), await world.device(ppn)
    assert [each.marks for each in resolved if each is not None] == [(), ()]
    assert await world.differences() == []


@pytest.mark.parametrize("steps", range(12))
@pytest.mark.parametrize("name", ["unsubscribe", "delete"])
@ensureDeferred
async def test_a_phone_that_is_unsubscribed_or_deleted_while_it_moves_is_at_no_site_in_the_end(
    world: World, name: str, steps: int
) -> None:
    world.policy = world.mom.policy = Policy(licensed=True)
    user, ppn = await at_home(world)
    await world.site(2)
    await world.connect(2)
    world.now += 10
    world.sites[2].locate(IPEI)
    await world.steps(steps)
    collection, change = every_change(world)[name]
    await world.mom.editor.change(collection, ppn, change, "admin")
    await world.rest()
    assert [site.records for site in world.sites.values()] == [{"user": {}, "pp": {}}] * 2
    device = await world.device(ppn)
    if name == "delete":
        assert device is None
        assert await world.user(user.uid) is None
        return
    assert device is not None
    assert (device.s, device.home, device.uid) == ("No", 0, user.uid)
    assert world.mom.index.moving == set()
