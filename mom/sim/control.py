"""The control socket: JSON commands, one a line, and their results, one a line.

Run as a program it is the client: `python -m mom.sim.control PATH cut omm=2 seconds=10`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any

import msgspec
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver

MAX_LINE = 1 << 20
"""Longest command in bytes."""

ANSWER_SECONDS = 60.0
_BLOCK = 1 << 16


class ControlProtocol(LineOnlyReceiver):
    """Answers each line with a line."""

    delimiter = b"\n"
    MAX_LENGTH = MAX_LINE

    def __init__(self, run: Callable[[bytes], bytes]) -> None:
        self._run = run

    def lineReceived(self, line: bytes) -> None:
        """Carry out one command; called by Twisted."""
        if line.strip():
            self.sendLine(self._run(line))  # type: ignore[no-untyped-call]


class ControlFactory(Factory):
    """Makes a protocol for each visitor of the socket; `run` carries out a command."""

    noisy = False

    def __init__(self, run: Callable[[bytes], bytes]) -> None:
        self._run = run

    def buildProtocol(self, addr: IAddress | None) -> ControlProtocol:
        """Begin a conversation; called by Twisted."""
        return ControlProtocol(self._run)


def command_of(words: list[str]) -> dict[str, Any]:
    """Read a command from words: JSON, or its name and `name=value` with JSON values.

    A value that is no JSON is taken as text. Raises `ValueError`.
    """
    if words and words[0].lstrip().startswith("{"):
        command = msgspec.json.decode(words[0])
        if not isinstance(command, dict):
            raise ValueError("a JSON object is expected")
        return command
    if not words:
        raise ValueError("a command is expected")
    command = {"cmd": words[0]}
    for word in words[1:]:
        name, equals, text = word.partition("=")
        if not equals:
            raise ValueError(f"name=value is expected, not {word!r}")
        try:
            command[name] = msgspec.json.decode(text)
        except msgspec.DecodeError:
            command[name] = text
    return command


def ask(path: str, command: dict[str, Any]) -> dict[str, Any]:
    """Send one command to a running simulator and wait for the result. Blocking.

    Raises `OSError` if nobody listens or nothing comes within 60 s.
    """
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(ANSWER_SECONDS)
        wire.connect(path)
        wire.sendall(msgspec.json.encode(command) + b"\n")
        blocks: list[bytes] = []
        while not (blocks and blocks[-1].endswith(b"\n")):
            block = wire.recv(_BLOCK)
            if not block:
                raise ConnectionError("the simulator hung up")
            blocks.append(block)
    result: dict[str, Any] = msgspec.json.decode(b"".join(blocks), type=dict[str, Any])
    return result


def main(arguments: list[str]) -> int:
    """Run the client; returns the exit status: 0, 1 for a failed command, 2 for wrong usage."""
    if len(arguments) < 2:
        sys.stderr.write("usage: python -m mom.sim.control PATH COMMAND [name=value...]\n")
        return 2
    try:
        result = ask(arguments[0], command_of(arguments[1:]))
    except OSError as error:
        sys.stderr.write(
            f"no simulated fleet answers at {arguments[0]}: {error.strerror or error}\n"
        )
        return 2
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(result)).decode() + "\n")
    return 0 if result.get("ok") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
