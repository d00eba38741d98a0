"""The licence terms: the text, for which version it was accepted, by whom and when.

Whoever signs in at the pages has to accept them once after each change of the software's version.
Knows no pages; the text is handed in.
"""

from collections.abc import Callable

import msgspec

from mom.admin.errors import Refused
from mom.admin.shelf import Shelf
from mom.model.omm import Severity
from mom.ports import Recorder

KEY = "eula"
"""Under which name the acceptances are kept among the settings."""
MAX_KEPT = 100


class Acceptance(msgspec.Struct, frozen=True):
    """Who accepted the terms of which version; `at` is in seconds since 1970."""

    version: str
    by: str
    at: int


class Eula:
    """The gate: `accepted` tells whether the terms of this software's version were accepted."""

    def __init__(
        self,
        shelf: Shelf,
        recorder: Recorder,
        now: Callable[[], float],
        *,
        text: str,
        version: str,
    ) -> None:
        self._shelf = shelf
        self._recorder = recorder
        self._now = now
        self.text = text
        self.version = version
        self._acceptances: tuple[Acceptance, ...] = ()

    async def load(self) -> None:
        """Read what was accepted before."""
        stored = await self._shelf.setting(KEY)
        self._acceptances = msgspec.convert(stored or [], tuple[Acceptance, ...])

    @property
    def accepted(self) -> Acceptance | None:
        """The acceptance of this version, if there is one."""
        return next((a for a in self._acceptances if a.version == self.version), None)

    @property
    def acceptances(self) -> tuple[Acceptance, ...]:
        """All acceptances, the oldest first."""
        return self._acceptances

    async def accept(self, by: str, version: str) -> Acceptance:
        """Accept the terms of `version`, which must be the software's own; again changes nothing.

        Raises `Refused` if the version is another: the page showed another text.
        """
        if version != self.version:
            raise Refused("EInval", f"These are the terms of version {self.version}; read them")
        if self.accepted is not None:
            return self.accepted
        acceptance = Acceptance(version, by, int(self._now()))
        kept = (*self._acceptances, acceptance)[-MAX_KEPT:]
        await self._shelf.put_setting(KEY, msgspec.to_builtins(kept), cause=by)
        self._acceptances = kept
        self._recorder.record(
            Severity.OK, "EULA", f"The terms of version {version} were accepted by {by}"
        )
        return acceptance
