"""Health of the database: does it answer, how fast, and does it store? Knows no SQL.

What to try is handed in.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from twisted.internet.defer import Deferred, TimeoutError, ensureDeferred
from twisted.logger import Logger

from mom.axi.clock import Clock
from mom.model.omm import Severity
from mom.ports import Component

COMPONENT = "Database"
TIMEOUT_SECONDS = 10.0
SLOW_SECONDS = 2.0


class Tried(Protocol):
    """The database as the probe sees it."""

    @property
    def trouble(self) -> str:
        """Why nothing was stored when something was to be stored last; empty if it was."""

    async def read(self) -> object:
        """Read something small."""

    async def write(self) -> object:
        """Store something small; ends `trouble`, or raises."""


class DatabaseProbe:
    """Tries the database at each check; writing only while nothing was stored."""

    _log = Logger()

    def __init__(self, clock: Clock, database: Tried) -> None:
        self._clock = clock
        self._database = database
        self._found = Component(COMPONENT, Severity.OK)

    async def check(self) -> None:
        """Try it now, for at most ten seconds."""
        began = self._clock.seconds()
        try:
            await self._within_time(self._database.read)
        except TimeoutError:
            self._found = Component(COMPONENT, Severity.ERROR, "The database does not answer")
        except Exception:  # noqa: BLE001 - any failure of a database is the same finding
            self._log.failure("The database could not be read")
            self._found = Component(COMPONENT, Severity.ERROR, "The database cannot be read")
        else:
            self._found = _speed(self._clock.seconds() - began)
            if self._database.trouble:
                with suppress(Exception):  # It stays in trouble, which the store has told.
                    await self._within_time(self._database.write)

    def snapshot(self) -> list[Component]:
        """What the last check found, OK before the first; at once that nothing is stored."""
        trouble = self._database.trouble
        if trouble:
            return [Component(COMPONENT, Severity.ERROR, f"The database stores nothing: {trouble}")]
        return [self._found]

    def _within_time(self, work: Callable[[], Awaitable[object]]) -> Deferred[object]:
        async def tried() -> object:
            return await work()

        return ensureDeferred(tried()).addTimeout(TIMEOUT_SECONDS, self._clock)  # type: ignore[arg-type]


def _speed(seconds: float) -> Component:
    if seconds < SLOW_SECONDS:
        return Component(COMPONENT, Severity.OK)
    return Component(COMPONENT, Severity.WARNING, f"The database is slow: {seconds:.0f} s to read")
