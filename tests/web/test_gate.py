"""What passes the gate, and what is turned away with which answer."""

from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from mom.admin.errors import (
    Conflict,
    FieldErrors,
    NotFound,
    Refused,
    SignInReason,
    SignInRefused,
)
from mom.admin.sessions import SessionBook
from mom.directory.errors import NoLicence
from mom.model.account import Account, AccountId
from mom.model.token import Token, TokenId
from mom.store.errors import NotRead, NotStored
from mom.web.app import Application
from mom.web.call import Call
from mom.web.gate import Gate
from mom.web.refusals import refusal
from mom.web.route import Access, route
from mom.web.site import LimitedSite, Limits
from tests.conftest import LoggedErrors
from tests.web.browser import Answer, Browser, parse

MOM = AccountId(0)


class Coat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    size: int = 1


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: int = 5


class Wardrobe:
    """A group with one route of each kind."""

    @route("GET", "/open", access=Access.PUBLIC, summary="x", answer=str)
    async def open(self, call: Call) -> str:
        return "welcome"

    @route("GET", "/me", access=Access.SIGNED_IN, summary="x", answer=str)
    async def me(self, call: Call) -> str:
        return call.by

    @route("GET", "/coats/<number:number>", access=Access.READ, summary="x", answer=Coat)
    async def one(self, call: Call, number: int) -> Coat:
        return Coat("c", number)

    @route("GET", "/coats", access=Access.READ, summary="x", query=Wanted, answer=int)
    async def many(self, call: Call, query: Wanted) -> int:
        return query.limit

    @route("POST", "/coats", access=Access.WRITE, summary="x", body=Coat, answer=Coat, status=201)
    async def hang(self, call: Call, body: Coat) -> Coat:
        return body

    @route("PUT", "/raw", access=Access.WRITE, summary="x", takes="text/plain", max_body=10)
    async def raw(self, call: Call, content: bytes) -> None:
        return None

    @route("GET", "/fail/<string:how>", access=Access.READ, summary="x", answer=str)
    async def fail(self, call: Call, how: str) -> str:
        raise {
            "fields": FieldErrors({"num": "too long"}, "ETooLong"),
            "none": NotFound("coat 3"),
            "conflict": Conflict("Coat 3", 7),
            "refused": Refused("EPerm", "not this one"),
            "full": NotStored("the database did not store it: disk full"),
            "locked": NotRead("the database did not answer: locked"),
            "bug": ValueError("the secret is hunter2"),
        }[how]


class People:
    def __init__(self) -> None:
        self.accounts = {MOM: Account(id=MOM, name="mom", write=True)}

    def get(self, number: AccountId) -> Account:
        if number not in self.accounts:
            raise NotFound(f"account {number}")
        return self.accounts[number]

    def become(self, **changes: Any) -> None:
        self.accounts[MOM] = msgspec.structs.replace(self.accounts[MOM], **changes)


class Passes:
    """The tokens `read` and `write` of the account `mom`."""

    def __init__(self, people: People) -> None:
        self._people = people

    def authenticate(self, text: str, address: str) -> tuple[Account, Token]:
        if text not in ("read", "write"):
            raise SignInRefused(SignInReason.TOKEN)
        account = msgspec.structs.replace(self._people.get(MOM), write=text == "write")
        return account, Token(id=TokenId(1), account=MOM, name="backup", digest="")


class Terms:
    accepted: Any = "yes"


