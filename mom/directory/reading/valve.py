"""Stops reading from an OMM while anyone has too much of it to commit.

It knows neither what is read nor why somebody is full.
"""

from mom.ports import OmmPort


class Valve:
    """Shared by all who take what one OMM tells."""

    def __init__(self, port: OmmPort) -> None:
        self._port = port
        self._full: set[object] = set()

    def hold(self, who: object) -> None:
        """`who` can take no more for now."""
        if not self._full:
            self._port.hold()
        self._full.add(who)

    def release(self, who: object) -> None:
        """`who` can take more again."""
        if who in self._full:
            self._full.discard(who)
            if not self._full:
                self._port.release()
