"""What is kept of phones that were sent away: one counted event for each OMM and reason.

A phone asks again and again; it must fill neither the event log nor its own lines.
"""

from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import RequestFailed
from mom.directory.desk import Desk, Place
from mom.directory.lines import omm_name
from mom.model.copy import Noun
from mom.model.omm import Severity

SILENT_SECONDS = 600
"""Seconds for which the same refusal of the same device is kept only once with the device."""
_MOST_REMEMBERED = 10_000
_log = Logger()


class Refusals:
    """The refusals of all OMMs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[tuple[int, int, str], int] = {}

    async def note(self, place: Place, what: str, reason: str, device: int = 0) -> None:
        """Keep that an OMM had to refuse something (`what`), and with which device, 0 = unknown."""
        omm = place.port.omm.id
        text = f"{what} refused on {omm_name(omm)}: {reason}"
        self._desk.recorder.record(Severity.WARNING, "directory", text)
        if not device or not self._is_new((omm, device, what + reason)):
            return
        async with self._desk.units.open(cause=what) as bench:
            if bench.entry(Noun.DEVICE, device) is not None:
                bench.line(Noun.DEVICE, device, self._desk.now(), text)

    def _is_new(self, key: tuple[int, int, str]) -> bool:
        now = self._desk.now()
        if now - self._told.get(key, now - SILENT_SECONDS) < SILENT_SECONDS:
            return False
        if len(self._told) >= _MOST_REMEMBERED:
            self._told.clear()
        self._told[key] = now
        return True


def tell(place: Place, message: Element) -> None:
    """Send an OMM a message whose answer nobody waits for."""

    def unheard(why: Failure) -> None:
        if not isinstance(why.value, RequestFailed):
            why.raiseException()
        text = str(why.value)
        _log.info("{omm}: {why}", omm=omm_name(place.port.omm.id), why=text)

    place.port.request(message).addErrback(unheard)
