import pytest
from pytest_twisted import ensureDeferred

from mom.model.identities import OmmId
from mom.model.omm import OmmState, OmmStatus, Severity
from tests.web.api.house import House

HUB = {"name": "Hub", "omm1": "10.0.0.1", "username": "omm", "password": "geheim-42"}


@pytest.mark.feature("F137", "F138", "F139", "F140")
@ensureDeferred
async def test_a_record_is_added_changed_and_deleted(home: House) -> None:
    added = await home.ask("POST", "/omms", json=HUB)
    assert (added.status, added.headers["location"]) == (201, "/api/v1/omms/1")
    edited = await home.ask("PATCH", "/omms/1", json={"description": "cellar"})
    assert (edited.status, edited.json()["description"]) == (200, "cellar")
    assert (await home.ask("DELETE", "/omms/1")).status == 204
    assert (await home.ask("GET", "/omms/1")).status == 404


@ensureDeferred
async def test_what_is_wrong_with_a_record_is_told_by_field(home: House) -> None:
    answer = await home.ask("POST", "/omms", json={"omm1": "a b", "port": 0})
    assert answer.status == 422
    assert set(answer.json()["fields"]) == {"name", "omm1", "port"}


@pytest.mark.feature("F143")
@ensureDeferred
async def test_the_password_never_comes_back(home: House) -> None:
    added = await home.ask("POST", "/omms", json=HUB)
    read = await home.ask("GET", "/omms/1")
    listed = await home.ask("GET", "/omms?q=geheim")
    assert added.json()["hasPassword"] is True
    for answer in (added, read, listed):
        assert b"geheim-42" not in answer.body
    assert listed.json()["total"] == 0


@pytest.mark.feature("F101", "F146", "F145")
@ensureDeferred
async def test_a_record_is_shown_with_the_state_of_its_connection(home: House) -> None:
    await home.ask("POST", "/omms", json=HUB)
    home.fleet.table[OmmId(1)] = OmmStatus(
        id=OmmId(1),
        state=OmmState.SYNCHRONISING,
        done=20,
        total=100,
        health=Severity.WARNING,
        health_reasons=("clock",),
        n_users=7,
        n_rfps=3,
    )
    view = (await home.ask("GET", "/omms/1")).json()
    assert (view["state"], view["done"], view["total"]) == ("synchronising", 20, 100)
    assert (view["health"], view["healthReasons"]) == ("warning", ["clock"])
    assert (view["nUsers"], view["nRfps"], view["cloudId"], view["ommId"]) == (7, 3, "", "")


@ensureDeferred
async def test_a_stale_revision_is_a_conflict(home: House) -> None:
    await home.ask("POST", "/omms", json=HUB)
    first = await home.ask("PATCH", "/omms/1", json={"name": "A"}, headers={"If-Match": '"1"'})
    assert (first.status, first.json()["revision"]) == (200, 2)
    stale = await home.ask("PATCH", "/omms/1", json={"name": "B"}, headers={"If-Match": "1"})
    assert stale.status == 409
    nonsense = await home.ask("PATCH", "/omms/1", json={"name": "B"}, headers={"If-Match": "x"})
    assert nonsense.status == 400


@ensureDeferred
async def test_what_would_do_nothing_is_refused_with_the_reason(home: House) -> None:
    await home.ask("POST", "/omms", json={**HUB, "enabled": False})
    home.fleet.missing = 0
    for action, why in (
        ("reconnect", "OMM 0001 is disabled"),
        ("restore-missing", "no records are missing on OMM 0001"),
        ("accept-missing", "no records are missing on OMM 0001"),
    ):
        answer = await home.ask("POST", f"/omms/1/actions/{action}")
        assert (answer.status, answer.json()["error"]) == (409, why)
    assert "reconnect" not in [name for name, _ in home.fleet.told]


@ensureDeferred
async def test_actions_reach_fleet_and_directory(home: House) -> None:
    await home.ask("POST", "/omms", json=HUB)
    assert (await home.ask("POST", "/omms/1/actions/update")).status == 409
    home.fleet.table[OmmId(1)] = OmmStatus(id=OmmId(1), state=OmmState.CONNECTED)
    for action in ("reconnect", "update", "restore-missing", "accept-missing"):
        assert (await home.ask("POST", f"/omms/1/actions/{action}")).status == 200
        assert (await home.ask("POST", f"/omms/2/actions/{action}")).status == 404
    assert [name for name, _ in home.fleet.told] == ["reconnect", "update", "restore", "accept"]
    answer = await home.ask("POST", "/omms/1/actions/accept", json={"what": "park"})
    assert (answer.status, answer.json()["code"]) == (422, "EInval")


@ensureDeferred
async def test_an_omm_is_traced_for_an_hour_at_most(home: House) -> None:
    await home.ask("POST", "/omms", json=HUB)
    path = "/omms/1/actions/trace"
    assert (await home.ask("POST", path, json={"minutes": 10})).status == 200
    assert (await home.ask("POST", path, json={"minutes": 0})).status == 200
    for wrong in ({"minutes": 61}, {"minutes": -1}, {}, {"minutes": "x"}):
        assert (await home.ask("POST", path, json=wrong)).status == 422
    assert (await home.ask("POST", "/omms/2/actions/trace", json={"minutes": 1})).status == 404
    assert home.fleet.told == [("trace by mom", 10), ("trace by mom", 0)]


@pytest.mark.feature("F107", "F110")
@ensureDeferred
async def test_the_list_is_sorted_filtered_and_cut(home: House) -> None:
    for name, address in (("beta", "b.example"), ("Alpha", "a.example"), ("gamma", "g.example")):
        await home.ask("POST", "/omms", json={"name": name, "omm1": address, "omm2": ""})

    async def names(query: str) -> list[str]:
        answer = await home.ask("GET", f"/omms?{query}")
        assert answer.status == 200, answer.body
        return [item["name"] for item in answer.json()["items"]]

    assert await names("") == ["beta", "Alpha", "gamma"]
    assert await names("sort=name") == ["Alpha", "beta", "gamma"]
    assert await names("sort=-name&limit=1&offset=1") == ["beta"]
    assert await names("filter=name:contains:A&filter=name:ne:alpha&sort=name") == ["beta", "gamma"]
    assert await names("filter=id:gt:1&filter=omm2:empty") == ["Alpha", "gamma"]
    assert await names("filter=enabled:eq:false") == []
    assert await names("q=G.EXAMPLE") == ["gamma"]
    for wrong in ("sort=colour", "filter=name:like:x", "filter=id:gt:x", "limit=9999", "offset=-1"):
        assert (await home.ask("GET", f"/omms?{wrong}")).status == 400
