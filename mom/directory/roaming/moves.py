"""Which phones are on their way from one OMM to another, and who waits for the end of it.

It knows no messages and decides nothing.
"""

from collections import Counter
from collections.abc import Iterable

from twisted.internet.defer import Deferred, succeed

from mom.directory.index import Index


class Moves:
    """The moves that are under way: those of the index, and those that are just being begun."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._begun: Counter[int] = Counter()
        self._waiting: dict[int, list[Deferred[None]]] = {}

    def under_way(self, device: int) -> bool:
        """Whether the phone with that system-wide number is moving now."""
        return device in self._begun or device in self._index.moving

    def settled(self, device: int) -> "Deferred[None]":
        """Fires when the phone has one home again; at once if it does not move.

        Whoever does not want to wait any more cancels it.
        """
        if not self.under_way(device):
            return succeed(None)
        waiting: Deferred[None] = Deferred(lambda gone: self._forget(device, gone))
        self._waiting.setdefault(device, []).append(waiting)
        return waiting

    def begin(self, device: int) -> None:
        """A sequence of steps about a phone begins."""
        self._begun[device] += 1

    def end(self, device: int) -> None:
        """The sequence is over; the move itself may go on, if its outcome is not known."""
        self._begun[device] -= 1
        if self._begun[device] <= 0:
            del self._begun[device]
        self.look([device])

    def look(self, devices: Iterable[int]) -> None:
        """These devices have changed: whoever waits for one that is settled is told."""
        for device in devices if self._waiting else ():
            if device in self._waiting and not self.under_way(device):
                for waiting in self._waiting.pop(device):
                    waiting.callback(None)

    def stop(self) -> None:
        """Nothing moves any more: whoever waits goes on."""
        left, self._waiting = self._waiting, {}
        for waiters in left.values():
            for waiting in waiters:
                waiting.callback(None)

    def _forget(self, device: int, gone: "Deferred[None]") -> None:
        left = [waiting for waiting in self._waiting.get(device, ()) if waiting is not gone]
        if left:
            self._waiting[device] = left
        else:
            self._waiting.pop(device, None)
