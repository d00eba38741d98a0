"""What the parts of one sitting need of the whole directory."""

from collections.abc import Sequence
from typing import Protocol

from twisted.internet.defer import Deferred

from mom.directory.bench import Bench
from mom.directory.guard import Guard
from mom.directory.index import Index
from mom.directory.removal import Reach
from mom.directory.rows import Row
from mom.directory.units import Units
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.user import User
from mom.ports import Recorder


class Desk(Protocol):
    """The directory as its sittings see it."""

    @property
    def index(self) -> Index:
        """All records and copies in memory."""

    @property
    def units(self) -> Units:
        """Opens units of work."""

    @property
    def guard(self) -> Guard:
        """The check of guarded fields."""

    @property
    def recorder(self) -> Recorder:
        """The event log."""

    def now(self) -> int:
        """Seconds since 1970."""

    @property
    def calm(self) -> bool:
        """No OMM is being read or waits for it."""

    def reading(self, step: int) -> None:
        """One reading more (1) or less (-1)."""

    def reach(self, omm: OmmId) -> Reach:
        """How deletions travel that come from an OMM (0: from MOM)."""

    def limits(self) -> dict[OmmId, int]:
        """How many phones each connected OMM takes, where it told."""

    def note_numbers(self, omm: OmmId, rows: Sequence[Row]) -> "Deferred[None] | None":
        """Note that an OMM took system-wide numbers; None if the answer says more than that."""

    def fetch(self, omm: OmmId, noun: Noun, local: int) -> "Deferred[None]":
        """Ask an OMM for one record; fires when the answer went through its queue."""

    @property
    def opens_secrets(self) -> bool:
        """Whether a private key was configured."""

    async def refresh_conflicts(self, bench: Bench) -> list[str]:
        """Mark users with one number; the texts for the event log."""

    def tell_conflicts(self, texts: list[str]) -> None:
        """Write new conflicts into the event log."""

    async def note_missing(self, omm: OmmId, missing: int) -> None:
        """So many records vanished from an OMM and wait for the administrator."""

    def learn(self, wire: str, max_len: int) -> None:
        """An OMM allows only that many characters for an attribute."""

    def credentials_missing(self, user: User, names: tuple[str, ...], omm: OmmId) -> None:
        """A user goes to an OMM without these secrets."""

    def without_set_pp(self, omm: OmmId) -> None:
        """An OMM does not know `SetPP`."""
