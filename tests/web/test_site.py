"""Limits on connections."""

from twisted.internet.address import IPv4Address
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from mom.web.site import ConnectionLimit, Limits


def connect(limit: ConnectionLimit, host: str) -> Protocol | None:
    protocol = limit.buildProtocol(IPv4Address("TCP", host, 1))
    if protocol is not None:
        protocol.makeConnection(StringTransport())
    return protocol


def test_too_many_connections_in_all_or_from_one_address_are_closed() -> None:
    limit = ConnectionLimit(Factory.forProtocol(Protocol), Limits(connections=3, per_address=2))
    first = connect(limit, "192.0.2.1")
    assert first is not None
    assert connect(limit, "192.0.2.1") is not None
    assert connect(limit, "192.0.2.1") is None
    assert connect(limit, "192.0.2.2") is not None
    assert connect(limit, "192.0.2.3") is None
    first.connectionLost(Failure(connectionDone.value))
    assert connect(limit, "192.0.2.3") is not None


def test_closing_ends_every_connection() -> None:
    limit = ConnectionLimit(Factory.forProtocol(Protocol), Limits())
    transport = StringTransport()
    protocol = limit.buildProtocol(IPv4Address("TCP", "192.0.2.1", 1))
    assert protocol is not None
    protocol.makeConnection(transport)
    limit.close()
    assert transport.disconnecting
