"""The trash through the API."""

from pytest_twisted import ensureDeferred

from tests.web.api.conftest import PIN
from tests.web.api.house import House


@ensureDeferred
async def test_what_is_deleted_is_in_the_trash_and_is_taken_back(manor: House) -> None:
    for number in (1, 2):
        await manor.ask("DELETE", f"/users/{number}")
    await manor.ask("DELETE", "/devices/12")
    found = await manor.ask("GET", "/trash?filter=noun:eq:user&sort=number")
    assert PIN.encode() not in found.body
    shown = [(each["number"], each["key"], each["cause"]) for each in found.json()["items"]]
    assert shown == [(1, "100", "mom"), (2, "99", "mom")]
    back = await manor.ask("POST", "/trash/user/1/actions/revive")
    assert (back.status, back.json()["num"], back.json()["hasPin"]) == (200, "100", True)
    assert (back.json()["relType"], back.json()["ppn"]) == ("Dynamic", 11)
    assert (await manor.ask("POST", "/trash/device/12/actions/revive")).json()["omm"] == 0
    assert (await manor.ask("GET", "/trash")).json()["total"] == 1


@ensureDeferred
async def test_what_cannot_be_taken_back_is_refused_with_the_reason(manor: House) -> None:
    await manor.ask("DELETE", "/users/2")
    await manor.ask("POST", "/users", json={"num": "99"})
    taken = await manor.ask("POST", "/trash/user/2/actions/revive")
    assert (taken.status, list(taken.json()["fields"])) == (422, ["num"])
    for path in ("/trash/user/3", "/trash/device/2", "/trash/omm/1", "/trash/device/99"):
        assert (await manor.ask("POST", f"{path}/actions/revive")).status == 404


@ensureDeferred
async def test_the_trash_is_asked_by_the_fields_that_it_shows(manor: House) -> None:
    for wrong in ("sort=colour", "filter=record:empty", "filter=number:gt:x"):
        answer = await manor.ask("GET", f"/trash?{wrong}")
        assert (answer.status, len(answer.json()["fields"])) == (400, 1)
