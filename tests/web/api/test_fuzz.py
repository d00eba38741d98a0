"""The API over TLS, as a stranger or a script would use it: whatever comes, no unexpected failure.

The same with ten thousands of requests is a soak.
"""

import datetime
import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import pytest_twisted
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread

from mom.model.account import AccountId
from mom.web.api.certificate import CertificateRoutes
from mom.web.api.exports import ExportRoutes
from mom.web.api.omms import OmmFields, OmmRoutes
from mom.web.certificates import Certificates, ensure_pair
from mom.web.records import Records
from mom.web.route import Route
from mom.web.server import WebServer
from mom.web.site import Limits
from mom.web.views import PairFields
from tests.web.api.house import House

EXPECTED = {200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 413, 422, 426, 429}
HUGE = 10**25
odd = st.sampled_from(
    [
        *("", " ", "0", "-1", "1e999", "NaN", "9" * 400, "x" * 10_000, "\x00", "\u202e", "😀"),
        *("a\nb", "\x7f", "'; DROP TABLE users; --", "%", "_", "\\", "<b>", "=1+1", "../..", "é"),
        *("03074 0220211 1", "03074 0220211 2", "true", "false", "Fixed", "100", "*#9", "é" * 70),
        *("10.0.0.1", "fe80::1%x", "localhost.", "2030-01-01", "{}", "$ref", "\u0665", "ß"),
    ]
)
numbers = st.sampled_from([0, 1, -1, 60, 65_536, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, HUGE])
plain = odd | numbers | st.booleans() | st.none() | st.floats(allow_nan=False) | st.text(max_size=9)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(odd, inner, max_size=2)
)
names = st.sampled_from(
    [
        *PairFields.__struct_encode_fields__,
        *OmmFields.__struct_encode_fields__,
        *("write", "ownPassword", "systemName", "subscription", "subscriptionTimeout", "facPrefix"),
        *("old", "new", "what", "version", "relType", "ppn", "certificate", "key", "revision"),
        *("suppressTableUpdates", "deletesStick", "autoCreate", "uid", "omm", "marks", "id"),
    ]
)
bodies = (
    st.dictionaries(names | odd, values, max_size=6).map(msgspec.json.encode)
    | values.map(msgspec.json.encode)
    | st.binary(max_size=40)
    | st.sampled_from([b"[" * 60_000, b'{"name":"\\ud800"}', b'{"name":"' + b"x" * 70_000 + b'"}'])
)
columns = names | odd | st.sampled_from(["home", "omm", "id", "marks", "extra", "userName", "num"])
operators = st.sampled_from(["eq", "ne", "contains", "starts", "gt", "lt", "empty", "like", ""])
filters = st.tuples(columns, operators, odd | numbers.map(str)).map(":".join)
queries = st.lists(
    st.tuples(st.just("filter"), filters)
    | st.tuples(st.just("sort"), columns | columns.map(lambda name: f"-{name}"))
    | st.tuples(st.sampled_from(["q", "offset", "limit", "field", "confirmed", "x"]), odd),
    max_size=4,
)
headers = st.dictionaries(
    st.sampled_from(["If-Match", "Origin", "X-CSRF-Token", "Cookie", "Content-Type", "Expect"]),
    st.sampled_from(['"1"', "*", "0", "9" * 99, "null", "https://evil", "\xff", "a=b", "x/y"]),
    max_size=2,
)
places = st.sampled_from([0, 1, 2, 3, 11, 12, 99, 2**31 - 1, 2**31, HUGE])


class Script:
    """Signed in as the administrator, over one connection at a time."""

    def __init__(self, home: House, port: int) -> None:
        self.home = home
        self.port = port
        self.identifier = ""
        self.link: http.client.HTTPSConnection | None = None
        self.routes = [route for route in home.app.routes if route.name != "sign_out"]

    def ask(
        self, route: Route, place: int, query: Any, body: bytes, more: dict[str, str]
    ) -> tuple[int, bytes]:
        session = self.home.sessions.find(self.identifier)
        if session is None:
            self.identifier, session = self.home.sessions.open(AccountId(0), "192.0.2.9")
        given = {"Cookie": f"__Host-mom={self.identifier}", "X-CSRF-Token": session.csrf, **more}
        path = "/".join(str(place) if "<" in part else part for part in route.path.split("/"))
        if query:
            path += "?" + "&".join(f"{name}={quote(text, safe='')}" for name, text in query)
        asking = deferToThread(self._exchange, route.method, path[:12_000], body, given)
        answer: tuple[int, bytes] = pytest_twisted.blockon(asking)
        return answer

    def _exchange(self, *request: Any) -> tuple[int, bytes]:
        if self.link is None:
            context = ssl._create_unverified_context()
            self.link = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=20, context=context
            )
        try:
            self.link.request(*request)
            answer = self.link.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, b""

    def close(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None


@pytest.fixture
def script(manor: House, records: Records, tmp_path: Path) -> Iterator[Script]:
    folder = tmp_path / "tls"
    ensure_pair(folder, ["localhost"], datetime.datetime.now(datetime.UTC))
    omms = OmmRoutes(omms=manor.omms, fleet=manor.fleet, missing=manor.fleet)
    certificates = Certificates(folder)
    manor.app.add([ExportRoutes(records=records, omms=omms)])
    manor.app.add([CertificateRoutes(certificates=certificates, recorder=manor.events)])
    endpoint = "tcp:0:interface=127.0.0.1"
    web = WebServer(reactor, manor.app, certificates, https=endpoint, limits=Limits())
    pytest_twisted.blockon(Deferred.fromCoroutine(web.start()))
    script = Script(manor, web.ports[0].getHost().port)
    yield script
    script.close()
    pytest_twisted.blockon(Deferred.fromCoroutine(web.stop()))


def fuzz(script: Script, examples: int) -> None:
    lost = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(script.routes), places, queries, bodies, headers)
    def asked(route: Route, place: int, query: Any, body: bytes, more: dict[str, str]) -> None:
        status, answer = script.ask(route, place, query, body, more)
        if status == 0:
            lost.append(route.path)
            return
        assert status in EXPECTED, (route.path, answer)
        assert b"Traceback" not in answer
        assert b"$argon2" not in answer

    asked()
    assert len(lost) < examples / 5


def test_nothing_that_a_script_sends_makes_the_server_fail(script: Script) -> None:
    fuzz(script, 300)


@pytest.mark.soak
def test_nothing_that_many_scripts_send_makes_the_server_fail(script: Script) -> None:
    fuzz(script, 50_000)
