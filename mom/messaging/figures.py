"""Counters of the messaging room for statistics. This module must not know who reads them."""

from __future__ import annotations

from collections import Counter

from mom.model.figures import MessagingFigures


class Counters:
    """Counts what happens in the messaging room."""

    def __init__(self) -> None:
        self.from_omms = 0
        self.from_applications = 0
        self.results: Counter[str] = Counter()
        self.confirmations = 0
        self.alarms = 0
        self.data = 0
        self.no_mem = 0
        self.repeated = 0
        self.strays = 0
        self.malformed = 0
        self.untold = 0
        self.requests = 0
        self.refused = 0

    def figures(self, *, open_messages: int, channels: int, endpoints: int) -> MessagingFigures:
        """Return the counters, with how much there is at this moment."""
        counted = {**vars(self), "results": dict(self.results)}
        return MessagingFigures(
            open_messages=open_messages, channels=channels, endpoints=endpoints, **counted
        )
