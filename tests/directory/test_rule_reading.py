"""How an OMM's records come in: in pages, in floods, and with a bad one among them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from mom.axi.element import Element, make
from mom.store.errors import Clash
from tests.directory.conftest import World, one_pair

Ipei = Callable[[int], str]


@ensureDeferred
async def test_pages_of_one_record_and_gaps_are_read_completely(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.quirks.page = 3
    for n in range(40):
        site.pair(str(4000 + n), ipei(n))
        next(site.numbers["user"])
    result = await world.connect(1)
    assert (result.users, result.devices) == (40, 40)


@ensureDeferred
async def test_what_an_omm_deletes_while_it_is_read_is_not_kept(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1))
    site.pair("4712", ipei(2))
    deleted = []

    def progress(done: int, total: int) -> None:
        if done == 4 and not deleted:
            deleted.append(True)
            site.remove("user", 2)

    await world.connect(1, progress=progress)
    assert deleted
    numbers = await world.store.read(lambda reading: [user.num for user in reading.all_users()])
    assert numbers == ["4711"]


@ensureDeferred
async def test_a_flood_of_events_holds_the_link_and_lets_go(world: World, ipei: Ipei) -> None:
    await one_pair(world, ipei)
    sitting, port = world.sittings[1], world.ports[1]
    for n in range(400):
        name = Element("user", {"uid": "1", "name": f"N{n}", "timeStampAdmin": str(world.now + n)})
        sitting.take(make("EventPPCnf", None, name))
    assert port.held
    await world.rest()
    assert not port.held
    assert (await world.user_with("4711")).name == "N399"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@ensureDeferred
async def test_a_record_that_the_database_refuses_costs_only_that_record(
    world: World, ipei: Ipei, logged_errors: Any, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "mom.db") as database:
        database.execute(
            "CREATE TRIGGER bad BEFORE INSERT ON users WHEN new.num = '4711'"
            " BEGIN SELECT RAISE(ABORT, 'bad'); END"
        )
    database.close()
    site = await world.site(1)
    site.pair("4711", ipei(1))
    site.pair("4712", ipei(2))
    await world.connect(1)
    assert (await world.user_with("4712")).num == "4712"
    assert logged_errors.flush(Clash)
    assert any("not taken" in text for text in world.log.texts)


@ensureDeferred
async def test_users_devices_and_rooms_are_asked_for_at_once(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1))
    answered: list[str] = []
    perform = site.answer

    def answer(request: Element) -> Element:
        answered.append(request.name)
        return perform(request)

    site.answer = answer  # type: ignore[method-assign]
    await world.connect(1)
    lists = ["GetPPUserSummary", "GetPPUser", "GetPPDevSummary", "GetPPDev"]
    assert answered[:5] == [*lists, "GetConferenceRoom"]
