"""Changing users and devices through the API, with the directory behind it."""

import itertools
import json

import pytest
from pytest_twisted import ensureDeferred

from tests.web.api.house import House

NEW = {"num": "4711", "name": "Meyer", "pin": "5555", "vip": True, "hierarchy1": "Cellar"}


@pytest.mark.feature("F159", "F162", "F170")
@ensureDeferred
async def test_a_user_is_added_changed_and_deleted(manor: House) -> None:
    added = await manor.ask("POST", "/users", json=NEW)
    assert added.status == 201, added.body
    path = added.headers["location"].removeprefix("/api/v1")
    view = added.json()
    assert (view["num"], view["vip"], view["relType"], view["hasPin"]) == (
        *("4711", True, "Unbound", True),
    )
    assert b"5555" not in added.body
    edited = await manor.ask("PATCH", path, json={"name": "Maier", "hierarchy1": ""})
    assert (edited.json()["name"], edited.json()["hierarchy1"]) == ("Maier", "")
    lines = (await manor.ask("GET", f"{path}/lines")).json()["items"]
    assert "changed by mom" in lines[0]["text"]
    assert (await manor.ask("DELETE", path)).status == 204
    assert (await manor.ask("GET", path)).status == 404


@ensureDeferred
async def test_what_is_wrong_is_told_by_field(manor: House) -> None:
    wrong = {"num": "x" * 99, "vip": "maybe", "lang": "Klingon", "uid": 5, "colour": "red"}
    answer = await manor.ask("POST", "/users", json=wrong)
    assert answer.status == 422
    assert set(answer.json()["fields"]) == set(wrong)
    taken = await manor.ask("POST", "/users", json={"num": "100"})
    assert (taken.status, list(taken.json()["fields"])) == (422, ["num"])


@ensureDeferred
async def test_two_people_at_one_field_is_a_conflict_that_names_it(manor: House) -> None:
    first = await manor.ask("PATCH", "/users/2", json={"name": "A"}, headers={"If-Match": "1"})
    assert (first.status, first.json()["revision"]) == (200, 2)
    other = await manor.ask("PATCH", "/users/2", json={"vip": True}, headers={"If-Match": "1"})
    assert other.status == 200
    same = await manor.ask("PATCH", "/users/2", json={"name": "B"}, headers={"If-Match": "1"})
    assert (same.status, same.json()["fields"]) == (409, {"name": "changed by mom"})


@pytest.mark.feature("F161")
@ensureDeferred
async def test_a_fixed_pair_is_added_with_its_ipei_checked(manor: House) -> None:
    pair = {"num": "4712", "name": "Pair", "ipei": "0307402202593", "encrypt": True}
    added = await manor.ask("POST", "/pairs", json=pair)
    assert added.status == 201, added.body
    view = added.json()
    assert (view["relType"], view["ipei"], view["num"]) == ("Fixed", "03074 0220259 3", "4712")
    wrong = await manor.ask("POST", "/pairs", json={**pair, "ipei": "0307402202594"})
    assert (wrong.status, list(wrong.json()["fields"])) == (422, ["ipei"])


@ensureDeferred
async def test_users_and_devices_are_bound_and_unbound(manor: House) -> None:
    bound = await manor.ask("POST", "/users/2/actions/bind", json={"ppn": 12})
    assert (bound.status, bound.json()["ppn"], bound.json()["relType"]) == (200, 12, "Fixed")
    assert (await manor.ask("GET", "/devices/12")).json()["uid"] == 2
    free = await manor.ask("POST", "/devices/12/actions/unbind")
    assert (free.status, free.json()["uid"]) == (200, 0)
    assert (await manor.ask("POST", "/users/2/actions/bind", json={"ppn": 99})).status == 404
    assert (await manor.ask("POST", "/users/1/actions/unbind")).json()["ppn"] == 0


@pytest.mark.feature("F170")
@ensureDeferred
async def test_a_device_is_added_changed_and_deleted(manor: House) -> None:
    added = await manor.ask("POST", "/devices", json={"ipei": "0307402202593", "ac": "1234"})
    assert (added.status, added.json()["relType"]) == (201, "Unbound")
    path = added.headers["location"].removeprefix("/api/v1")
    assert (await manor.ask("PATCH", path, json={"encrypt": True})).json()["encrypt"] is True
    assert (await manor.ask("DELETE", path)).status == 204
    assert (await manor.ask("DELETE", path)).status == 404


@pytest.mark.feature("F175")
@ensureDeferred
async def test_a_read_account_changes_nothing(manor: House) -> None:
    await manor.ask("POST", "/accounts", json={"name": "eve", "password": "Giraffe#9"})
    await manor.sign_in("eve", "Giraffe#9")
    for method, path in (("POST", "/users"), ("PATCH", "/users/1"), ("DELETE", "/devices/11")):
        assert (await manor.ask(method, path, json={})).status == 403
    assert (await manor.ask("GET", "/users")).json()["total"] == 3


NASTY = [
    *(None, True, -1, 2**31, 2**53 - 1, 2**64, 1.5, "", "x" * 5000, "\x00", "\ud800", [], {}),
]


@ensureDeferred
async def test_no_value_of_a_field_makes_the_directory_fail(manor: House) -> None:
    person = ("num", "name", "pin", "vip", "fixedSipPort", "sipProfileId", "lang")
    phone = ("ipei", "ac", "encrypt", "uid")
    for path, one, fields in (("/users", "/users/2", person), ("/devices", "/devices/11", phone)):
        for name, value in itertools.product(fields, NASTY):
            body = json.dumps({name: value}).encode()
            for method, where in (("POST", path), ("PATCH", one)):
                answer = await manor.ask(method, where, content=body)
                assert answer.status in (200, 201, 400, 422), (name, answer.body)
