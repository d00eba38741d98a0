"""What the routes need of the directory, as narrow protocols, so that tests can stand in."""

from collections.abc import Awaitable
from typing import Protocol

from mom.model.identities import OmmId


class MissingRecords(Protocol):
    """Decides about records that vanished from an OMM at once."""

    def restore_missing(self, omm: OmmId) -> Awaitable[int]:
        """Send them back to the OMM; tells how many."""

    def accept_missing(self, omm: OmmId) -> Awaitable[int]:
        """Delete them in MOM too; tells how many."""
