"""Conference rooms through the API, with the directory behind it."""

import csv
import io

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.model.attribute import attributes
from mom.model.copy import Noun
from mom.model.room import ConferenceRoom
from mom.web.api.exports import ExportRoutes
from mom.web.api.jobs import JobRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.fields import fields_view
from mom.web.paging import ListQuery, listing_of
from mom.web.records import Records
from mom.web.topics import topics
from mom.web.views import RoomFields, RoomView
from tests.web.api.house import House
from tests.web.schema import mistakes

NEW = {"name": "Staff", "conferenceId": "900", "sipAuthId": "room", "sipPw": "secret word"}
ROOMS = "/conference-rooms"


async def add(manor: House, **fields: object) -> dict[str, object]:
    answer = await manor.ask("POST", ROOMS, json=fields)
    assert answer.status == 201, answer.body
    view: dict[str, object] = answer.json()
    return view


@pytest.mark.feature("F183")
@ensureDeferred
async def test_a_room_is_added_changed_and_deleted(manor: House) -> None:
    added = await manor.ask("POST", ROOMS, json={**NEW, "omm": 0, "fixedSipPort": 0})
    assert (added.status, added.headers["location"]) == (201, "/api/v1/conference-rooms/1")
    view = added.json()
    assert (view["id"], view["omm"], view["fixedSipPort"], view["hasSipPw"]) == (1, 0, 0, True)
    assert b"secret word" not in added.body
    edited = await manor.ask("PATCH", f"{ROOMS}/1", json={"name": "All", "fixedSipPort": 5062})
    assert (edited.json()["name"], edited.json()["fixedSipPort"]) == ("All", 5062)
    lines = (await manor.ask("GET", f"{ROOMS}/1/lines")).json()["items"]
    assert [line["text"] for line in lines][1:] == ["created by mom"]
    assert (await manor.ask("DELETE", f"{ROOMS}/1")).status == 204
    for path in (f"{ROOMS}/1", f"{ROOMS}/2/lines"):
        assert (await manor.ask("GET", path)).status == 404
    assert (await manor.ask("DELETE", f"{ROOMS}/1")).status == 404


@ensureDeferred
async def test_what_is_wrong_with_a_room_is_told_by_field(manor: House) -> None:
    wrong = {"name": "x" * 99, "conferenceId": "a b", "fixedSipPort": "no", "omm": -1, "id": 3}
    answer = await manor.ask("POST", ROOMS, json=wrong)
    assert answer.status == 422
    assert set(answer.json()["fields"]) == set(wrong)
    await add(manor, conferenceId="900")
    taken = await manor.ask("POST", ROOMS, json={"conferenceId": "900"})
    told = {"conferenceId": "is used by conference room 1 already"}
    assert (taken.status, taken.json()["fields"]) == (422, told)
    lost = await manor.ask("PATCH", f"{ROOMS}/1", json={"omm": 7})
    assert (lost.status, lost.json()["fields"]) == (422, {"omm": "there is no OMM 0007"})


@ensureDeferred
async def test_two_people_at_one_field_of_a_room_is_a_conflict(manor: House) -> None:
    await add(manor, conferenceId="900")
    old = {"If-Match": "1"}
    assert (await manor.ask("PATCH", f"{ROOMS}/1", json={"name": "A"}, headers=old)).status == 200
    other = await manor.ask("PATCH", f"{ROOMS}/1", json={"sipAuthId": "x"}, headers=old)
    assert other.status == 200
    same = await manor.ask("PATCH", f"{ROOMS}/1", json={"name": "B"}, headers=old)
    assert (same.status, same.json()["fields"]) == (409, {"name": "was changed by mom"})


@pytest.mark.feature("F103")
@ensureDeferred
async def test_rooms_are_paged_sorted_filtered_and_searched(manor: House) -> None:
    for conference, name in (("1000", "Board"), ("99", "Staff"), ("900", "staff two")):
        await add(manor, conferenceId=conference, name=name)
    page = (await manor.ask("GET", f"{ROOMS}?sort=conferenceId&limit=2")).json()
    assert ([room["conferenceId"] for room in page["items"]], page["total"]) == (["99", "900"], 3)
    found = (await manor.ask("GET", f"{ROOMS}?q=STAFF&sort=-name")).json()
    assert [room["name"] for room in found["items"]] == ["staff two", "Staff"]
    none = (await manor.ask("GET", f"{ROOMS}?filter=omm:gt:0")).json()
    assert none == {"items": [], "total": 0}
    assert (await manor.ask("GET", f"{ROOMS}?filter=sipPw:eq:x")).status == 400


@ensureDeferred
async def test_rooms_are_exported(manor: House, records: Records) -> None:
    omms = OmmRoutes(omms=manor.omms, fleet=manor.fleet, missing=manor.fleet)
    manor.app.add([ExportRoutes(records=records, omms=omms)])
    await add(manor, **NEW)
    answer = await manor.ask("GET", f"{ROOMS}.csv?filter=name:starts:St")
    assert answer.status == 200
    (row,) = csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")))
    assert (row["conferenceId"], row["name"]) == ("900", "Staff")
    assert b"secret word" not in answer.body


@ensureDeferred
async def test_an_answer_about_rooms_is_what_is_described(manor: House) -> None:
    await add(manor, **NEW)
    for path, view in ((ROOMS, listing_of(RoomView)), (f"{ROOMS}/1", RoomView)):
        (schema,), parts = msgspec.json.schema_components(
            [view], ref_template="#/components/schemas/{name}"
        )
        answer = (await manor.ask("GET", path)).json()
        assert mistakes(answer, schema, {"components": {"schemas": parts}}) == [], path


@ensureDeferred
async def test_the_live_topic_gives_the_same_page(manor: House, records: Records) -> None:
    omms = OmmRoutes(omms=manor.omms, fleet=manor.fleet, missing=manor.fleet)
    jobs = JobRoutes(jobs=manor.jobs)
    found = topics(
        records=records, omms=omms, accounts=manor.accounts, events=manor.events, jobs=jobs
    )
    topic = found["conference-rooms"]
    await add(manor, **NEW)
    page = await topic.read(ListQuery())
    assert [room["conferenceId"] for room in page.items] == ["900"]
    assert (topic.key, topic.nouns) == ("id", {Noun.ROOM})


@pytest.mark.feature("F183")
def test_the_fields_of_a_room_are_told() -> None:
    told = {each.name: each for each in fields_view().conference_rooms}
    assert {a.wire for a in attributes(ConferenceRoom) if a.attr.label} <= set(told)
    written = {name for name, each in told.items() if each.writable}
    assert written == {"name", "conferenceId", "omm", "sipAuthId", "sipPw", "fixedSipPort"}
    assert written == set(RoomFields.__struct_encode_fields__)
    assert (told["sipPw"].flag, told["omm"].of) == ("hasSipPw", "conferenceRoom")
