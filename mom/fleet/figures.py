"""Counters of the fleet for statistics.

This module must not know who reads them.
"""

from collections import deque
from collections.abc import Mapping

import msgspec

_KEPT = 1000


class FleetFigures(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The counters at one moment.

    ``states`` counts the OMMs in each state; ``sync_seconds`` are the durations of the last
    complete readings, at most 1,000, oldest first; the others only count up.
    """

    states: Mapping[str, int]
    tries: int
    connected: int
    lost: int
    refused: int
    restarts: int
    sync_seconds: tuple[float, ...]


class Counters:
    """Counts what happens to all connections of a fleet."""

    def __init__(self) -> None:
        self.tries = 0
        self.connected = 0
        self.lost = 0
        self.refused = 0
        self.restarts = 0
        self._sync_seconds: deque[float] = deque(maxlen=_KEPT)

    def synchronised(self, seconds: float) -> None:
        """Note how long a complete reading took."""
        self._sync_seconds.append(seconds)

    def figures(self, states: Mapping[str, int]) -> FleetFigures:
        """Return the counters with the number of OMMs in each state."""
        return FleetFigures(
            states=states,
            tries=self.tries,
            connected=self.connected,
            lost=self.lost,
            refused=self.refused,
            restarts=self.restarts,
            sync_seconds=tuple(self._sync_seconds),
        )
