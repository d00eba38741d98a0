"""Settings, terms, licence, accounts, events, health, status."""

import pytest
from pytest_twisted import ensureDeferred

from mom.admin.licence_file import issue
from mom.model.identities import OmmId
from mom.model.licence import Licence
from mom.model.omm import OmmState, OmmStatus, Severity
from mom.web.api.status import sari_text
from tests.web.api.house import ISSUER, PASSWORD, VERSION, House


@pytest.mark.feature("F130", "F196")
@ensureDeferred
async def test_settings_are_read_and_changed(home: House) -> None:
    before = (await home.ask("GET", "/settings")).json()
    assert (before["suppressTableUpdates"], before["sari"]) == ("All", "")
    changes = {"systemName": "Harbour", "suppressTableUpdates": "Off", "subscription": "Wildcard"}
    after = await home.ask("PATCH", "/settings", json=changes)
    assert after.status == 200
    assert (after.json()["systemName"], after.json()["revision"]) == ("Harbour", 2)
    assert (await home.ask("GET", "/status")).json()["systemName"] == "Harbour"


@ensureDeferred
async def test_every_wrong_setting_is_named(home: House) -> None:
    wrong = {"systemName": "", "subscription": "On", "sari": "1F1028D085", "colour": 1}
    answer = await home.ask("PATCH", "/settings", json=wrong)
    assert answer.status == 422
    assert set(answer.json()["fields"]) == set(wrong)


@pytest.mark.feature("F97")
def test_the_sari_is_written_in_both_forms() -> None:
    assert sari_text("1F1028D085") == "3110050641024* / 1F1028D085"
    assert sari_text("") == ""


@pytest.mark.feature("F106", "F123")
@ensureDeferred
async def test_the_terms_are_shown_with_who_accepted_them(home: House) -> None:
    view = (await home.ask("GET", "/eula")).json()
    assert (view["text"], view["accepted"]["by"]) == ("Be kind.", "mom")
    assert (await home.ask("POST", "/eula", json={"version": "9"})).status == 422


@pytest.mark.feature("F136")
@ensureDeferred
async def test_a_licence_file_that_is_none_is_refused(home: House) -> None:
    answer = await home.ask("POST", "/license", content=b"<not a licence/>")
    assert (answer.status, answer.json()["code"]) == (422, "ELicenseFile")
    view = (await home.ask("GET", "/license")).json()
    assert (view["license"], view["installationId"]) == (None, "")


@pytest.mark.feature("F2")
@ensureDeferred
async def test_a_licence_smaller_than_the_system_is_taken_with_a_warning(home: House) -> None:
    licence = Licence(
        installation_id="1",
        customer="Harbour",
        country="GERMANY",
        system_license="1",
        version=VERSION,
        sari="1F1028D085",
        max_sites=2,
        max_users=50,
    )
    home.shelves.held = (5, 119)
    answer = await home.ask("POST", "/license", content=issue(licence, ISSUER))
    text = "There are 5 sites and 119 users, the licence allows 2 and 50"
    assert (answer.status, answer.json()["warning"]) == (200, text)
    home.shelves.held = (2, 50)
    assert (await home.ask("GET", "/license")).json()["warning"] == ""


@pytest.mark.feature("F100", "F176", "F178", "F230")
@ensureDeferred
async def test_accounts_are_added_changed_and_deleted(home: House) -> None:
    added = await home.ask("POST", "/accounts", json={"name": "eve", "password": "Giraffe#9"})
    assert (added.status, added.headers["location"]) == (201, "/api/v1/accounts/1")
    assert "password" not in added.body.decode().lower().replace("mustchangepassword", "")
    change = {"write": True, "password": "Nashorn$4", "ownPassword": PASSWORD}
    assert (await home.ask("PATCH", "/accounts/1", json=change)).json()["write"] is True
    wrong = {"password": "Nashorn$5", "ownPassword": "?"}
    refused = await home.ask("PATCH", "/accounts/1", json=wrong)
    assert (refused.status, list(refused.json()["fields"])) == (422, ["ownPassword"])
    assert (await home.ask("GET", "/accounts?sort=-name")).json()["items"][0]["name"] == "mom"
    assert (await home.ask("DELETE", "/accounts/1")).status == 204
    assert (await home.ask("DELETE", "/accounts/0")).status == 403


@pytest.mark.feature("F177")
@ensureDeferred
async def test_a_disabled_account_is_signed_out_at_once(home: House) -> None:
    await home.ask("POST", "/accounts", json={"name": "eve", "password": "Giraffe#9"})
    admin = home.browser.cookie, home.browser.csrf
    await home.sign_in("eve", "Giraffe#9")
    home.browser.cookie, eve = admin[0], home.browser.cookie
    home.browser.csrf = admin[1]
    await home.sign_in(password=PASSWORD)
    assert (await home.ask("PATCH", "/accounts/1", json={"enabled": False})).status == 200
    home.browser.cookie = eve
    assert (await home.ask("GET", "/session")).status == 401


@pytest.mark.feature("F105", "F214", "F215", "F216")
@ensureDeferred
async def test_events_are_listed_cleared_and_exported(home: House) -> None:
    for _ in range(2):
        home.events.record(Severity.WARNING, "OMM 0001", "=gone")
    newest = (await home.ask("GET", "/events")).json()["items"][0]
    assert (newest["severity"], newest["subsystem"], newest["count"]) == ("warning", "OMM 0001", 2)
    assert (await home.ask("DELETE", "/events")).status == 204
    left = (await home.ask("GET", "/events")).json()
    assert [item["text"] for item in left["items"]] == ["The event log was cleared by mom"]
    export = await home.ask("GET", "/events.csv")
    assert export.headers["content-type"].startswith("text/csv")
    assert "'=gone" in export.body.decode()


@ensureDeferred
async def test_the_pane_shows_at_most_the_newest_hundred(home: House) -> None:
    for number in range(120):
        home.events.record(Severity.OK, "Test", f"entry {number}")
    listed = (await home.ask("GET", "/events?limit=500")).json()
    assert (len(listed["items"]), listed["total"]) == (100, 100)


@pytest.mark.feature("F98", "F199")
@ensureDeferred
async def test_health_says_when_an_omm_is_away(home: House) -> None:
    home.fleet.table[OmmId(1)] = OmmStatus(id=OmmId(1), state=OmmState.CONNECTED)
    assert (await home.ask("GET", "/health")).json()["severity"] == "OK"
    home.fleet.table[OmmId(1)] = OmmStatus(id=OmmId(1), state=OmmState.WAITING)
    health = (await home.ask("GET", "/health")).json()
    assert health["severity"] == "warning"
    assert health["components"][0]["reason"] == "OMM not connected"


@pytest.mark.feature("F95", "F96")
@ensureDeferred
async def test_the_status_has_what_the_footer_shows(home: House) -> None:
    status = (await home.ask("GET", "/status")).json()
    assert (status["subscription"], status["autoCreate"], status["sari"]) == ("Off", False, "")
    assert status["totals"] == {"users": 3, "devices": 2, "pairs": 1}
    assert set(status["states"]) == {state.value for state in OmmState}


@ensureDeferred
async def test_life_and_readiness_are_public(house: House) -> None:
    assert (await house.browser.request("GET", "/healthz")).status == 200
    assert (await house.browser.request("GET", "/readyz")).status == 200
    house.is_ready = False
    assert (await house.browser.request("GET", "/readyz")).status == 503
