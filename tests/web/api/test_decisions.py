"""The decisions about all records through the API."""

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.model.copy import Noun
from mom.store.store import Store
from mom.web.api.jobs import JobRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.paging import ListQuery
from mom.web.records import Records
from mom.web.topics import topics
from tests.web.api.house import House


async def add(store: Store) -> None:
    """Beside the line that is there: one with a value that lost, and one about both devices."""
    async with store.write() as work:
        lost = msgspec.json.encode({"name": "Ann"}).decode()
        work.add_line(Noun.USER, 2, 2000, "name from OMM 0005, newer there", lost)
        work.add_first_lines(Noun.DEVICE, [11, 12], 3000, "imported from OMM 0004")
        work.add_line(Noun.ROOM, 7, 4000, "deleted by mom")


async def ids(manor: House, query: str) -> list[int]:
    answer = await manor.ask("GET", f"/lines?{query}")
    assert answer.status == 200, answer.body
    return [each["id"] for each in answer.json()["items"]]


@ensureDeferred
async def test_decisions_say_about_whom_they_are_newest_first(manor: House, store: Store) -> None:
    await add(store)
    page = (await manor.ask("GET", "/lines")).json()
    assert page["total"] == 4
    room, devices, second, first = page["items"]
    assert first == {
        "id": 1,
        "at": 1000,
        "text": "name from OMM 0004, newer there",
        "lost": {},
        "noun": "user",
        "number": 1,
        "last": 0,
        "key": "100",
        "name": "Name 100",
        "deleted": False,
    }
    assert (second["key"], second["lost"]) == ("99", {"name": "Ann"})
    assert (devices["number"], devices["last"], devices["key"]) == (11, 12, "03074 0220211 1")
    assert (room["noun"], room["key"], room["deleted"]) == ("room", "", True)


@ensureDeferred
async def test_decisions_are_searched_filtered_sorted_and_cut(manor: House, store: Store) -> None:
    await add(store)
    assert await ids(manor, "q=OMM+0004") == [3, 1]
    assert await ids(manor, "q=0220212") == [3]
    assert await ids(manor, "filter=noun:eq:device&filter=number:eq:12") == [3]
    assert await ids(manor, "filter=at:gt:1500&filter=at:lt:3500&sort=at") == [2, 3]
    assert await ids(manor, "filter=text:contains:newer+there&offset=1") == [1]


@pytest.mark.parametrize("query", ["sort=name", "filter=lost:empty", "filter=at:gt:noon"])
@ensureDeferred
async def test_what_decisions_cannot_be_asked_by_is_told(manor: House, query: str) -> None:
    answer = await manor.ask("GET", f"/lines?{query}")
    assert (answer.status, len(answer.json()["fields"])) == (400, 1)


@ensureDeferred
async def test_decisions_are_followed_live_as_records_change(
    manor: House, records: Records
) -> None:
    omms = OmmRoutes(omms=manor.omms, fleet=manor.fleet, missing=manor.fleet)
    jobs = JobRoutes(jobs=manor.jobs)
    topic = topics(
        records=records, omms=omms, accounts=manor.accounts, events=manor.events, jobs=jobs
    )["lines"]
    assert [line.number for line in (await topic.read(ListQuery())).items] == [1]
    assert (topic.key, topic.nouns) == ("id", {Noun.USER, Noun.DEVICE, Noun.ROOM})
