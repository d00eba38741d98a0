import pytest
from pytest_twisted import ensureDeferred

from tests.web.api.house import PASSWORD, VERSION, House
from tests.web.browser import Browser


@pytest.mark.feature("F122", "F123", "F124")
@ensureDeferred
async def test_a_fresh_installation_asks_for_terms_and_password_first(house: House) -> None:
    await house.accounts.load()
    answer = await house.sign_in()
    assert answer.status == 200
    view = answer.json()
    assert (view["mustChangePassword"], view["eulaAccepted"]) == (True, False)
    assert view["hasOmms"] is False
    assert (view["account"]["name"], view["account"]["write"]) == ("mom", True)
    assert (await house.ask("GET", "/settings")).json()["code"] == "EulaNeeded"
    assert (await house.ask("POST", "/eula", json={"version": VERSION})).status == 200
    assert (await house.ask("GET", "/settings")).json()["code"] == "EPwMustChange"
    change = {"old": "mom", "new": PASSWORD}
    assert (await house.ask("PUT", "/session/password", json=change)).status == 200
    assert (await house.ask("GET", "/settings")).status == 200
    assert (await house.sign_in(password="mom")).status == 401


@ensureDeferred
async def test_the_cookie_is_for_this_host_https_and_no_script(house: House) -> None:
    await house.accounts.load()
    header = (await house.sign_in()).headers["set-cookie"]
    assert header.startswith("__Host-mom=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert f"; {part}" in header


@ensureDeferred
async def test_a_wrong_password_and_a_wrong_name_are_told_alike(house: House) -> None:
    await house.accounts.load()
    one, other = await house.sign_in("mom", "x"), await house.sign_in("nobody", "x")
    assert (one.status, one.json()) == (other.status, other.json())
    assert one.status == 401


@ensureDeferred
async def test_many_failures_make_the_next_try_wait(house: House) -> None:
    await house.accounts.load()
    for _ in range(4):
        await house.sign_in(password="wrong")
    answer = await house.sign_in()
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1


@ensureDeferred
async def test_signing_in_again_ends_the_former_session(home: House) -> None:
    former = home.browser.cookie
    await home.sign_in(password=PASSWORD)
    assert home.browser.cookie != former
    home.browser.cookie = former
    assert (await home.ask("GET", "/session")).status == 401


@ensureDeferred
async def test_signing_out_ends_session_and_cookie(home: House) -> None:
    kept = home.browser.cookie
    answer = await home.ask("DELETE", "/session")
    assert answer.status == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    home.browser.cookie = kept
    assert (await home.ask("GET", "/session")).status == 401


@ensureDeferred
async def test_a_weak_new_password_is_refused_with_the_rule(home: House) -> None:
    change = {"old": PASSWORD, "new": "12345"}
    answer = await home.ask("PUT", "/session/password", json=change)
    assert (answer.status, answer.json()["code"]) == (422, "EPwTooShort")
    assert "6 characters" in answer.json()["fields"]["new"]


@ensureDeferred
async def test_a_changed_password_ends_the_accounts_other_sessions(home: House) -> None:
    other = Browser(home.site)
    sign_in = {"name": "mom", "password": PASSWORD}
    await other.request("POST", "/api/v1/session", json=sign_in)
    await home.ask("PUT", "/session/password", json={"old": PASSWORD, "new": "Elefant?88"})
    assert (await home.ask("GET", "/session")).status == 200
    assert (await other.request("GET", "/api/v1/session")).status == 401
