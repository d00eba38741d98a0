"""Secrets between MOM and its sites: who knows which, and what reaches whom."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.axi.secrets import PrivateKey
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.secret import Secret
from mom.model.setting import SubscriptionMode
from tests.directory.conftest import World, one_pair
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]


@ensureDeferred
async def test_a_secret_entered_while_a_former_one_is_on_its_way_follows_it(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1))
    await world.connect(1)
    number = (await world.user_with("4711")).uid
    world.ports[1].hold()
    await world.people.edit_user(number, {"pin": "1111"}, "admin")
    await world.until(lambda: world.ports[1].is_asked)
    await world.people.edit_user(number, {"pin": "2222"}, "admin")
    world.ports[1].release()
    await world.rest()
    assert site.secrets[1]["pin"] == "2222"


@ensureDeferred
async def test_a_secret_changed_in_the_same_second_is_news_where_the_others_stayed_as_they_were(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        await world.site(number)
    world.sites[1].pair("4711", ipei(1))
    world.sites[1].edit("user", 1, permanent="1")
    for number in (1, 2):
        await world.connect(number)
    world.cut(1)
    world.sites[1].edit("user", 1, pin="2222")
    await world.connect(1)
    assert world.sites[1].secrets[1]["pin"] == "2222"
    assert world.sites[2].secrets[1]["pin"] == "2222"


@ensureDeferred
async def test_an_omm_that_encrypts_anew_at_each_reading_costs_no_write(
    world: World, ipei: Ipei
) -> None:
    await one_pair(world, ipei)
    world.sites[1].quirks.reencrypts = True
    world.cut(1)
    assert (await world.connect(1)).changed == 0


@ensureDeferred
async def test_a_secret_goes_on_to_omms_of_the_same_key_and_to_no_other(
    world: World, ipei: Ipei
) -> None:
    other = PrivateKey.generate(512)
    for number, key in ((1, world.key), (2, world.key), (3, other)):
        await world.site(number, key=key)
    world.sites[1].pair("4711", ipei(1))
    for number in (1, 2, 3):
        await world.connect(number)
    user = await world.user_with("4711")
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert world.sites[2].secrets[1]["pin"] == "4711"
    assert world.sites[3].secrets[1]["pin"] == ""
    after = await world.user(user.uid)
    assert after is not None
    assert any(mark.startswith("credentials missing on OMM 0003") for mark in after.marks)
    assert any("OMM 0003 without" in text for text in world.log.texts)
    await world.people.edit_user(user.uid, {"pin": "1234"}, "admin")
    await world.rest()
    assert {world.sites[n].secrets[1]["pin"] for n in (1, 2, 3)} == {"1234"}


@ensureDeferred
async def test_a_secret_entered_in_mom_reaches_the_omm(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    await world.people.edit_user(number, {"sipPw": "geheim"}, "admin")
    await world.rest()
    assert world.sites[1].secrets[1]["sipPw"] == "geheim"
    user = await world.user(number)
    assert user is not None
    assert user.sip_pw == Secret("geheim")


@pytest.mark.parametrize("restart", [True, False])
@ensureDeferred
async def test_a_secret_alone_entered_while_the_omm_is_away_reaches_it(
    world: World, ipei: Ipei, restart: bool
) -> None:
    number = await one_pair(world, ipei)
    world.cut(1)
    await world.people.edit_user(number, {"pin": "2468"}, "admin")
    if restart:
        await world.restart()
    await world.connect(1)
    assert world.sites[1].secrets[1]["pin"] == "2468"


@ensureDeferred
async def test_a_secret_changed_there_is_seen_in_the_answer_to_something_else(
    world: World, ipei: Ipei
) -> None:
    number = await one_pair(world, ipei)
    await world.people.edit_user(number, {"permanent": True}, "admin")
    await world.site(2)
    await world.connect(2)
    world.now += 10
    world.ports[1].hold()
    await world.people.unbind(Noun.USER, number, "admin")
    await world.until(lambda: world.ports[1].is_asked)
    world.sites[1].edit("user", 1, pin="2222")
    world.ports[1].release()
    await world.rest()
    assert world.sites[2].secrets[1]["pin"] == "2222"
    assert not await world.differences()


@ensureDeferred
async def test_secrets_encrypted_anew_are_no_news_after_an_event_told_what_mom_wrote(
    world: World, ipei: Ipei
) -> None:
    number = await one_pair(world, ipei)
    site = world.sites[1]
    await world.people.edit_user(number, {"pin": "9999"}, "admin")
    await world.people.edit_user(number, {"name": "Bob"}, "admin")
    await world.rest()
    site.tell("user", 1, dict(site.whole("user", 1).attrs))
    await world.rest()
    site.quirks.reencrypts = True
    world.cut(1)
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    assert not user.marks
    assert user.pin == Secret("9999")


async def away_from_home(world: World, ipei: Ipei) -> FakeOmm:
    """A pair at site 1, and site 2 with another key: MOM can only pass its secrets on to site 1."""
    world.policy = world.mom.policy = Policy(
        licensed=True, subscription=SubscriptionMode.CONFIGURED
    )
    for number, key in ((1, world.key), (2, PrivateKey.generate(512))):
        await world.site(number, key=key)
    world.sites[1].pair("4711", ipei(1))
    for number in (1, 2):
        await world.connect(number)
    world.now += 10
    return world.sites[2]


@ensureDeferred
async def test_secrets_that_an_omm_lacks_are_marked_only_while_the_user_is_there(
    world: World, ipei: Ipei
) -> None:
    away = await away_from_home(world, ipei)
    away.locate(ipei(1))
    await world.rest()
    (mark,) = (await world.user_with("4711")).marks
    assert mark.startswith("credentials missing on OMM 0002")
    world.now += 10
    world.sites[1].locate(ipei(1))
    await world.rest()
    assert not (await world.user_with("4711")).marks
    (local,) = world.sites[1].records["user"]
    assert world.sites[1].secrets[local]["pin"] == "4711"


@pytest.mark.parametrize("comes", [FakeOmm.locate, FakeOmm.subscribe])
@ensureDeferred
async def test_no_secrets_are_missing_at_an_omm_that_does_not_take_the_user(
    world: World, ipei: Ipei, comes: Callable[[FakeOmm, str], None]
) -> None:
    away = await away_from_home(world, ipei)
    away.quirks.refuse = {"4711": ("EInval", "num")}
    comes(away, ipei(1))
    await world.rest()
    assert world.requests(2, "SetPP")
    assert not (await world.user_with("4711")).marks
