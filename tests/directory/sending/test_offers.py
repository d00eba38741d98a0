"""What becomes of a record that MOM offered to an OMM and that the OMM did not take."""

from collections.abc import Callable

import msgspec
from pytest_twisted import ensureDeferred

from mom.directory.sending.requests import Recipient, requests
from mom.directory.sending.sends import Change, Part
from mom.model.attribute import Group
from mom.model.copy import CopyState, Noun
from mom.model.identities import DeviceNumber, OmmId
from tests.directory.conftest import World, one_pair

Ipei = Callable[[int], str]
ONE = OmmId(1)
TWO = OmmId(2)


async def _permanent_user(world: World, ipei: Ipei) -> tuple[int, int]:
    """A user of site 1 that becomes permanent and that site 2 refuses, and its device."""
    site = await world.site(1)
    other = await world.site(2)
    other.quirks.refuse = {"4711": ("EMissing", "num")}
    site.pair("4711", ipei(1))
    for number in (1, 2):
        await world.connect(number)
    user = await world.user_with("4711")
    world.ports[2].hold()
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.until(lambda: world.ports[2].is_asked)
    return user.uid, user.ppn


@ensureDeferred
async def test_an_offer_that_is_not_wanted_any_more_is_forgotten_at_once(
    world: World, ipei: Ipei
) -> None:
    user, device = await _permanent_user(world, ipei)
    await world.people.unbind(Noun.USER, user, "admin")
    world.ports[2].release()
    await world.rest()
    assert world.mom.index.copy(Noun.DEVICE, device, TWO) is None
    assert not await world.differences()


@ensureDeferred
async def test_the_mark_of_a_refusal_goes_with_the_offer(world: World, ipei: Ipei) -> None:
    number, _ = await _permanent_user(world, ipei)
    world.ports[2].release()
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ("not accepted by OMM 0002: EMissing num",)
    await world.people.edit_user(number, {"permanent": False}, "admin")
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ()
    assert world.mom.index.copy(Noun.USER, number, TWO) is None


@ensureDeferred
async def test_an_offer_without_an_answer_says_so(world: World, ipei: Ipei) -> None:
    number, _ = await _permanent_user(world, ipei)
    world.ports[2].time_out()
    world.ports[2].release()
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ("not accepted by OMM 0002: no answer",)


@ensureDeferred
async def test_what_an_omm_took_without_an_answer_is_not_marked_once_it_was_read(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1))
    await world.connect(1)
    number = (await world.user_with("4711")).uid
    world.ports[1].hold()
    await world.people.edit_user(number, {"name": "Anna"}, "admin")
    await world.until(lambda: world.ports[1].is_asked)
    world.ports[1].time_out()
    world.ports[1].release()
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ("not accepted by OMM 0001: no answer",)
    site.edit("user", 1, name="Anna")
    await world.rest()
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    assert user.marks == ()
    assert not await world.differences()


@ensureDeferred
async def test_a_refused_record_that_leaves_with_its_user_is_removed_there(
    world: World, ipei: Ipei
) -> None:
    user, device = await _permanent_user(world, ipei)
    other = world.sites[2]
    other.quirks.refuse = {}
    world.ports[2].release()
    await world.rest()
    other.quirks.refuse = {"0": ("EInval", "encrypt")}
    await world.people.edit_device(device, {"encrypt": False}, "admin")
    await world.rest()
    assert world.mom.index.copy(Noun.DEVICE, device, TWO).refused == "EInval encrypt"  # type: ignore[union-attr]
    await world.people.edit_user(user, {"permanent": False}, "admin")
    await world.rest()
    assert world.mom.index.copy(Noun.DEVICE, device, TWO) is None
    assert not other.records["pp"]


@ensureDeferred
async def test_what_changed_while_an_omm_refused_it_is_tried_again(
    world: World, ipei: Ipei
) -> None:
    number, _ = await _permanent_user(world, ipei)
    world.sites[2].quirks.refuse = {"Bad": ("EInval", "name")}
    world.ports[2].release()
    await world.rest()
    await world.people.edit_user(number, {"name": "Bad"}, "admin")
    world.ports[2].hold()
    await world.until(lambda: world.ports[2].is_asked)
    await world.people.edit_user(number, {"name": "Good"}, "admin")
    world.ports[2].release()
    await world.rest()
    assert world.sites[2].records["user"][1]["name"] == "Good"
    assert not await world.differences()


@ensureDeferred
async def test_the_other_end_of_a_relation_follows_a_phone_that_is_made_again(
    world: World, ipei: Ipei
) -> None:
    user, device = await _permanent_user(world, ipei)
    other = world.sites[2]
    other.quirks.refuse = {}
    world.ports[2].release()
    await world.rest()
    await world.mom.editor.bind(user, device, "admin", "Dynamic")
    other.remove("pp", 1)
    await world.rest()
    assert other.records["user"][1]["ppn"] == "2"
    assert not await world.differences()


@ensureDeferred
async def test_a_refusal_marks_the_record_until_it_is_accepted(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    site.quirks.refuse = {"Bad": ("EInval", "name")}
    await world.people.edit_user(number, {"name": "Bad"}, "admin")
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ("not accepted by OMM 0001: EInval name",)
    asked = len(world.requests(1, "SetPP"))
    await world.rest()
    assert len(world.requests(1, "SetPP")) == asked
    await world.people.edit_user(number, {"name": "Good"}, "admin")
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ()
    assert site.records["user"][1]["name"] == "Good"


@ensureDeferred
async def test_an_offer_that_was_never_confirmed_lapses(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    copy = world.mom.index.copy(Noun.USER, number, ONE)
    assert copy is not None
    site = await world.site(2)
    offered = msgspec.structs.replace(
        copy, omm=OmmId(2), local=0, state=CopyState.OFFERED, since=world.now, agreed=b""
    )
    async with world.mom.units.open() as bench:
        bench.put_copy(offered)
    world.now += 700
    await world.connect(2)
    assert world.mom.index.copy(Noun.USER, number, OmmId(2)) is None
    assert await world.user(number) is not None
    assert site.records["user"] == {}


@ensureDeferred
async def test_a_relation_that_ended_after_its_step_was_planned_is_sent_as_none(
    world: World, ipei: Ipei
) -> None:
    number = await one_pair(world, ipei)
    user = await world.user(number)
    assert user is not None
    part = Part(noun=Noun.USER, number=number, local=1, groups=(Group.RELATION,), partner=1)
    ended = msgspec.structs.replace(user, ppn=DeviceNumber(0), rel_type="Unbound")
    abilities = world.sittings[1].abilities
    recipient = Recipient(None, abilities, world.mom.guard, 0)
    request = requests(Change((part,)), {(Noun.USER, number): ended}, recipient)[0][0]
    assert request.children[0].get("ppn") == "0"
