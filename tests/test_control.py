import stat
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.testing import StringTransport
from twisted.internet.threads import deferToThread

from mom.control import (
    ControlError,
    ControlProtocol,
    ControlServer,
    Order,
    Outcome,
    send_order,
)


async def echo(order: Order) -> Outcome:
    if order.command == "fail":
        return Outcome(error="it is too late", fields={"time": "is over"})
    return Outcome(result=[order.command, order.arguments])


def connected() -> tuple[ControlProtocol, StringTransport]:
    protocol, transport = ControlProtocol(echo), StringTransport()
    protocol.makeConnection(transport)
    return protocol, transport


def test_an_order_is_one_line_and_its_answer_is_one_line() -> None:
    protocol, transport = connected()
    for byte in b'{"command":"a","arguments":{"b":1}}\n':
        protocol.dataReceived(bytes([byte]))
    assert transport.value() == b'{"result":["a",{"b":1}]}\n'
    assert transport.disconnecting


@pytest.mark.parametrize(
    "line", [b"hello", b"\xff", b'"\\ud800"', b"[" * 100_000, b'{"command":"\xff"}', b"", b"{}"]
)
def test_what_is_no_order_is_answered_so(line: bytes) -> None:
    protocol, transport = connected()
    protocol.dataReceived(line + b"\n")
    assert transport.value().startswith(b'{"error":"this is no order')


def test_a_second_order_on_a_connection_is_not_read() -> None:
    protocol, transport = connected()
    protocol.dataReceived(b'{"command":"a"}\n{"command":"b"}\n')
    assert transport.value() == b'{"result":["a",{}]}\n'


def test_a_line_without_end_is_cut_off() -> None:
    protocol, transport = connected()
    protocol.MAX_LENGTH = 100
    protocol.dataReceived(b"x" * 200)
    assert transport.disconnecting
    assert transport.value() == b""


@ensureDeferred
async def test_a_command_reaches_the_service_and_gets_its_answer(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.write_text("left by a crash")
    server = ControlServer(reactor, path, echo)
    await server.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    answer = await deferToThread(send_order, path, Order("a", {"b": "c"}))
    refusal = await deferToThread(send_order, path, Order("fail"))
    await server.stop()
    assert answer == Outcome(result=["a", {"b": "c"}])
    assert refusal == Outcome(error="it is too late", fields={"time": "is over"})
    assert not path.exists()


def test_a_service_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="cannot be reached"):
        send_order(tmp_path / "control.sock", Order("a"))
