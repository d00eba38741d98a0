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
    for path in ("/users", "/pairs"):
        lacking = await manor.ask("POST", path, json={"name": "Meyer"})
        assert (lacking.status, list(lacking.json()["fields"])) == (422, ["num"])
    taken = await manor.ask("POST", "/users", json={"num": "100"})
    assert (taken.status, list(taken.json()["fields"])) == (422, ["num"])


@ensureDeferred
async def test_two_people_at_one_field_is_a_conflict_that_names_it(manor: House) -> None:
    first = await manor.ask("PATCH", "/users/2", json={"name": "A"}, headers={"If-Match": "1"})
    assert (first.status, first.json()["revision"]) == (200, 2)
    other = await manor.ask("PATCH", "/users/2", json={"vip": True}, headers={"If-Match": "1"})
    assert other.status == 200
    same = await manor.ask("PATCH", "/users/2", json={"name": "B"}, headers={"If-Match": "1"})
    assert (same.status, same.json()["fields"]) == (409, {"name": "was changed by mom"})


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


@ensureDeferred
async def test_a_pair_is_changed_at_both_ends_and_deleted_with_both(manor: House) -> None:
    both = await manor.ask("PATCH", "/pairs/11", json={"name": "Ann", "encrypt": False, "pin": "1"})
    assert (both.status, both.json()["name"], both.json()["encrypt"]) == (200, "Ann", False)
    assert (await manor.ask("GET", "/users/1")).json()["name"] == "Ann"
    wrong = {"num": "99", "ipei": "1", "colour": "red"}
    answer = await manor.ask("PATCH", "/pairs/11", json=wrong)
    assert (answer.status, set(answer.json()["fields"])) == (422, {"ipei", "colour"})
    taken = await manor.ask("PATCH", "/pairs/11", json={"num": "99", "encrypt": True})
    assert (taken.status, set(taken.json()["fields"])) == (422, {"num"})
    for path in ("/pairs/12", "/pairs/99"):
        assert (await manor.ask("PATCH", path, json={})).status == 404
    assert (await manor.ask("DELETE", "/pairs/11")).status == 204
    for path in ("/pairs/11", "/users/1", "/devices/11"):
        assert (await manor.ask("GET", path)).status == 404


@ensureDeferred
async def test_a_pair_has_a_revision_at_either_end(manor: House) -> None:
    await manor.ask("PATCH", "/users/1", json={"name": "A"})
    seen = {"If-Match": "1, 1"}
    answer = await manor.ask("PATCH", "/pairs/11", json={"name": "B"}, headers=seen)
    assert (answer.status, answer.json()["fields"]) == (409, {"name": "was changed by mom"})
    other = await manor.ask("PATCH", "/pairs/11", json={"encrypt": False}, headers=seen)
    assert other.status == 200
    seen = {"If-Match": "2, 2"}
    assert (await manor.ask("PATCH", "/pairs/11", json={"name": "B"}, headers=seen)).status == 200
    wrong = await manor.ask("DELETE", "/pairs/11", headers={"If-Match": "1, x"})
    assert wrong.status == 400
    late = await manor.ask("DELETE", "/pairs/11", headers={"If-Match": "1"})
    assert (late.status, late.json()["fields"]) == (409, {"encrypt": "was changed by mom"})


@pytest.mark.feature("F30", "F41")
@ensureDeferred
async def test_actions_say_what_they_need(manor: House) -> None:
    for path, action, body, status, field in (
        ("/devices/11", "unsubscribe", {}, 422, "relType"),
        ("/users/2", "unsubscribe", {}, 422, "s"),
        ("/devices/99", "unsubscribe", {}, 404, None),
        ("/pairs/12", "unsubscribe", {}, 404, None),
        ("/pairs/11", "relation", {"relType": "Fixed"}, 422, "relType"),
        ("/users/2", "relation", {"relType": "Fixed"}, 422, "relType"),
        ("/users/2", "relation", {"relType": "Unbound"}, 422, "relType"),
        ("/users/2", "relation", {}, 422, "relType"),
        ("/users/1", "source", {"external": True}, 422, "external"),
        ("/users/1", "source", {"external": False}, 200, None),
        ("/devices/12", "source", {"external": False}, 422, "external"),
        ("/pairs/11", "permanent", {"permanent": True}, 200, None),
        ("/users/1", "permanent", {"permanent": "yes"}, 422, "permanent"),
        ("/users/1", "permanent", {"permanent": False, "now": 1}, 422, "now"),
        ("/users/3", "copy", {"num": "99"}, 422, "num"),
        ("/users/99", "copy", {}, 404, None),
        ("/devices/12", "bind", {"uid": 2, "relType": "Dynamic"}, 200, None),
        ("/devices/12", "bind", {"uid": 99}, 404, None),
        ("/pairs/11", "unbind", {}, 404, None),
    ):
        answer = await manor.ask("POST", f"{path}/actions/{action}", json=body)
        assert answer.status == status, (path, action, answer.body)
        assert field is None or field in answer.json()["fields"], answer.body
    assert (await manor.ask("GET", "/users/1")).json()["permanent"] is True
    assert (await manor.ask("GET", "/users/2")).json()["relType"] == "Dynamic"


@ensureDeferred
async def test_a_copy_is_a_new_record_without_what_must_be_ones_own(manor: House) -> None:
    copied = await manor.ask("POST", "/users/1/actions/copy", json={"num": "101"})
    assert copied.status == 201, copied.body
    view = copied.json()
    assert (view["num"], view["hierarchy1"], view["vip"], view["hasPin"], view["ppn"]) == (
        *("101", "Cellar", True, False, 0),
    )
    assert copied.headers["location"] == f"/api/v1/users/{view['uid']}"
    pair = await manor.ask("POST", "/pairs/11/actions/copy", json={"num": "102"})
    assert (pair.status, pair.json()["ipei"], pair.json()["encrypt"]) == (201, "", True)
    assert (pair.json()["relType"], pair.json()["num"]) == ("Fixed", "102")


@ensureDeferred
async def test_an_action_on_what_somebody_else_changed_says_who(manor: House) -> None:
    await manor.ask("POST", "/users/2/actions/bind", json={"ppn": 12})
    late = await manor.ask(
        "POST", "/users/2/actions/bind", json={"ppn": 11}, headers={"If-Match": "1"}
    )
    assert (late.status, late.json()["fields"]["ppn"]) == (409, "was changed by mom")
    late = await manor.ask(
        "POST", "/devices/12/actions/bind", json={"uid": 3}, headers={"If-Match": "7"}
    )
    assert (late.status, late.json()["fields"]["uid"]) == (409, "was changed by mom")
    late = await manor.ask("POST", "/devices/12/actions/unbind", headers={"If-Match": "7"})
    assert late.status == 409


@ensureDeferred
async def test_what_was_there_before_a_change_is_put_back(manor: House) -> None:
    await manor.ask("PATCH", "/users/1", json={"name": "Other", "vip": False})
    (line,) = [
        each for each in (await manor.ask("GET", "/users/1/lines")).json()["items"] if each["lost"]
    ]
    assert line["lost"] == {"name": "Name 100", "vip": True}
    path = f"/users/1/lines/{line['id']}/actions/put-back"
    back = await manor.ask("POST", path)
    assert (back.status, back.json()["name"], back.json()["vip"]) == (200, "Name 100", True)
    for wrong in (path.replace("users/1", "users/2"), path.replace("users", "devices")):
        assert (await manor.ask("POST", wrong)).status == 404


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
