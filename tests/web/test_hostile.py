"""Whatever strangers and signed-in scripts send, the answer is never an unexpected failure."""

import contextlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from mom.web.body import read_json, read_query
from mom.web.errors import BadRequest, Unprocessable
from mom.web.paging import ListQuery
from tests.web.api.house import House
from tests.web.browser import Answer

WEBROOT = Path(__file__).parents[2] / "webroot"
SOME = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
texts = st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    [
        *("name", "omm1", "omm2", "port", "enabled", "password", "write", "systemName", "old"),
        *("subscription", "subscriptionTimeout", "facPrefix", "placeholders", "what", "version"),
    ]
)
bodies = st.one_of(
    values.map(msgspec.json.encode),
    st.dictionaries(fields, values, max_size=5).map(msgspec.json.encode),
    st.binary(max_size=60),
)
words = st.binary(max_size=8)
ALLOWED = {200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 422, 429}


def run(house: House, method: str, path: str, **more: Any) -> None:
    answers: list[Answer] = []
    asked = Deferred.fromCoroutine(house.browser.request(method, path, **more))
    asked.addCallback(answers.append)
    (answer,) = answers
    assert answer.status in ALLOWED, (method, path, more, answer.body)


CHANGING = [
    *(("POST", "/accounts"), ("PATCH", "/accounts/0"), ("POST", "/omms"), ("PATCH", "/omms/1")),
    *(("PATCH", "/settings"), ("POST", "/license"), ("POST", "/eula"), ("POST", "/session")),
    *(("PUT", "/session/password"), ("POST", "/omms/1/actions/accept")),
]


@SOME
@given(st.sampled_from(CHANGING), bodies)
def test_no_body_makes_the_server_fail(home: House, where: tuple[str, str], body: bytes) -> None:
    method, path = where
    run(home, method, f"/api/v1{path}", content=body)


@SOME
@given(
    st.sampled_from(["/omms", "/accounts", "/events", "/license?confirmed=1", "/nothing"]),
    st.lists(
        st.tuples(
            st.sampled_from(["offset", "limit", "sort", "q", "filter", "x"]),
            texts | st.sampled_from(["id", "-name", "name:gt:5", "id:lt:x", "enabled:empty"]),
        ),
        max_size=4,
    ),
)
def test_no_query_makes_the_server_fail(
    home: House, path: str, query: list[tuple[str, str]]
) -> None:
    quoted = "&".join(f"{name}={_quoted(text)}" for name, text in query)
    run(home, "GET", f"/api/v1{path}?{quoted}")


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


@SOME
@given(st.binary(max_size=200))
def test_whatever_bytes_come_the_connection_is_answered_or_waits(raw: bytes) -> None:
    house = House(WEBROOT)
    wire = house.browser.send(raw)
    house.clock.advance(200)
    assert wire.closed.called
    assert b" 500 " not in wire.value()


@pytest.mark.parametrize("name", ["If-Match", "Origin", "X-CSRF-Token", "Host"])
def test_a_header_that_is_no_text_is_refused_before_anybody_reads_it(
    house: House, name: str
) -> None:
    head = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + name.encode() + b": \xff\r\n\r\n"
    wire = house.browser.send(head)
    assert wire.value().startswith(b"HTTP/1.1 400 ")


def test_a_head_that_comes_without_end_is_cut_off(house: House) -> None:
    wire = house.browser.send(b"GET /healthz HTTP/1.1\r\n")
    for _ in range(3):
        house.clock.advance(25)
        wire.protocol.dataReceived(b"X: 1\r\n")
    assert wire.closed.called
    assert wire.value().startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_is_kept_may_rest_between_two_requests(house: House) -> None:
    wire = house.browser.send(b"GET /healthz HTTP/1.1\r\nHost: mom.example\r\n\r\n")
    for _ in range(3):
        house.clock.advance(40)
        wire.protocol.dataReceived(b"GET /healthz HTTP/1.1\r\nHost: mom.example\r\n\r\n")
    assert wire.value().count(b"HTTP/1.1 200 ") == 4
    house.clock.advance(200)


@SOME
@given(
    bodies,
    st.dictionaries(st.binary(max_size=8), st.lists(st.binary(max_size=8), min_size=1, max_size=2)),
)
def test_reading_bodies_and_queries_only_refuses(
    body: bytes, query: dict[bytes, list[bytes]]
) -> None:
    for read in (lambda: read_json(body, ListQuery), lambda: read_query(query, ListQuery)):
        with contextlib.suppress(BadRequest, Unprocessable):
            assert isinstance(read(), ListQuery)
