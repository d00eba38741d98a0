"""A whole fleet over real TLS on the loopback address."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor as installed_reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from mom.axi.element import make
from mom.fleet.dial import TlsDialler
from mom.fleet.fleet import Fleet
from mom.fleet.options import FleetOptions, Wishes
from mom.model.identities import OmmId
from mom.model.omm import OmmState
from tests.fleet.test_dial import LOCAL, OldOmm, Ports
from tests.fleet.world import PARK, FakeDesk, FakeRecorder, FakeRecords, FakeSwitchboard, omm_record

reactor: Any = installed_reactor
ANSWERS = {
    "Open": make("OpenResp", {"protocolVersion": 45}, make("permission", text="AllCnfWrite")),
    "GetPARK": make("GetPARKResp", {"park": PARK}),
}


class Site:
    """A fleet with one OMM, and ways to wait for its states."""

    def __init__(self, port: int) -> None:
        self.records = FakeRecords()
        self.records.omms[OmmId(1)] = omm_record(omm1=LOCAL, port=port)
        self.desk = FakeDesk()
        options = FleetOptions()
        self.fleet = Fleet(
            clock=reactor,
            now=reactor.seconds,
            random=lambda: 0.0,
            desk=self.desk,
            switchboard=FakeSwitchboard(),
            records=self.records,
            recorder=FakeRecorder(),
            dialler=TlsDialler(reactor, options),
            wishes=Wishes,
            options=options,
        )

    async def reach(self, state: OmmState) -> None:
        waiting: Deferred[None] = Deferred()

        def changed(_: object) -> None:
            if self.fleet.status(OmmId(1)).state is state and not waiting.called:
                waiting.callback(None)

        subscription = self.fleet.board.subscribe(changed)
        changed(None)
        await waiting
        subscription.stop()


@pytest.mark.feature("F3", "F224")
@ensureDeferred
async def test_an_omm_is_connected_lost_and_connected_again() -> None:
    ports, omm = Ports(), OldOmm(ANSWERS)
    site = Site(ports.tls(omm))
    await site.fleet.start()
    await site.reach(OmmState.CONNECTED)
    assert len(omm.servers) == 1
    omm.servers[0].abort()
    while len(site.desk.sittings) < 2:
        await deferLater(reactor, 0.0, lambda: None)
    await site.reach(OmmState.CONNECTED)
    assert site.records.omms[OmmId(1)].pins == {LOCAL: omm.fingerprint}
    assert site.desk.sittings[0].calls == ["read", "follow", "close"]
    await site.fleet.stop()
    assert not any(server.is_open for server in omm.servers)
    ports.close()
