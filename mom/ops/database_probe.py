"""Health of the database: does it answer, and how fast? Knows no SQL; what to try is handed in."""

from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred, TimeoutError, ensureDeferred
from twisted.logger import Logger

from mom.axi.clock import Clock
from mom.model.omm import Severity
from mom.ports import Component

COMPONENT = "Database"
TIMEOUT_SECONDS = 10.0
SLOW_SECONDS = 2.0


class DatabaseProbe:
    """Tries the database at each check; `try_it` reads something small from it."""

    _log = Logger()

    def __init__(self, clock: Clock, try_it: Callable[[], Awaitable[object]]) -> None:
        self._clock = clock
        self._try = try_it
        self._found = Component(COMPONENT, Severity.OK)

    async def check(self) -> None:
        """Try it now, for at most ten seconds."""
        began = self._clock.seconds()
        try:
            await self._within_time()
        except TimeoutError:
            self._found = Component(COMPONENT, Severity.ERROR, "The database does not answer")
        except Exception:  # noqa: BLE001 - any failure of a database is the same finding
            self._log.failure("The database could not be read")
            self._found = Component(COMPONENT, Severity.ERROR, "The database cannot be read")
        else:
            self._found = _speed(self._clock.seconds() - began)

    def snapshot(self) -> list[Component]:
        """What the last check found; OK before the first."""
        return [self._found]

    def _within_time(self) -> Deferred[object]:
        async def tried() -> object:
            return await self._try()

        return ensureDeferred(tried()).addTimeout(TIMEOUT_SECONDS, self._clock)  # type: ignore[arg-type]


def _speed(seconds: float) -> Component:
    if seconds < SLOW_SECONDS:
        return Component(COMPONENT, Severity.OK)
    return Component(COMPONENT, Severity.WARNING, f"The database is slow: {seconds:.0f} s to read")
