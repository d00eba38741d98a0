"""Tells the log which OMMs connected, were lost or refused, in few lines however many they are.

What happens to hundreds of OMMs at once is gathered for a moment: those of which the same is to be
told share a line. This module must not know why it is told something.
"""

from twisted.logger import Logger, LogLevel

from mom.axi.clock import Clock, Timer
from mom.model.identities import OmmId
from mom.model.omm import Omm

log = Logger(namespace="mom.fleet")
GATHERED_SECONDS = 1.0
MOST_NAMED = 5
"""More OMMs than that share one line, which names so many of them and counts the others."""


class Journal:
    """Writes about connections; what is told again of the same OMM is not written again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[OmmId, str] = {}
        self._gathered: dict[tuple[str, bool], list[tuple[str, str]]] = {}
        """By what they share: the names of OMMs, each with what is told of it."""
        self._timer: Timer | None = None

    def connected(self, omm: Omm) -> None:
        """The OMM is connected, and all of it was read."""
        self._tell(omm, "connected", "connected", is_well=True)

    def not_connected(self, omm: Omm, reason: str) -> None:
        """The OMM was lost, or a try to connect came to nothing."""
        shared = reason
        for address in omm.addresses:
            shared = shared.replace(f"{address}: ", "")
        self._tell(omm, f"not connected: {reason}", f"not connected: {shared}", is_well=False)

    def forget(self, omm: OmmId) -> None:
        """Whatever comes next of this OMM is new."""
        self._told.pop(omm, None)

    def flush(self) -> None:
        """Write what was gathered."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        gathered, self._gathered = self._gathered, {}
        for (shared, is_well), omms in gathered.items():
            for line in _lines(shared, omms):
                log.emit(LogLevel.info if is_well else LogLevel.warn, "{line}", line=line)

    def _tell(self, omm: Omm, text: str, shared: str, *, is_well: bool) -> None:
        if self._told.get(omm.id) == text:
            return
        self._told[omm.id] = text
        self._gathered.setdefault((shared, is_well), []).append((omm.name, text))
        if self._timer is None:
            self._timer = self._clock.callLater(GATHERED_SECONDS, self.flush)


def _lines(shared: str, omms: list[tuple[str, str]]) -> list[str]:
    if len(omms) <= MOST_NAMED:
        return [f"OMM {name}: {text}" for name, text in omms]
    named = ", ".join(name for name, _ in omms[:MOST_NAMED])
    return [f"{len(omms)} OMMs ({named} and {len(omms) - MOST_NAMED} more): {shared}"]
