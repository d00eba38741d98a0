"""Secrets between MOM and its sites: who knows which, and what reaches whom."""

from collections.abc import Callable

from pytest_twisted import ensureDeferred

from tests.directory.conftest import World

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
    await world.mom.editor.edit_user(number, {"pin": "1111"}, "admin")
    await world.until(lambda: world.ports[1].is_asked)
    await world.mom.editor.edit_user(number, {"pin": "2222"}, "admin")
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
