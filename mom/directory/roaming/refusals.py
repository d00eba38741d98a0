"""What is kept of phones that were sent away: one counted event for each OMM, reason and phone.

A phone asks again and again, and there may be many that nobody knows: they must fill neither the
event log nor the lines of a device.
"""

from typing import Protocol

from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import RequestFailed
from mom.directory import lines
from mom.directory.desk import Desk
from mom.directory.lines import omm_name
from mom.directory.notices import Notices
from mom.directory.roaming.place import Place
from mom.model.copy import Noun
from mom.model.identities import IdentityError
from mom.model.identities import ipei as canonical

SILENT_SECONDS = 600
"""Seconds for which the same refusal of the same device is kept only once with the device."""
MOST_NAMED = 50
"""Phones of one OMM that events name within `NAMED_SECONDS`; further ones are counted together."""
NAMED_SECONDS = 3600
_MOST_REMEMBERED = 10_000
_log = Logger()


class RefusalDesk(Desk, Protocol):
    """What refusals need of the directory."""

    notices: Notices


class Refusals:
    """The refusals of all OMMs."""

    def __init__(self, desk: RefusalDesk) -> None:
        self._desk = desk
        self._told: dict[tuple[int, int, str], int] = {}
        self._named: dict[int, dict[str, int]] = {}
        """The phones that events named, for each OMM, and when they came last."""

    async def note(
        self, place: Place, what: str, reason: str, device: int = 0, ipei: str = ""
    ) -> None:
        """Keep that an OMM had to refuse something (`what`).

        `device` is with which device, 0 = an unknown one; `ipei` what the phone said to be.
        """
        omm = place.port.omm.id
        text = lines.refused(what, omm, reason)
        phone = self._name(omm, ipei) if ipei else ""
        event = f"{what} of phone {phone} refused on {omm_name(omm)}: {reason}" if phone else text
        self._desk.notices.warn(event)
        if not device or not self._is_new((omm, device, what + reason)):
            return
        async with self._desk.units.open(cause=what) as bench:
            if bench.entry(Noun.DEVICE, device) is not None:
                bench.line(Noun.DEVICE, device, self._desk.now(), text)

    def note_waiting(self, place: Place) -> None:
        """Keep that an OMM must not get what vanished from it: once for all phones and people."""
        self._desk.notices.waiting(place.port.omm.id)

    def _name(self, omm: int, ipei: str) -> str:
        """A phone for an event; empty if too many have been named, or it is no IPEI."""
        try:
            phone = canonical(ipei)
        except IdentityError:
            return ""
        now = self._desk.now()
        named = self._named.setdefault(omm, {})
        if phone not in named and len(named) >= MOST_NAMED:
            named = {each: at for each, at in named.items() if now - at < NAMED_SECONDS}
            self._named[omm] = named
        if phone not in named and len(named) >= MOST_NAMED:
            return ""
        named[phone] = now
        return phone

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
