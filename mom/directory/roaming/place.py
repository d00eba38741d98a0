"""The open sitting of an OMM as those see it who bring phones there."""

from collections.abc import Iterable
from typing import Protocol

from twisted.internet.defer import Deferred

from mom.directory.rows import Removed, Row
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.giving import Giving
from mom.model.copy import Noun
from mom.ports import OmmPort


class Losses(Protocol):
    """What vanished from an OMM and waits for the administrator."""

    def waits(self, noun: Noun, number: int) -> bool:
        """Whether a record or the one it is bound to does, and is not to be brought there."""


class Place(Protocol):
    """The open sitting of an OMM as those see it who bring phones there."""

    following: bool
    giving: Giving
    """What is being brought there beside the ordinary sending."""

    @property
    def closed(self) -> bool:
        """The session is over."""

    @property
    def losses(self) -> Losses:
        """What vanished from the OMM and waits for the administrator."""

    @property
    def port(self) -> OmmPort:
        """The session."""

    @property
    def abilities(self) -> Abilities:
        """What the OMM can do."""

    @property
    def limit(self) -> int:
        """How many phones of MOM the OMM takes; 0 if it never told how many it takes at all."""

    def push(self, items: Iterable[Row | Removed]) -> "Deferred[None]":
        """Queue answers; fires when they are committed."""

    def fetch(self, noun: Noun, local: int) -> "Deferred[None]":
        """Ask for a whole record; fires when the answer is committed, or there is none."""

    def look(self, noun: Noun, number: int) -> None:
        """Ask for a whole record by its system-wide number, if the OMM has it."""
