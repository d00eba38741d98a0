"""The values that lost a decision, and putting them back."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.errors import FieldErrors, NoSuchRecord
from mom.model.copy import Noun
from mom.store.lines import Line
from tests.directory.conftest import World


async def newest(world: World, noun: Noun, number: int) -> Line:
    found: list[Line] = await world.store.read(lambda reading: reading.lines(noun, number))
    return found[0]


@ensureDeferred
async def test_what_an_omm_took_away_is_put_back_there_too(world: World) -> None:
    await world.site(1)
    world.sites[1].pair("4711", "03074 0220259 3", "Ann")
    await world.connect(1)
    user = await world.user_with("4711")
    world.now += 60
    world.sites[1].edit("user", 1, name="Bob", pin="9")
    await world.rest()
    line = await newest(world, Noun.USER, user.uid)
    assert line.lost == '{"name":"Ann"}'
    world.now += 60
    await world.mom.editor.put_back(Noun.USER, user.uid, line.id, "eve")
    await world.rest()
    assert world.sites[1].records["user"][1]["name"] == "Ann"
    again = await newest(world, Noun.USER, user.uid)
    assert (again.text, again.lost) == ('changed by eve: name (was "Bob")', '{"name":"Bob"}')
    assert await world.differences() == []


@ensureDeferred
async def test_what_a_person_changed_can_be_undone_but_no_secret(world: World) -> None:
    editor = world.mom.editor
    user = await world.people.create_user(
        {"num": "1", "name": "Ann", "pin": "1", "vip": True}, "admin"
    )
    entered = {"name": "Bob", "pin": "2", "vip": False, "hierarchy1": "Desk"}
    await world.people.edit_user(user.uid, entered, "admin")
    line = await newest(world, Noun.USER, user.uid)
    assert line.lost == '{"name":"Ann","vip":true}'
    await editor.put_back(Noun.USER, user.uid, line.id, "eve")
    after = await world.user(user.uid)
    assert after is not None
    assert (after.name, after.vip, after.hierarchy1) == ("Ann", True, "Desk")


@ensureDeferred
async def test_what_cannot_be_put_back_is_refused(world: World) -> None:
    editor = world.mom.editor
    user = await world.people.create_user({"num": "1"}, "admin")
    made = await newest(world, Noun.USER, user.uid)
    with pytest.raises(NoSuchRecord, match="no values to put back"):
        await editor.put_back(Noun.USER, user.uid, made.id, "eve")
    await world.people.edit_user(user.uid, {"num": "2"}, "admin")
    line = await newest(world, Noun.USER, user.uid)
    other = await world.people.create_user({"num": "1"}, "admin")
    with pytest.raises(FieldErrors, match="num: is used by user 2"):
        await editor.put_back(Noun.USER, user.uid, line.id, "eve")
    with pytest.raises(NoSuchRecord):
        await editor.put_back(Noun.USER, other.uid, line.id, "eve")
