"""Listening: from endpoint strings, HTTPS first, and nothing is left when it stops."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.testing import MemoryReactorClock

from mom.web.certificates import CertificateError, Certificates, ensure_pair
from mom.web.server import WebServer
from tests.web.api.house import House

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)


def server(house: House, folder: Path, **endpoints: Any) -> tuple[WebServer, MemoryReactorClock]:
    reactor = MemoryReactorClock()
    return WebServer(reactor, house.app, Certificates(folder), **endpoints), reactor


@pytest.mark.feature("F117", "F118")
@ensureDeferred
async def test_both_listeners_are_made_of_the_configured_endpoints(
    house: House, tmp_path: Path
) -> None:
    ensure_pair(tmp_path, ["mom.example"], NOW)
    web, reactor = server(house, tmp_path, https="tcp:8443:interface=127.0.0.1", http="tcp:8080")
    await web.start()
    assert [(port, interface) for port, _, _, interface in reactor.tcpServers] == [
        (8443, "127.0.0.1"),
        (8080, ""),
    ]
    assert len(web.ports) == 2
    await web.stop()
    assert web.ports == ()


@pytest.mark.feature("F118")
@ensureDeferred
async def test_plain_http_can_be_off(house: House, tmp_path: Path) -> None:
    ensure_pair(tmp_path, ["mom.example"], NOW)
    web, reactor = server(house, tmp_path, https="tcp:8443", http="")
    await web.start()
    assert len(reactor.tcpServers) == 1
    await web.stop()


@ensureDeferred
async def test_without_a_certificate_nothing_listens(house: House, tmp_path: Path) -> None:
    web, reactor = server(house, tmp_path, https="tcp:8443", http="tcp:8080")
    with pytest.raises(CertificateError, match="cannot read"):
        await web.start()
    assert reactor.tcpServers == []
