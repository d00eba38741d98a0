"""One client at one OMM, from Open to the end of the link.

This module must not know sockets: whoever owns the link keeps the session.
"""

from __future__ import annotations

from collections import deque

import msgspec

from mom.sim.subscription import Flags


class Session:
    """What an OMM knows about a client; `is_open` after a successful Open."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_open = False
        self.is_sync = False
        self.username = ""
        self.client_name = ""
        self.permissions: frozenset[str] = frozenset()
        self.flags = Flags()
        self.channels: set[str] = set()
        self.heard: deque[bytes] | None = None
        """The events of a client without a link, which keeps them here."""


class Delivery(msgspec.Struct, frozen=True):
    """A frame (without its end byte) for a session; `is_answer` tells it from events."""

    session: Session
    frame: bytes
    is_answer: bool = False
