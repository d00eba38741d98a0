"""The licence that is in force: taking in licence files, and what the licence allows.

Without one MOM connects and shows everything, but has no common identity to give to OMMs. Knows
neither pages nor OMMs; the form of the file is the duty of `mom.admin.licence_file`.
"""

from collections.abc import Callable, Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger

from mom.admin.errors import ConfirmationNeeded, Refused
from mom.admin.licence_file import (
    LicenceFileError,
    SignedLicence,
    parse,
    verify,
    version_numbers,
)
from mom.admin.shelf import LicenceShelf
from mom.model.licence import Licence
from mom.model.omm import Severity
from mom.ports import Component, Recorder

COMPONENT = "License"
NO_LICENCE = "No license available"

Listener = Callable[[Licence | None, Licence], None]


class Imported(msgspec.Struct, frozen=True, rename="camel"):
    """Who imported the licence in force, when (seconds since 1970), and the first one's number."""

    installation_id: str = ""
    by: str = ""
    at: int = 0


class LicenceBook:
    """The licence now (`current`), taking in another one, and the limits it sets.

    `issuers` reads the keys of the issuers at each import; `version` is the software's.
    """

    _log = Logger()

    def __init__(
        self,
        shelf: LicenceShelf,
        recorder: Recorder,
        now: Callable[[], float],
        *,
        issuers: Callable[[], Mapping[str, Ed25519PublicKey]],
        version: str,
    ) -> None:
        self._shelf = shelf
        self._recorder = recorder
        self._now = now
        self._issuers = issuers
        self._version = version
        self._turn = DeferredLock()
        self._listeners: list[Listener] = []
        self.current: Licence | None = None
        self.imported = Imported()

    async def load(self) -> None:
        """Read the licence that was imported before."""
        file, facts = await self._shelf.licence()
        if file:
            self.current = parse(file).licence
            self.imported = msgspec.convert(facts, Imported)

    @property
    def sari(self) -> str:
        """The common identity of the system, 10 hex digits; empty without a licence."""
        return self.current.sari if self.current else ""

    @property
    def installation_id(self) -> str:
        """The number of this installation, from its first licence; empty before."""
        return self.imported.installation_id

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(before, after)` after each import; returns what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def import_file(self, data: bytes, by: str, *, confirmed: bool = False) -> Licence:
        """Take in a licence file; it is in force when this returns.

        Raises `Refused` with the reason if it cannot be taken, and `ConfirmationNeeded` if it
        would change the SARI and that is not `confirmed`; the old licence stays then.
        """
        async with self._turn:
            before = self.current
            try:
                licence = self._checked(data)
            except Refused as refusal:
                text = f"A licence file from {by} was refused: {refusal}"
                self._recorder.record(Severity.WARNING, COMPONENT, text)
                raise
            if before is not None and before.sari != licence.sari and not confirmed:
                raise ConfirmationNeeded(
                    f"The licence changes the SARI from {before.sari} to {licence.sari}: "
                    "every phone must be subscribed again"
                )
            first = self.installation_id or licence.installation_id
            imported = Imported(first, by, int(self._now()))
            await self._shelf.put_licence(data, msgspec.to_builtins(imported), cause=by)
            self.current, self.imported = licence, imported
        text = f"{by} imported the licence of {licence.customer} for version {licence.version}"
        self._recorder.record(Severity.OK, COMPONENT, text)
        for listener in tuple(self._listeners):
            with self._log.failuresHandled("A listener to the licence failed"):
                listener(before, licence)
        if warning := await self.warning():
            self._recorder.record(Severity.WARNING, COMPONENT, warning)
        return licence

    async def warning(self) -> str:
        """What of the system is more than the licence allows, for people; empty if nothing is.

        What is there stays and works; the licence refuses what would come in addition.
        """
        return self.current.exceeded(*await self._shelf.size()) if self.current else ""

    def require_site(self, sites: int) -> None:
        """Raise `Refused` if the licence does not allow `sites` OMM records in all."""
        most = self.current.max_sites if self.current else None
        if most is not None and sites > most:
            raise Refused("ELicense", f"The licence allows {most} sites")

    def snapshot(self) -> list[Component]:
        """The health of the licence."""
        if self.current is None:
            return [Component(COMPONENT, Severity.ERROR, NO_LICENCE)]
        if not covers(self.current.version, self._version):
            text = _not_covered(self.current.version, self._version)
            return [Component(COMPONENT, Severity.ERROR, text)]
        return [Component(COMPONENT, Severity.OK)]

    def _checked(self, data: bytes) -> Licence:
        try:
            signed: SignedLicence = parse(data)
            verify(signed, self._issuers())
        except LicenceFileError as error:
            raise Refused("ELicenseFile", str(error)) from None
        licence = signed.licence
        if not covers(licence.version, self._version):
            raise Refused("ELicenseFile", _not_covered(licence.version, self._version))
        if self.installation_id and licence.installation_id != self.installation_id:
            raise Refused(
                "ELicenseWrongInstallId",
                f"The licence is for installation {licence.installation_id}, "
                f"but this is installation {self.installation_id}",
            )
        return licence


def covers(licensed: str, software: str) -> bool:
    """Whether a licence for version `licensed` covers the software: its major.minor or a later."""
    return version_numbers(licensed) >= version_numbers(software)


def _not_covered(licensed: str, software: str) -> str:
    major, minor = version_numbers(software)
    return f"The licence covers version {licensed}, but this is version {major}.{minor}"
