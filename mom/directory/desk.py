"""What the parts of one sitting need of the whole directory."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from twisted.internet.defer import Deferred

from mom.axi.clock import Clock
from mom.axi.mom_profile import DectLocate, DectSubscribe, PpLogin
from mom.directory.bench import Bench
from mom.directory.guard import Guard
from mom.directory.index import Index
from mom.directory.policy import Policy
from mom.directory.removal import Reach
from mom.directory.roaming.endings import Endings
from mom.directory.roaming.guests import Guests
from mom.directory.roaming.moves import Moves
from mom.directory.rows import Left, Removed, Row
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.giving import Giving
from mom.directory.sharing import Sharing
from mom.directory.surplus import Surplus
from mom.directory.units import Units
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.user import User
from mom.ports import OmmPort, Recorder
from mom.store.store import Store


class Place(Protocol):
    """The open sitting of an OMM as those see it who bring phones there."""

    following: bool
    giving: Giving
    """What is being brought there beside the ordinary sending."""

    @property
    def closed(self) -> bool:
        """The session is over."""

    @property
    def port(self) -> OmmPort:
        """The session."""

    @property
    def abilities(self) -> Abilities:
        """What the OMM can do."""

    @property
    def limit(self) -> int:
        """How many phones the OMM takes; 0 if it did not tell."""

    def push(self, items: Iterable[Row | Removed]) -> "Deferred[None]":
        """Queue answers; fires when they are committed."""

    def fetch(self, noun: Noun, local: int) -> "Deferred[None]":
        """Ask for a whole record; fires when the answer is committed, or there is none."""

    def look(self, noun: Noun, number: int) -> None:
        """Ask for a whole record by its system-wide number, if the OMM has it."""


class Desk(Protocol):
    """The directory as its sittings see it."""

    @property
    def store(self) -> Store:
        """The database, for reading."""

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

    @property
    def clock(self) -> Clock:
        """Measures how long things take."""

    @property
    def policy(self) -> Policy:
        """What administrators and the licence decide."""

    @property
    def moves(self) -> Moves:
        """Which phones move."""

    @property
    def endings(self) -> Endings:
        """Keeps how moves end."""

    @property
    def sharing(self) -> Sharing:
        """Runs small tasks in units of work that they share."""

    @property
    def guests(self) -> Guests:
        """Which records an OMM may keep for a while though they are not wanted there."""

    @property
    def surplus(self) -> Surplus:
        """The users of connected OMMs that the licence does not allow."""

    async def named(self, add_id: str) -> int:
        """The user with that login or additional ID; 0 if there is none, or more than one."""

    async def is_pari_only(self, device: int) -> bool:
        """Whether a phone may subscribe to the own identity of its OMM only."""

    def sitting(self, omm: OmmId) -> Place | None:
        """The open sitting of an OMM."""

    def omm(self, omm: OmmId) -> Omm | None:
        """The record of an OMM."""

    def home_of(self, ari: str) -> OmmId:
        """The OMM record with that ARI; 0 = none."""

    def visit(self, place: Place, event: DectLocate | DectSubscribe | PpLogin) -> None:
        """A phone or a person came to an OMM."""

    def follows(self, place: Place) -> None:
        """An OMM has been read: what is unfinished there is brought to its end."""

    def gone(self, omm: OmmId) -> None:
        """The session of an OMM is over."""

    def found(self, place: Place, arrived: Sequence[int], left: Sequence[Left]) -> None:
        """Devices turned out to have arrived at an OMM, or to have left others."""

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