class House:
    """An application behind a gate, with a browser that is signed in."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.people = People()
        self.terms = Terms()
        bytes_made = iter(range(1, 99))
        self.sessions = SessionBook(self.clock.seconds, lambda n: bytes([next(bytes_made)]) * n)
        gate = Gate(
            sessions=self.sessions,
            accounts=self.people,
            tokens=Passes(self.people),
            eula=self.terms,  # type: ignore[arg-type]
        )
        self.app = Application(gate)
        self.app.add([Wardrobe()])
        site = LimitedSite(self.app.resource(), self.clock, Limits(body=100_000))
        self.browser = Browser(site)
        self.browser.cookie, session = self.sessions.open(MOM, "192.0.2.7")
        self.browser.csrf = session.csrf

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        return await self.browser.request(method, f"/api/v1{path}", **more)


@pytest.fixture
def house() -> House:
    return House()


@ensureDeferred
async def test_a_public_route_needs_no_session(house: House) -> None:
    house.browser.cookie = ""
    answer = await house.ask("GET", "/open")
    assert (answer.status, answer.json()) == (200, "welcome")


@ensureDeferred
async def test_without_a_session_everything_else_is_401(house: House) -> None:
    house.browser.cookie = "somebody"
    for method, path in (("GET", "/me"), ("GET", "/coats"), ("POST", "/coats")):
        answer = await house.ask(method, path, json={})
        assert answer.status == 401
        assert set(answer.json()) == {"error", "fields", "code"}


@ensureDeferred
async def test_a_session_ends_after_idling(house: House) -> None:
    house.clock.advance(1801)
    assert (await house.ask("GET", "/me")).status == 401


@ensureDeferred
async def test_a_disabled_or_deleted_account_is_signed_out(house: House) -> None:
    house.people.become(enabled=False)
    assert (await house.ask("GET", "/me")).status == 401
    house.people.accounts.clear()
    assert (await house.ask("GET", "/me")).status == 401


@pytest.mark.feature("F122")
@ensureDeferred
async def test_before_the_password_is_changed_nothing_else_works(house: House) -> None:
    house.people.become(must_change_password=True)
    answer = await house.ask("GET", "/coats")
    assert (answer.status, answer.json()["code"]) == (403, "EPwMustChange")
    assert (await house.ask("GET", "/me")).status == 200


@pytest.mark.feature("F123")
@ensureDeferred
async def test_before_the_terms_are_accepted_nothing_else_works(house: House) -> None:
    house.terms.accepted = None
    answer = await house.ask("GET", "/coats")
    assert (answer.status, answer.json()["code"]) == (403, "EulaNeeded")
    assert (await house.ask("GET", "/me")).status == 200


@ensureDeferred
async def test_a_read_account_reads_and_changes_nothing(house: House) -> None:
    house.people.become(write=False)
    assert (await house.ask("GET", "/coats")).status == 200
    answer = await house.ask("POST", "/coats", json={"name": "a"})
    assert (answer.status, answer.json()["code"]) == (403, "EPerm")


@ensureDeferred
async def test_a_change_needs_the_csrf_token_of_the_session(house: House) -> None:
    house.browser.csrf = "0" * 64
    answer = await house.ask("POST", "/coats", json={"name": "a"})
    assert (answer.status, answer.json()["code"]) == (403, "Csrf")
    answer = await house.ask("POST", "/coats", json={"name": "a"}, headers={"X-CSRF-Token": "é"})
    assert answer.status == 403


@ensureDeferred
async def test_a_change_from_another_sites_page_is_refused(house: House) -> None:
    other = {"Origin": "https://evil.example"}
    own = {"Origin": "https://mom.example"}
    assert (await house.ask("POST", "/coats", json={"name": "a"}, headers=other)).status == 403
    open_page = {"Origin": "http://mom.example"}
    assert (await house.ask("POST", "/coats", json={"name": "a"}, headers=open_page)).status == 403
    assert (await house.ask("POST", "/coats", json={"name": "a"}, headers=own)).status == 201


@ensureDeferred
async def test_a_body_of_a_wrong_type_names_field_and_expectation(house: House) -> None:
    answer = await house.ask("POST", "/coats", json={"name": 5})
    assert answer.status == 422
    assert answer.json() == {
        "error": "name: Expected str, got int",
        "fields": {"name": "Expected str, got int"},
        "code": "EInval",
    }


@ensureDeferred
async def test_a_missing_and_an_unknown_field_are_named(house: House) -> None:
    answer = await house.ask("POST", "/coats", json={"size": 5})
    assert answer.json()["fields"] == {"name": "is required"}
    answer = await house.ask("POST", "/coats", json={"name": "a", "colour": "red"})
    assert answer.json()["fields"] == {"colour": "is not known here; known are name, size"}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 5000, b'{"name": "\\u0000"}'])
@ensureDeferred
async def test_what_is_not_json_is_400(house: House, raw: bytes) -> None:
    assert (await house.ask("POST", "/coats", content=raw)).status == 400


@ensureDeferred
async def test_an_unknown_or_repeated_parameter_is_400(house: House) -> None:
    assert (await house.ask("GET", "/coats?limit=7")).json() == 7
    for query in ("limit=x", "limit=1&limit=2", "offest=3", "limit=%ff"):
        assert (await house.ask("GET", f"/coats?{query}")).status == 400


@ensureDeferred
async def test_a_body_beyond_the_routes_size_is_413(house: House) -> None:
    assert (await house.ask("PUT", "/raw", content=b"x" * 10)).status == 204
    assert (await house.ask("PUT", "/raw", content=b"x" * 11)).status == 413


@ensureDeferred
async def test_a_body_beyond_the_servers_size_is_refused_while_it_arrives(house: House) -> None:
    head = b"PUT /api/v1/raw HTTP/1.1\r\nHost: mom.example\r\n"
    told = house.browser.send(head + b"Content-Length: 100001\r\n\r\n")
    assert parse(await told.closed).status == 413
    chunk = b"FFFF\r\n" + b"x" * 0xFFFF + b"\r\n"
    untold = house.browser.send(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2)
    assert parse(await untold.closed).status == 413


@ensureDeferred
async def test_a_request_that_does_not_arrive_in_time_is_ended(house: House) -> None:
    head = b"PUT /api/v1/raw HTTP/1.1\r\nHost: mom.example\r\nContent-Length: 9\r\n\r\n"
    wire = house.browser.send(head)
    for _ in range(6):
        wire.protocol.dataReceived(b"x")
        house.clock.advance(10)
    assert parse(await wire.closed).status == 408


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("fields", 422, "ETooLong"),
        ("none", 404, "ENoEnt"),
        ("conflict", 409, "EInval"),
        ("refused", 403, "EPerm"),
        ("full", 503, "EDatabase"),
        ("locked", 503, "EDatabase"),
    ],
)
@ensureDeferred
async def test_errors_of_other_rooms_have_their_status(
    house: House, how: str, status: int, code: str
) -> None:
    answer = await house.ask("GET", f"/fail/{how}")
    assert (answer.status, answer.json()["code"]) == (status, code)


@ensureDeferred
async def test_an_unexpected_failure_is_logged_once_and_not_told(
    house: House, logged_errors: LoggedErrors
) -> None:
    answer = await house.ask("GET", "/fail/bug")
    assert (answer.status, answer.json()["code"]) == (500, "Failed")
    assert b"hunter2" not in answer.body
    assert len(logged_errors.flush(ValueError)) == 1


@ensureDeferred
async def test_paths_and_methods_that_are_not_there(house: House) -> None:
    for path in ("/nothing", "/coats/abc", "/coats/" + "9" * 5000):
        answer = await house.ask("GET", path)
        assert (answer.status, answer.json()["code"]) == (404, "ENoEnt")
    answer = await house.ask("DELETE", "/coats")
    assert (answer.status, "POST" in answer.headers["allow"]) == (405, True)


@ensureDeferred
async def test_a_path_that_is_not_utf8_is_400(house: House) -> None:
    assert (await house.ask("GET", "/%ff")).status == 400


@ensureDeferred
async def test_every_answer_bears_the_security_headers(house: House) -> None:
    for path in ("/open", "/nothing", "/coats"):
        headers = (await house.ask("GET", path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["strict-transport-security"].startswith("max-age=")
        assert "server" not in headers


def test_every_rule_of_the_url_map_is_a_declared_route(house: House) -> None:
    declared = {f"{route.method} {route.path}" for route in house.app.routes}
    assert set(house.app.endpoints().values()) == declared


@ensureDeferred
async def test_a_token_takes_the_place_of_cookie_csrf_and_origin(house: House) -> None:
    house.browser.cookie = house.browser.csrf = ""
    headers = {"Authorization": "bearer write", "Origin": "https://elsewhere.example"}
    hung = await house.ask("POST", "/coats", json={"name": "c"}, headers=headers)
    assert hung.status == 201
    assert (await house.ask("GET", "/me", headers=headers)).json() == "mom (token backup)"
    refused = await house.ask(
        "POST", "/coats", json={"name": "c"}, headers={"Authorization": "Bearer read"}
    )
    assert refused.status == 403


@ensureDeferred
async def test_a_public_route_minds_no_token(house: House) -> None:
    answer = await house.ask("GET", "/open", headers={"Authorization": "Bearer nonsense"})
    assert answer.status == 200


def test_what_the_licence_does_not_allow_says_so_with_the_figure() -> None:
    refused = refusal(NoLicence(50))
    assert refused is not None
    assert (refused.status, refused.problem.code) == (422, "ELicense")
    assert refused.problem.error == "the licence allows 50 users"


@ensureDeferred
async def test_the_status_line_says_what_its_number_means(house: House) -> None:
    sent = {"Cookie": f"__Host-mom={house.browser.cookie}", "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    wire = house.browser.send(f"GET /api/v1/fail/fields HTTP/1.1\r\n{head}\r\n".encode())
    assert (await wire.closed).startswith(b"HTTP/1.1 422 Unprocessable Entity\r\n")
