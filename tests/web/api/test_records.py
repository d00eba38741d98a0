"""Users, devices and pairs of a real store through the API."""

import re
from pathlib import Path

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.model.attribute import attributes
from mom.model.device import Device
from mom.model.user import User
from mom.web.paging import listing_of
from mom.web.views import DeviceView, PairView, UserView
from tests.web.api.house import House
from tests.web.schema import mistakes


async def numbers(manor: House, path: str, key: str) -> list[int]:
    answer = await manor.ask("GET", path)
    assert answer.status == 200, answer.body
    return [item[key] for item in answer.json()["items"]]


@pytest.mark.feature("F102", "F157")
@ensureDeferred
async def test_users_bear_the_protocols_names_and_json_types(manor: House) -> None:
    listed = (await manor.ask("GET", "/users")).json()
    assert listed["total"] == 3
    first = listed["items"][0]
    assert (first["uid"], first["num"], first["ppn"], first["omm"]) == (1, "100", 11, 4)
    assert (first["vip"], first["relType"], first["revision"]) == (True, "Dynamic", 1)
    assert listed["items"][1]["marks"] == ["not accepted by OMM 0004: EInval num"]
    assert (listed["items"][2]["omm"], listed["items"][2]["extra"]) == (0, {"newThing": "1"})


@pytest.mark.feature("F158", "F113")
@ensureDeferred
async def test_devices_bear_their_home(manor: House) -> None:
    items = (await manor.ask("GET", "/devices")).json()["items"]
    assert [(item["ppn"], item["omm"], item["uid"]) for item in items] == [(11, 4, 1), (12, 0, 0)]
    assert items[0]["encrypt"] is True


@pytest.mark.feature("F156")
@ensureDeferred
async def test_pairs_are_devices_with_the_users_bound_to_them(manor: House) -> None:
    listed = (await manor.ask("GET", "/pairs")).json()
    assert listed["total"] == 1
    pair = listed["items"][0]
    assert (pair["id"], pair["ppn"], pair["uid"], pair["num"], pair["omm"]) == (11, 11, 1, "100", 4)
    assert (pair["revision"], pair["userRevision"]) == (1, 1)
    assert (await manor.ask("GET", "/pairs/11")).json() == pair
    assert (await manor.ask("GET", "/pairs/12")).status == 404


@ensureDeferred
async def test_secrets_and_keys_are_in_no_answer(manor: House) -> None:
    for path in ("/users", "/users/1", "/devices", "/devices/11", "/pairs", "/pairs/11"):
        answer = await manor.ask("GET", path)
        assert answer.status == 200
        assert b"9182736" not in answer.body
        assert b"0123456789ABCDEF" not in answer.body
    view = (await manor.ask("GET", "/users/1")).json()
    assert (view["hasPin"], view["hasSipPw"]) == (True, False)
    assert not {"pin", "sipPw", "credentialPw"} & set(view)


@pytest.mark.feature("F107", "F110")
@ensureDeferred
async def test_pages_are_sorted_filtered_and_cut_by_the_store(manor: House) -> None:
    assert await numbers(manor, "/users?sort=num", "uid") == [3, 2, 1]
    assert await numbers(manor, "/users?sort=-num&limit=2", "uid") == [1, 2]
    assert await numbers(manor, "/users?sort=hierarchy1", "uid") == [3, 1, 2]
    assert await numbers(manor, "/users?filter=hierarchy1:empty", "uid") == [2]
    assert await numbers(manor, "/users?filter=vip:eq:true&filter=num:starts:1", "uid") == [1]
    assert await numbers(manor, "/devices?filter=omm:eq:4", "ppn") == [11]
    assert await numbers(manor, "/devices?sort=-omm&offset=1", "ppn") == [12]
    assert await numbers(manor, "/pairs?filter=omm:gt:3&sort=id&q=name 100".replace(" ", "+"), "id")
    for wrong in ("sort=colour", "filter=pin:eq:1", "filter=uid:gt:x", "filter=marks:gt:1"):
        answer = await manor.ask("GET", f"/users?{wrong}")
        assert (answer.status, len(answer.json()["fields"])) == (400, 1)


