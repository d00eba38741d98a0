"""What came from an OMM and is not spread can be put right there, and only there or in MOM.

Another OMM still has what it had before, because MOM left it out: that is no change of its own.
"""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.model.copy import Noun
from mom.model.user import User
from tests.directory.conftest import World

Ipei = Callable[[int], str]
BAD = "Ann \U0001f600"
BAD_TEXTS = [BAD, "a\ufffdb", "tab\tx", "x" * 21]
BAD_VALUES = [*[("name", text) for text in BAD_TEXTS], ("hierarchy1", "x" * 17)]


async def permanent(world: World, ipei: Ipei, name: str) -> User:
    """A user that is on both OMMs; it was made on the first one."""
    for number in (1, 2):
        await world.site(number)
    world.sites[1].pair("4711", ipei(1), name)
    for number in (1, 2):
        await world.connect(number)
    user = await world.user_with("4711")
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    return await world.user_with("4711")


async def reread(world: World, number: int) -> None:
    world.cut(number)
    await world.connect(number)


@pytest.mark.parametrize("by_event", [True, False])
@pytest.mark.parametrize(("field", "bad"), BAD_VALUES)
@ensureDeferred
async def test_a_flawed_value_is_put_right_at_its_omm(
    world: World, ipei: Ipei, field: str, bad: str, by_event: bool
) -> None:
    user = await permanent(world, ipei, "Ann")
    site = world.sites[1]
    for text, marked in ((bad, True), ("right", False), (bad, True), ("right", False)):
        world.now += 10
        if not by_event:
            world.cut(1)
        site.edit("user", 1, **{field: text})
        await (world.rest() if by_event else world.connect(1))
        user = await world.user_with("4711")
        assert getattr(user, field) == text
        assert any(mark.startswith(f"not spread: {field} ") for mark in user.marks) is marked
        lines = await world.lines(Noun.USER, user.uid)
        assert lines[0].startswith(f"{field} from OMM 0001, newer there")
    assert world.sites[2].records["user"][1][field] == "right"
    assert not await world.differences()


@ensureDeferred
async def test_a_flawed_number_is_put_right_at_its_omm(world: World, ipei: Ipei) -> None:
    user = await permanent(world, ipei, "Ann")
    for number in ("47 11", "4712"):
        world.now += 10
        world.sites[1].edit("user", 1, num=number)
        await world.rest()
    assert (await world.user_with("4712")).uid == user.uid
    assert not (await world.user_with("4712")).marks
    assert world.sites[2].records["user"][1]["num"] == "4712"


@ensureDeferred
async def test_what_was_flawed_when_it_was_imported_is_put_right(world: World, ipei: Ipei) -> None:
    user = await permanent(world, ipei, BAD)
    world.now += 10
    world.sites[1].edit("user", 1, name="Ann")
    await world.rest()
    user = await world.user_with("4711")
    assert (user.name, user.marks) == ("Ann", ())
    assert world.sites[2].records["user"][1]["name"] == "Ann"


@ensureDeferred
async def test_another_flawed_value_takes_its_place(world: World, ipei: Ipei) -> None:
    await permanent(world, ipei, BAD)
    world.now += 10
    world.sites[1].edit("user", 1, name="y" * 30)
    await world.rest()
    user = await world.user_with("4711")
    assert user.name == "y" * 30
    assert user.marks == ("not spread: name has more than 20 characters",)
    world.sites[1].edit("user", 1, name="Ann")
    await world.rest()
    assert (await world.user_with("4711")).name == "Ann"


