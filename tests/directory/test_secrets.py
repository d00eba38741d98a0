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
