"""Who takes part, and what is to be sent to whom.

An OMM stands for its phones and for the applications that are connected to it: MOM cannot tell
these apart. This module must not know how anything is sent.
"""

from __future__ import annotations

from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred

from mom.axi.element import Element
from mom.model.identities import OmmId

FULL = 1024 * 1024
"""Unsent bytes above which a receiver takes no more messages."""


class Party(msgspec.Struct, frozen=True):
    """An OMM by its number, or an application of MOM by the number of its connection."""

    omm: OmmId = OmmId(0)
    application: int = 0

    def __str__(self) -> str:
        """For people."""
        return f"OMM {self.omm:04d}" if self.omm else f"application {self.application}"


class Tell(msgspec.Struct, frozen=True):
    """An event for a party."""

    to: Party
    event: Element


class Ask(msgspec.Struct, frozen=True):
    """A request to an OMM about the message with that key; the answer is told to the post."""

    omm: OmmId
    request: Element
    key: MessageKey


class Hold(msgspec.Struct, frozen=True):
    """The message with that key waits for a phone, which moves or has another message first."""

    device: int
    key: MessageKey
    moving: bool


class MessageKey(msgspec.Struct, frozen=True):
    """What identifies a message in the whole system."""

    send_time: str
    id: str
    from_addr: str


Step = Tell | Ask | Hold
"""What the router has to do next."""


class Endpoint(Protocol):
    """One end of the routing: the session of an OMM, or an application."""

    @property
    def party(self) -> Party:
        """Who it is."""

    @property
    def address(self) -> str:
        """Its address on data channels: the ARI of an OMM, `MOM` for an application of MOM."""

    @property
    def unsent(self) -> int:
        """About how many bytes wait to leave; never too few."""

    def tell(self, event: Element) -> None:
        """Hand over an event; whether it arrives is not known."""


class OmmEnd(Endpoint, Protocol):
    """The end that is an OMM."""

    def ask(self, request: Element) -> Deferred[Element]:
        """Send a request; fails with `AxiError`."""

    def say(self, request: Element) -> None:
        """Send a request whose answer nobody needs."""

    def close(self) -> None:
        """Its session is over."""


def is_full(end: Endpoint) -> bool:
    """Whether too much waits to leave already."""
    return end.unsent > FULL