@pytest.mark.parametrize("collection", ["users", "devices", "pairs", "conference-rooms"])
@pytest.mark.parametrize("field", ["revAdmin", "revContent", "home", "userRevRelation", "uak"])
@ensureDeferred
async def test_what_only_mom_itself_knows_of_a_record_is_no_field_to_ask_by(
    manor: House, collection: str, field: str
) -> None:
    for question in (f"sort={field}", f"filter={field}:empty"):
        answer = await manor.ask("GET", f"/{collection}?{question}")
        assert answer.status == 400
        text = answer.json()["fields"][field]
        assert text.startswith("there is no such field")
        assert not {"revAdmin", "revRelation", "revContent", "home"} & set(re.findall(r"\w+", text))


@ensureDeferred
async def test_a_record_says_why_it_is_as_it_is(manor: House) -> None:
    lines = (await manor.ask("GET", "/users/1/lines")).json()
    assert lines == {
        "items": [{"id": 1, "at": 1000, "text": "name from OMM 0004, newer there", "lost": {}}]
    }
    assert (await manor.ask("GET", "/devices/11/lines")).json() == {"items": []}
    for path in ("/users/9", "/users/9/lines", "/devices/9", "/devices/9/lines"):
        assert (await manor.ask("GET", path)).status == 404


@ensureDeferred
async def test_what_is_answered_is_what_is_described(manor: House) -> None:
    views = {
        "/users": listing_of(UserView),
        "/users/1": UserView,
        "/devices": listing_of(DeviceView),
        "/pairs": listing_of(PairView),
        "/pairs/11": PairView,
    }
    for path, view in views.items():
        (schema,), parts = msgspec.json.schema_components(
            [view], ref_template="#/components/schemas/{name}"
        )
        answer = (await manor.ask("GET", path)).json()
        assert mistakes(answer, schema, {"components": {"schemas": parts}}) == [], path


def test_a_view_has_every_attribute_that_is_not_hidden() -> None:
    for record, view in ((User, UserView), (Device, DeviceView)):
        described = set(view.__struct_encode_fields__)
        for attribute in attributes(record):
            own = attribute.name.startswith("rev_") or attribute.name == "home"
            assert (attribute.wire in described) is not (attribute.attr.hidden or own)


DOCUMENTATION = Path(__file__).parents[3] / "docs" / "api.md"
NASTY = [
    *("99999999999999999999", "1e999", "nan", "-1", "%00", "%ed%a0%80", "'; DROP TABLE users", "%"),
    *("_", "\\", "*", "\u00df", "\u0130", "true", "x" * 200),
]


@ensureDeferred
async def test_no_value_in_a_query_makes_the_store_fail(manor: House) -> None:
    for text in NASTY:
        value = text if text.startswith("%") else "".join(f"%{byte:02x}" for byte in text.encode())
        filters = [
            f"filter={field}:{op}:{value}"
            for field in ("num", "uid", "vip", "marks", "ipei")
            for op in ("eq", "contains", "gt", "empty")
        ]
        for query in (f"q={value}", f"sort={value}", f"offset={value}", *filters):
            for collection in ("users", "pairs"):
                answer = await manor.ask("GET", f"/{collection}?{query}")
                assert answer.status in (200, 400), (query, answer.body)


def test_every_path_of_the_api_is_in_its_documentation(manor: House) -> None:
    text = DOCUMENTATION.read_text()
    for declared in manor.app.routes:
        path = declared.path.removeprefix("/api/v1").replace("<number:number>", "{n}")
        path = path.replace("<string:noun>", "{noun}").replace("<number:line>", "{line}")
        stem, _, action = path.partition("/actions/")
        assert f"`{stem}" in text, path
        assert f"`{action}`" in text or not action or f"actions/{action}`" in text, path
