import random
from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.error import CannotListenError
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from mom.axi.codec import decode, encode
from mom.axi.element import Element, make
from mom.sim.drawer import Drawer
from mom.sim.fleet import Fleet, Plan
from mom.sim.population import Amounts
from mom.sim.quirks import Quirk
from mom.sim.site import IDLE_SECONDS, SLOW_SECONDS, Site

NOW = 1_790_000_000.0


class Port:
    """A listener without a socket; connecting to it makes a link."""

    def __init__(self, factory: Any, address: str) -> None:
        self.factory = factory
        self.address = address
        self.is_listening = True

    def getHost(self) -> IPv4Address:
        return IPv4Address("TCP", self.address, 12622)

    def stopListening(self) -> None:
        self.is_listening = False


class Wire(StringTransport):
    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def write(self, data: bytes) -> None:
        self.sizes.append(len(data))
        super().write(data)

    def abortConnection(self) -> None:
        self.disconnected = True


class Ground:
    """A fleet on a workbench: its clock, its listeners, and clients that connect by address."""

    def __init__(self, drawer: Drawer | None = None, **plan: Any) -> None:
        self.clock = Clock()
        self.ports: list[Port] = []
        self.taken = False
        plan.setdefault("amounts", Amounts(users=3, devices=3))
        self.fleet = Fleet(
            Plan(**plan),
            self.clock,
            lambda: NOW + self.clock.seconds(),
            self._listen,
            random.Random,
            drawer,
        )
        self.fleet.start()

    def _listen(self, identity: Any, factory: Any, address: str) -> Port:
        if self.taken:
            raise CannotListenError(address, identity.port, OSError("in use"))
        port = Port(factory, address)
        self.ports.append(port)
        return port

    def open_addresses(self) -> list[str]:
        return [port.address for port in self.ports if port.is_listening]

    def connect(self, place: int = 0) -> "Client":
        port = [port for port in self.ports if port.is_listening][place]
        return Client(port.factory.buildProtocol(None), self.clock)

    @property
    def site(self) -> Site:
        return self.fleet.site(1)


class Client:
    def __init__(self, protocol: Any, clock: Clock) -> None:
        self.protocol = protocol
        self.wire = Wire()
        protocol.makeConnection(self.wire)

    def send(self, *requests: Element) -> None:
        self.protocol.dataReceived(b"".join(encode(each) + b"\0" for each in requests))

    def open(self) -> None:
        self.send(make("Open", {"username": "omm", "password": "omm", "UserDeviceSyncClient": "1"}))
        self.read()

    def read(self) -> list[Element]:
        frames = self.wire.value().split(b"\0")
        self.wire.clear()
        assert frames[-1] == b""
        return [decode(frame) for frame in frames[:-1]]


def test_a_client_is_answered() -> None:
    client = Ground(omms=1).connect()
    client.send(make("Open", {"username": "omm", "password": "omm"}), make("Ping", {"seq": 4}))
    assert [element.name for element in client.read()] == ["OpenResp", "PingResp"]


def test_a_cut_drops_links_and_refuses_new_ones_for_a_while() -> None:
    ground = Ground(omms=1)
    client = ground.connect()
    client.open()
    ground.site.cut(10)
    assert client.wire.disconnected
    assert ground.open_addresses() == []
    ground.clock.advance(10)
    assert ground.open_addresses() == ["127.0.0.1"]


def test_a_port_that_somebody_took_meanwhile_is_tried_until_it_is_free() -> None:
    ground = Ground(omms=1)
    ground.taken = True
    ground.site.cut(10)
    ground.clock.pump([10, 1, 1])
    assert ground.site.is_shut
    ground.taken = False
    ground.clock.advance(1)
    assert ground.open_addresses() == ["127.0.0.1"]


def test_the_control_of_a_mom_ends_with_its_link() -> None:
    ground = Ground(omms=1)
    client = ground.connect()
    client.open()
    client.send(make("SetMOMControlState", {"state": "Enabled", "momName": "Central"}))
    assert ground.site.omm.state.controller_name == "Central"
    client.protocol.connectionLost()
    assert ground.site.omm.state.controller is None
    assert ground.site.links == []


