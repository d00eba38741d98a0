import random
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.application.service import IServiceMaker
from twisted.internet import reactor as installed_reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ClientEndpoint, UNIXClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.ssl import CertificateOptions
from twisted.plugin import getPlugins
from twisted.python.failure import Failure
from twisted.python.usage import UsageError

from mom.axi.element import make
from mom.axi.protocol import AxiProtocol
from mom.sim.control import command_of
from mom.sim.plugin import FleetService, Options, plan_of
from mom.sim.tls import server_options

reactor: Any = installed_reactor
NO_PROCESS = 2**22 + 1
"""More than any process has as its number."""


def options(*words: str) -> Options:
    parsed = Options()
    parsed.parseOptions(list(words))
    return parsed


def test_the_plugin_is_known_to_twistd() -> None:
    names = [plugin.tapname for plugin in getPlugins(IServiceMaker)]
    assert "ommsim" in names


def test_options_make_a_plan() -> None:
    plan = plan_of(
        options("--omms", "5", "--users", "7", "--sari", "1f1028d085", "--quirks", "slow")
    )
    assert (plan.omms, plan.amounts.users, plan.sari) == (5, 7, "1F1028D085")
    assert plan.quirks is not None
    assert [quirk.value for quirk in plan.quirks] == ["slow"]
    assert plan_of(options("--quirks", "random")).quirks is None


@pytest.mark.parametrize(
    "words",
    [["--quirks", "odd"], ["--sari", "12"], ["--life", "wild"], ["--standby", "9", "--omms", "1"]],
)
def test_wrong_options_are_refused(words: list[str]) -> None:
    with pytest.raises(UsageError):
        options(*words)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (['{"cmd": "cut", "omm": 1}'], {"cmd": "cut", "omm": 1}),
        (["cut", "omm=1", "name=x y"], {"cmd": "cut", "omm": 1, "name": "x y"}),
    ],
)
def test_the_client_reads_commands_as_json_or_words(
    words: list[str], command: dict[str, Any]
) -> None:
    assert command_of(words) == command


class Running:
    def __init__(self, service: FleetService, control: Path) -> None:
        self.service = service
        self.control = control

    async def connect(self, index: int) -> tuple[AxiProtocol, list[str], Deferred[None]]:
        assert self.service.fleet is not None
        port = self.service.fleet.site(index).identity.port
        events: list[str] = []
        lost: Deferred[None] = Deferred()

        def on_lost(_reason: Failure) -> None:
            lost.callback(None)

        client = AxiProtocol(reactor, lambda event: events.append(event.name), on_lost)
        endpoint = SSL4ClientEndpoint(reactor, "127.0.0.1", port, CertificateOptions())
        await connectProtocol(endpoint, client)
        return client, events, lost


@async_yield_fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    control = tmp_path / "control"
    words = ["--omms", "2", "--users", "25", "--devices", "25", "--base-port", "0"]
    service = FleetService(options(*words, "--control", str(control)), reactor)
    service.startService()
    yield Running(service, control)
    await service.stopService()


@ensureDeferred
async def test_a_client_reads_an_omm_over_tls_and_is_told_of_changes(running: Running) -> None:
    client, events, lost = await running.connect(1)
    await client.request(
        make("Open", {"username": "omm", "password": "omm", "UserDeviceSyncClient": True})
    )
    flag = make("e", {"cmd": "On", "eventType": "PPCnf", "ppn": -1, "uid": -1})
    await client.request(make("Subscribe", {}, flag))
    pages = [
        await client.request(make("GetPPUser", {"uid": start, "maxRecords": 20}))
        for start in (0, 21)
    ]
    assert len(pages[0].children) == 20
    uid = pages[0].children[0].number("uid")
    await client.request(make("SetPP", {}, make("user", {"uid": uid, "name": "New"})))
    await client.request(make("Ping"))
    assert events == ["EventPPCnf"]
    client.close()
    await lost


class Visitor(Protocol):
    def __init__(self) -> None:
        self.line: Deferred[bytes] = Deferred()
        self.lost: Deferred[None] = Deferred()
        self._data = b""

    def dataReceived(self, data: bytes) -> None:
        self._data += data
        if self._data.endswith(b"\n"):
            self.line.callback(self._data)

    def connectionLost(self, reason: Failure | None = None) -> None:
        self.lost.callback(None)


@ensureDeferred
async def test_the_control_socket_cuts_a_link(running: Running) -> None:
    client, _, lost = await running.connect(2)
    visitor: Any = await connectProtocol(
        UNIXClientEndpoint(reactor, str(running.control)), Visitor()
    )
    visitor.transport.write(b'{"cmd":"cut","omm":2,"seconds":0}\n')
    assert await visitor.line == b'{"ok":true}\n'
    await lost
    assert not client.is_open
    visitor.transport.loseConnection()
    await visitor.lost


@ensureDeferred
async def test_a_control_socket_that_a_killed_simulator_left_behind_is_no_hindrance(
    tmp_path: Path,
) -> None:
    control = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(control))
    Path(f"{control}.lock").symlink_to(str(NO_PROCESS))
    words = ["--omms", "1", "--users", "0", "--devices", "0", "--base-port", "0"]
    service = FleetService(options(*words, "--control", str(control)), reactor)
    service.startService()
    visitor: Any = await connectProtocol(UNIXClientEndpoint(reactor, str(control)), Visitor())
    visitor.transport.write(b'{"cmd":"pause"}\n')
    assert await visitor.line == b'{"ok":true,"life":false}\n'
    visitor.transport.loseConnection()
    await visitor.lost
    await service.stopService()


def test_the_certificate_is_the_same_for_the_same_seed() -> None:
    digests = [
        server_options("ommsim", random.Random(seed)).certificate.fingerprint(SHA256())
        for seed in (1, 1, 2)
    ]
    assert digests[0] == digests[1] != digests[2]
