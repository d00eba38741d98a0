"""The websocket itself: handshake behind the gate, messages, the end of the session."""

import struct
from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.web.live_socket import MAX_MESSAGE
from mom.web.window import Client, Link
from tests.web.api.house import House
from tests.web.browser import Wire

MASK = b"\1\2\3\4"


def handshake(house: House, **headers: str) -> Wire:
    given = {
        "Host": "mom.example",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Cookie": f"__Host-mom={house.browser.cookie}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return house.browser.send(f"GET /api/v1/live HTTP/1.1\r\n{lines}\r\n".encode())


def frame(text: bytes) -> bytes:
    masked = bytes(byte ^ MASK[place % 4] for place, byte in enumerate(text))
    return bytes([0x81, 0x80 | len(text)]) + MASK + masked


def messages(wire: Wire) -> list[Any]:
    """The texts that came after the handshake."""
    data = wire.value().partition(b"\r\n\r\n")[2]
    found = []
    while data:
        kind, length, start = data[0], data[1], 2
        if length == 126:
            (length,), start = struct.unpack(">H", data[2:4]), 4
        elif length == 127:
            (length,), start = struct.unpack(">Q", data[2:10]), 10
        body, data = data[start : start + length], data[start + length :]
        found.append(msgspec.json.decode(body) if kind == 0x81 else (kind, body))
    return found


def status_of(wire: Wire) -> int:
    return int(wire.value().split(b" ")[1])


@ensureDeferred
async def test_a_browser_with_a_session_is_sent_the_status(home: House) -> None:
    wire = handshake(home, Origin="https://mom.example")
    assert status_of(wire) == 101
    assert b"permessage-deflate" not in wire.value()
    home.clock.advance(1)
    assert messages(wire)[0]["systemName"] == "MOM"
    wire.protocol.dataReceived(frame(b'{"subscribe":"nothing"}'))
    assert messages(wire)[-1]["problem"]["code"] == "ENoEnt"
    home.hub.stop()
    assert wire.closed.called


@ensureDeferred
async def test_a_page_of_rows_is_not_held_to_the_limit_of_what_browsers_send(home: House) -> None:
    joined: list[Link] = []
    join = home.hub.join

    def noted(link: Link, session: str) -> Client:
        joined.append(link)
        return join(link, session)

    home.hub.join = noted  # type: ignore[method-assign]
    wire = handshake(home)
    joined[0].send(msgspec.json.encode("x" * 10 * MAX_MESSAGE))
    assert len(messages(wire)[-1]) == 10 * MAX_MESSAGE
    home.hub.stop()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": ""}, 401),
        ({"Cookie": "__Host-mom=wrong"}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
@ensureDeferred
async def test_session_and_origin_are_checked_at_the_handshake(
    home: House, headers: dict[str, str], status: int
) -> None:
    wire = handshake(home, **headers)
    assert status_of(wire) == status
    assert len(home.hub) == 0


@ensureDeferred
async def test_signing_out_ends_the_websocket(home: House) -> None:
    wire = handshake(home)
    home.clock.advance(1)
    await home.ask("DELETE", "/session")
    kind, body = messages(wire)[-1]
    assert (kind, body[:2], body[2:]) == (0x88, struct.pack(">H", 3000), b"signed out")
    assert wire.closed.called


@ensureDeferred
async def test_a_browser_is_asked_for_signs_of_life(home: House) -> None:
    wire = handshake(home)
    home.clock.advance(30)
    assert messages(wire)[-1][0] == 0x89
    wire.protocol.dataReceived(bytes([0x8A, 0x80]) + MASK)
    home.clock.advance(30)
    assert not wire.closed.called
    home.clock.advance(30)
    assert wire.closed.called


@ensureDeferred
async def test_a_message_that_is_too_long_ends_the_websocket(home: House) -> None:
    wire = handshake(home)
    wire.protocol.dataReceived(bytes([0x81, 0xFF]) + struct.pack(">Q", 10_000_000) + MASK)
    assert wire.closed.called
    assert len(home.hub) == 0


@ensureDeferred
async def test_a_request_that_is_no_handshake_is_refused(home: House) -> None:
    wire = handshake(home, Upgrade="", Connection="close")
    assert status_of(wire) in (400, 426)
    assert b"Autobahn" not in wire.value()