def test_a_new_sari_restarts_after_the_answer() -> None:
    ground = Ground(omms=1)
    client = ground.connect()
    client.open()
    client.send(make("SetSARI", {"sari": "1F1028D085"}))
    assert client.read()[0].get("sari") == "1F1028D085"
    ground.clock.advance(0.1)
    assert ground.open_addresses() == []
    ground.clock.advance(5)
    assert ground.open_addresses() == ["127.0.0.1"]


@pytest.mark.parametrize(("index", "refuses"), [(1, True), (2, False)])
def test_the_standby_refuses_connections_or_opens(index: int, refuses: bool) -> None:
    ground = Ground(omms=2, standby=2)
    addresses = [
        port.address for port in ground.ports if port.factory._site.identity.index == index
    ]
    assert addresses == (["127.0.0.1"] if refuses else ["127.0.0.1", "127.0.0.2"])


def test_after_a_fail_over_the_other_address_serves() -> None:
    ground = Ground(omms=1, standby=1)
    client = ground.connect()
    client.send(make("Open", {"username": "omm", "password": "omm"}))
    answer = client.read()[0]
    assert (answer.get("ommStbState"), answer.get("ommStbAddr")) == ("OK", "127.0.0.2")
    ground.site.fail_over()
    ground.clock.advance(0)
    assert ground.open_addresses() == ["127.0.0.2"]
    client = ground.connect()
    client.send(make("Open", {"username": "omm", "password": "omm"}))
    assert client.read()[0].get("ommStbAddr") == "127.0.0.1"


def test_a_standby_that_lags_behind_forgets_the_last_changes() -> None:
    ground = Ground(omms=1, standby=1, quirks=frozenset({Quirk.STALE_STANDBY}))
    client = ground.connect()
    client.open()
    state = ground.site.omm.state
    client.send(make("DeletePPUser", {"uid": state.users.first}))
    assert len(state.users) == 2
    ground.site.fail_over()
    assert len(state.users) == 3


def test_a_silent_link_is_closed_after_five_minutes() -> None:
    ground = Ground(omms=1)
    client = ground.connect()
    ground.clock.pump([5.0] * int(IDLE_SECONDS / 5 + 2))
    assert client.wire.disconnecting


def test_a_slow_omm_takes_its_time() -> None:
    ground = Ground(omms=1, quirks=frozenset({Quirk.SLOW}))
    client = ground.connect()
    client.send(make("Open", {"username": "omm", "password": "omm"}))
    assert client.wire.value() == b""
    ground.clock.advance(SLOW_SECONDS)
    assert client.read()[0].name == "OpenResp"


def test_a_dribbling_omm_writes_byte_by_byte() -> None:
    ground = Ground(omms=1, quirks=frozenset({Quirk.DRIBBLE}))
    client = ground.connect()
    client.send(make("Ping"))
    ground.clock.pump([0.0] * 100)
    assert set(client.wire.sizes) == {1}
    assert client.read()[0].get("errCode") == "EPerm"


def test_garbage_is_skipped() -> None:
    client = Ground(omms=1).connect()
    client.protocol.dataReceived(b"<broken\0")
    client.open()
    client.send(make("Ping"))
    assert client.read()[0].name == "PingResp"


def test_the_same_seed_gives_the_same_fleet_and_every_omm_is_its_own() -> None:
    one, two, other = Ground(omms=2), Ground(omms=2), Ground(omms=2, seed=2)
    records = [
        [record.all() for site in ground.fleet.sites for record in site.omm.state.users]
        for ground in (one, two, other)
    ]
    assert records[0] == records[1]
    assert records[0] != records[2]
    assert len({record["num"] for record in records[0]}) == 6
    assert one.fleet.site(1).identity.park != one.fleet.site(2).identity.park


def test_random_quirks_differ_from_omm_to_omm() -> None:
    ground = Ground(omms=12, quirks=None)
    chosen = {site.omm.state.quirks for site in ground.fleet.sites}
    assert len(chosen) > 6
