from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from mom.axi.element import make
from mom.axi.outflow import BUFFER
from mom.axi.protocol import AxiServerProtocol


def connected() -> tuple[AxiServerProtocol, Any]:
    protocol = AxiServerProtocol(Clock(), lambda _: None, lambda _: None)
    transport: Any = StringTransport()
    protocol.makeConnection(transport)  # type: ignore[no-untyped-call]
    return protocol, transport


def test_nothing_is_unsent_while_the_transport_takes_it() -> None:
    protocol, _ = connected()
    protocol.send(make("EventPPCnf"))
    assert protocol.unsent == 0


def test_what_is_written_to_a_full_transport_counts_until_all_has_left() -> None:
    protocol, transport = connected()
    transport.producer.pauseProducing()
    protocol.write(b"x" * 1000)
    protocol.write(b"x" * 500)
    assert protocol.unsent == BUFFER + 1500
    transport.producer.resumeProducing()
    assert protocol.unsent == 0
    protocol.write(b"x")
    assert protocol.unsent == 0


def test_closing_lets_the_transport_close_although_it_is_watched() -> None:
    protocol, transport = connected()
    protocol.close()
    assert transport.producer is None
    assert transport.disconnecting
    protocol.close()


@pytest.mark.parametrize("full", [False, True])
def test_a_lost_connection_has_nothing_unsent(full: bool) -> None:
    protocol, transport = connected()
    if full:
        transport.producer.pauseProducing()
    transport.producer.stopProducing()
    assert protocol.unsent == 0
    protocol.connectionLost()
