"""How much was written to a connection and has not left yet.

A transport tells a producer when more than 64 KiB wait in it, and when all of it has left; what is
written in between is counted. This module must not know what is written.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

BUFFER = 64 * 1024
"""Bytes that a transport holds before it says so."""


@implementer(IPushProducer)
class Outflow:
    """Counts for one connection; ``unsent`` is 0 until the transport says that it holds much.

    From then on it counts too much rather than too little, for what leaves meanwhile is not told.
    """

    def __init__(self) -> None:
        self._transport: Any = None
        self._is_full = False
        self.unsent = 0

    def attach(self, transport: Any) -> None:
        """Begin to count for a connected transport."""
        self._transport = transport
        transport.registerProducer(self, True)

    def detach(self) -> None:
        """Count no more; a transport closes only then."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.unregisterProducer()
            self.resumeProducing()

    def wrote(self, count: int) -> None:
        """So many bytes were given to the transport."""
        if self._is_full:
            self.unsent += count

    def pauseProducing(self) -> None:
        """The transport holds much; called by Twisted."""
        self._is_full = True
        self.unsent = BUFFER

    def resumeProducing(self) -> None:
        """All has left; called by Twisted."""
        self._is_full = False
        self.unsent = 0

    def stopProducing(self) -> None:
        """The connection is lost; called by Twisted."""
        self._transport = None
        self.resumeProducing()
