"""Keeps event log, explainable lines and roams at their lengths, rarely and many at once.

Runs in the writer's thread, inside the transaction of a unit of work.
"""

from sqlalchemy.engine import Connection

from mom.model.copy import Noun
from mom.store import events, lines, roams
from mom.store.repositories import Repositories
from mom.store.work import Work


class Housekeeping:
    """Remembers what was written since it last tidied up."""

    def __init__(self, rows: Repositories) -> None:
        self._rows = rows
        self._events = 0
        self._roams = 0
        self._lines: list[tuple[Noun, int]] = []

    def tidy(self, connection: Connection, work: Work) -> None:
        """Take note of what a unit of work wrote, and delete what is too old if it is time."""
        self._events += work.events_put
        if self._events >= events.TRIM_EVERY:
            self._rows.events.trim(connection)
            self._events = 0
        self._roams += work.roams_put
        if self._roams >= roams.TRIM_EVERY:
            self._rows.roams.trim(connection)
            self._roams = 0
        self._lines += work.lines_put()
        if len(self._lines) >= lines.TRIM_EVERY:
            for noun in {noun for noun, _ in self._lines}:
                numbers = {number for kind, number in self._lines if kind is noun}
                self._rows.lines.trim(connection, noun, numbers)
            self._lines = []