@pytest.mark.parametrize("before", ["Ann", BAD])
@pytest.mark.parametrize("restamps", [True, False])
@pytest.mark.parametrize("echo_first", [True, False])
@pytest.mark.parametrize("by_event", [True, False])
@ensureDeferred
async def test_what_an_omm_has_because_it_was_not_told_is_no_change_there(
    world: World, ipei: Ipei, before: str, restamps: bool, echo_first: bool, by_event: bool
) -> None:
    await permanent(world, ipei, before)
    other = world.sites[2]
    other.quirks.restamps = restamps
    other.quirks.echoes = other.quirks.echo_first = echo_first
    had = other.records["user"][1]["name"]
    world.now += 10
    world.sites[1].edit("user", 1, name=f"{BAD}!")
    await world.rest()
    for change in ({"hierarchy1": "Sales"}, {"hierarchy1": "Support"}):
        world.now += 10
        if not by_event:
            world.cut(2)
        other.edit("user", 1, **change)
        await (world.rest() if by_event else world.connect(2))
        await reread(world, 2)
        user = await world.user_with("4711")
        assert (user.name, user.hierarchy1) == (f"{BAD}!", change["hierarchy1"])
        assert world.sites[1].records["user"][1]["hierarchy1"] == change["hierarchy1"]
        assert other.records["user"][1]["name"] == had
    lines = await world.lines(Noun.USER, user.uid)
    assert sum(line.startswith("name from") for line in lines) == 1


@pytest.mark.parametrize("by_event", [True, False])
@ensureDeferred
async def test_a_name_typed_at_another_omm_is_taken(
    world: World, ipei: Ipei, by_event: bool
) -> None:
    await permanent(world, ipei, BAD)
    world.now += 10
    if not by_event:
        world.cut(2)
    world.sites[2].edit("user", 1, name="Bob")
    await (world.rest() if by_event else world.connect(2))
    user = await world.user_with("4711")
    assert (user.name, user.marks) == ("Bob", ())
    assert world.sites[1].records["user"][1]["name"] == "Bob"
    assert (await world.lines(Noun.USER, user.uid))[0].endswith(f'MOM had name "{BAD}"')


@pytest.mark.parametrize(("right_at", "wins"), [(50, True), (30, False)])
@ensureDeferred
async def test_the_newer_of_a_flawed_value_and_one_of_another_omm_stands(
    world: World, ipei: Ipei, right_at: int, wins: bool
) -> None:
    await permanent(world, ipei, "Ann")
    world.cut(2)
    began = world.now
    world.now = began + 40
    world.sites[1].edit("user", 1, name=BAD)
    await world.rest()
    world.now = began + right_at
    world.sites[2].edit("user", 1, name="Bob")
    world.now = began + 60
    await world.connect(2)
    await reread(world, 2)
    user = await world.user_with("4711")
    assert user.name == ("Bob" if wins else BAD)
    assert bool(user.marks) is not wins
    text = "name from OMM 0002, newer there" if wins else "name from MOM, newer here"
    assert sum(text in line for line in await world.lines(Noun.USER, user.uid)) == 1


@ensureDeferred
async def test_a_restored_backup_does_not_put_a_flawed_value_right(
    world: World, ipei: Ipei
) -> None:
    await permanent(world, ipei, "Ann")
    site = world.sites[1]
    old = dict(site.records["user"][1])
    world.now += 10
    site.edit("user", 1, name=BAD)
    await world.rest()
    world.cut(1)
    site.records["user"][1] = old
    await world.connect(1)
    await reread(world, 1)
    user = await world.user_with("4711")
    assert (user.name, bool(user.marks)) == (BAD, True)
    world.now += 10
    site.edit("user", 1, name="Anna")
    await world.rest()
    assert (await world.user_with("4711")).name == "Anna"


@ensureDeferred
async def test_a_value_that_its_omm_cuts_is_followed(world: World, ipei: Ipei) -> None:
    user = await permanent(world, ipei, "x" * 30)
    site = world.sites[1]
    site.records["user"][1]["name"] = "x" * 20  # nobody was told
    world.now += 10
    await world.people.edit_user(user.uid, {"hierarchy1": "Sales"}, "admin")
    await world.rest()
    user = await world.user_with("4711")
    assert (user.name, user.hierarchy1, user.marks) == ("x" * 20, "Sales", ())
    assert world.sites[2].records["user"][1]["name"] == "x" * 20
    assert not await world.differences()


@ensureDeferred
async def test_a_flawed_value_is_written_once_and_not_again(world: World, ipei: Ipei) -> None:
    await permanent(world, ipei, "Ann")
    world.now += 10
    world.sites[1].edit("user", 1, name=BAD)
    await world.rest()
    for number in (1, 2):
        world.sites[number].requests.clear()
        await reread(world, number)
        await reread(world, number)
        assert not world.requests(number, "SetPP")
