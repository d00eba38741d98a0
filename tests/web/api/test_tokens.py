"""Tokens of scripts: made by people, used instead of cookie and CSRF token."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from tests.web.api.house import PASSWORD, House
from tests.web.browser import Answer, Wire
from tests.web.schema import mistakes
from tests.web.test_live_socket import handshake, messages, status_of

READER = {"name": "reader", "password": "Xq8.Planet"}


class Script:
    """Whoever has nothing but a token; `house` without a signed-in browser."""

    def __init__(self, house: House, token: str) -> None:
        self._house = house
        self.headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        browser = self._house.browser
        kept, browser.cookie, browser.csrf = (browser.cookie, browser.csrf), "", ""
        try:
            return await self._house.ask(method, path, headers=self.headers, **more)
        finally:
            browser.cookie, browser.csrf = kept


async def made(home: House, **wish: object) -> tuple[dict[str, Any], Script]:
    answer = await home.ask("POST", "/tokens", json={"name": "backup", **wish})
    assert answer.status == 201, answer.body
    token = answer.json()
    assert answer.headers["location"] == f"/api/v1/tokens/{token['id']}"
    return token, Script(home, token["token"])


@ensureDeferred
async def test_a_token_is_shown_once_and_fits_the_description(home: House) -> None:
    document = (await home.ask("GET", "/openapi.json")).json()
    token, script = await made(home, write=True, expires=2**31)
    schema = document["components"]["schemas"]
    assert mistakes(token, schema["NewTokenView"], document) == []
    listed = (await home.ask("GET", "/tokens")).json()
    assert [each["name"] for each in listed["items"]] == ["backup"]
    assert token["token"] not in str(listed)
    one = (await script.ask("GET", f"/tokens/{token['id']}")).json()
    assert mistakes(one, schema["TokenView"], document) == []
    assert (one["accountName"], one["write"], one["expires"]) == ("mom", True, 2**31)
    security = document["paths"]["/api/v1/omms"]["post"]["security"]
    assert security == [{"session": []}, {"token": []}]


@ensureDeferred
async def test_a_script_changes_things_with_its_token_alone(home: House) -> None:
    _, script = await made(home, write=True)
    answer = await script.ask("PATCH", "/settings", json={"systemName": "Harbour"})
    assert (answer.status, answer.json()["systemName"]) == (200, "Harbour")
    who = (await script.ask("GET", "/session")).json()
    assert (who["account"]["name"], who["csrf"]) == ("mom", "")


@ensureDeferred
async def test_a_token_to_read_changes_nothing(home: House) -> None:
    _, script = await made(home)
    assert (await script.ask("GET", "/settings")).status == 200
    refused = await script.ask("PATCH", "/settings", json={"systemName": "Harbour"})
    assert (refused.status, refused.json()["error"]) == (403, "this token may read only")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tokens", {"name": "another"}),
        ("DELETE", "/tokens/1", None),
        ("DELETE", "/session", None),
        ("PUT", "/session/password", {"old": PASSWORD, "new": "Zt5.Kitchen"}),
        ("POST", "/eula", {"version": "0"}),
    ],
)
@ensureDeferred
async def test_what_people_do_about_themselves_is_not_for_tokens(
    home: House, method: str, path: str, body: object
) -> None:
    _, script = await made(home, write=True)
    assert (await script.ask(method, path, json=body)).status == 403


@ensureDeferred
async def test_a_wrong_token_is_refused_also_beside_a_good_cookie(home: House) -> None:
    wrong = {"Authorization": "Bearer mom_" + "0" * 64}
    assert (await home.ask("GET", "/settings", headers=wrong)).status == 401
    assert (await home.ask("GET", "/settings", headers={"Authorization": "Basic x"})).status == 200
    for _ in range(4):
        answer = await home.ask("GET", "/settings", headers=wrong)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert (await home.ask("GET", "/settings")).status == 200


@ensureDeferred
async def test_a_token_does_not_wait_for_the_licence_terms(home: House) -> None:
    _, script = await made(home)
    home.eula.version = "9.9.9"
    assert (await home.ask("GET", "/settings")).json()["code"] == "EulaNeeded"
    assert (await script.ask("GET", "/settings")).status == 200


@ensureDeferred
async def test_no_token_works_while_the_password_of_its_account_is_due(home: House) -> None:
    _, script = await made(home, write=True)
    await home.must_change_password("mom")
    for path in ("/settings", "/session"):
        refused = await script.ask("GET", path)
        assert (refused.status, refused.json()["code"]) == (403, "EPwMustChange")


@pytest.mark.feature("F230")
@pytest.mark.parametrize("how", ["disabled", "deleted"])
@ensureDeferred
async def test_an_account_that_is_no_more_takes_its_tokens_with_it(home: House, how: str) -> None:
    reader = (await home.ask("POST", "/accounts", json=READER)).json()["id"]
    _, script = await made(home, account=reader)
    wire = handshake(home, Cookie="", Authorization=script.headers["Authorization"])
    assert status_of(wire) == 101
    home.clock.advance(1)
    if how == "disabled":
        await home.ask("PATCH", f"/accounts/{reader}", json={"enabled": False})
    else:
        await home.ask("DELETE", f"/accounts/{reader}")
    assert ended(wire)
    assert (await script.ask("GET", "/settings")).status == 401


@ensureDeferred
async def test_revoking_a_token_ends_its_websocket(home: House) -> None:
    token, script = await made(home)
    wire = handshake(home, Cookie="", Authorization=script.headers["Authorization"])
    home.clock.advance(1)
    assert messages(wire)[0]["systemName"] == "MOM"
    assert (await home.ask("DELETE", f"/tokens/{token['id']}")).status == 204
    assert ended(wire)


@ensureDeferred
async def test_a_websocket_ends_soon_after_its_token_expired(home: House) -> None:
    expires = int(home.clock.seconds()) + 10
    _, script = await made(home, expires=expires)
    wire = handshake(home, Cookie="", Authorization=script.headers["Authorization"])
    home.clock.advance(30)
    assert ended(wire)


@ensureDeferred
async def test_a_websocket_with_a_token_needs_no_origin_and_minds_none(home: House) -> None:
    _, script = await made(home)
    headers = {"Cookie": "", "Origin": "https://elsewhere.example", **script.headers}
    assert status_of(handshake(home, **headers)) == 101
    home.hub.stop()


@ensureDeferred
async def test_a_reader_has_the_own_tokens_only(home: House) -> None:
    await made(home)
    await home.ask("POST", "/accounts", json=READER)
    await home.sign_in(READER["name"], READER["password"])
    own, script = await made(home)
    listed = (await home.ask("GET", "/tokens")).json()
    assert [each["id"] for each in listed["items"]] == [own["id"]]
    assert (await home.ask("DELETE", "/tokens/1")).status == 404
    refused = await home.ask("POST", "/tokens", json={"name": "more", "account": 0})
    assert (refused.status, refused.json()["code"]) == (403, "EPerm")
    more = await home.ask("POST", "/tokens", json={"name": "more", "write": True})
    assert (more.status, list(more.json()["fields"])) == (422, ["write"])
    assert (await script.ask("GET", "/users")).status in (200, 404)


@ensureDeferred
async def test_the_event_log_says_which_token_changed_something(home: House) -> None:
    _, script = await made(home, write=True)
    await script.ask("PATCH", "/settings", json={"systemName": "Harbour"})
    events = (await script.ask("GET", "/events")).json()["items"]
    assert "mom (token backup) changed systemName" in [event["text"] for event in events]


def ended(wire: Wire) -> bool:
    kind, body = messages(wire)[-1]
    return (kind, body[2:]) == (0x88, b"signed out")
