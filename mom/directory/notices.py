"""What of the directory goes into the event log, in words, from wherever it is found out."""

from collections.abc import Iterable

from mom.directory.index import Index
from mom.directory.lines import omm_name
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Severity
from mom.model.user import User
from mom.ports import Recorder

_SUBSYSTEM = "directory"


class Notices:
    """Writes into the event log."""

    def __init__(self, recorder: Recorder, index: Index) -> None:
        self._recorder = recorder
        self._index = index

    def warn(self, text: str) -> None:
        """Something that people should know."""
        self._recorder.record(Severity.WARNING, _SUBSYSTEM, text)

    def error(self, text: str) -> None:
        """Something that people must see to."""
        self._recorder.record(Severity.ERROR, _SUBSYSTEM, text)

    def conflicts(self, texts: Iterable[str]) -> None:
        """New conflicts, in words."""
        for text in texts:
            self.warn(text)

    def credentials_missing(self, user: User, names: tuple[str, ...], omm: OmmId) -> None:
        """A user goes to an OMM without these secrets."""
        others = {copy.omm for copy in self._index.copies(Noun.USER, user.uid)} - {omm}
        of = ", ".join(omm_name(other) for other in sorted(others)) or "MOM"
        self.warn(
            f"user {user.uid} goes to {omm_name(omm)} without {', '.join(names)},"
            f" which {of} keeps under another key"
        )

    def without_set_pp(self, omm: OmmId) -> None:
        """An OMM does not know `SetPP`."""
        self.warn(f"{omm_name(omm)} does not know SetPP: no system-wide numbers there, no roaming")

    def waiting(self, omm: OmmId) -> None:
        """Somebody came to an OMM whose records vanished from it and wait for the administrator."""
        self.warn(f"phones at {omm_name(omm)} wait: its missing records are not restored yet")

    def missing(self, omm: OmmId, missing: int) -> None:
        """So many records vanished from an OMM and wait for the administrator."""
        self.error(f"{missing} records missing on {omm_name(omm)}: restore or accept?")
