"""The event log: equal events are counted, written soon in batches, shown newest first.

Recording returns at once and never fails: events are gathered in memory, bounded, and written about
a second later. Knows no database but its shelf, and not what an event means.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec
from twisted.internet.defer import DeferredLock, ensureDeferred
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.model.event import Event
from mom.model.omm import Severity

SHOWN = 100
"""How many events the pages show."""
GATHERING_SECONDS = 1.0
RETRY_SECONDS = 15.0
MAX_GATHERED = 1000
"""How many different events wait in memory at most; further ones are counted as lost."""
MAX_TEXT = 1000
EXPORT_HEADER = ("id", "severity", "subsystem", "count", "first", "last", "cleared", "event")

_Key = tuple[Severity, str, str]


class EventShelf(Protocol):
    """Where events rest. It keeps the newest 10,000."""

    async def add(self, events: Sequence[Event]) -> None:
        """Write events; one that equals a shown one raises its count and its last time.

        The numbers of the events given are not used.
        """

    async def newest(self, limit: int) -> list[Event]:
        """The newest events that were not cleared, newest first."""

    async def clear(self, entry: Event) -> None:
        """Take all events out of what is shown and add the one that says so, in one step."""

    async def every(self) -> list[Event]:
        """All events that are kept, the cleared ones too, oldest first."""


class EventLog:
    """Records events (`mom.ports.Recorder`) and gives them out again.

    `now` is in seconds since 1970.
    """

    _log = Logger()

    def __init__(self, shelf: EventShelf, clock: Clock, now: Callable[[], float]) -> None:
        self._shelf = shelf
        self._clock = clock
        self._now = now
        self._turn = DeferredLock()
        self._gathered: dict[_Key, Event] = {}
        self._lost = 0
        self._timer: Timer | None = None
        self._stopped = False
        self._is_behind = False

    def record(self, severity: Severity, subsystem: str, text: str) -> None:
        """Add an event; it is stored within about a second."""
        at = int(self._now())
        text = text[:MAX_TEXT]
        self._gather(
            Event(id=0, severity=severity, subsystem=subsystem, text=text, first=at, last=at)
        )
        self._write_in(GATHERING_SECONDS)

    async def newest(self, limit: int = SHOWN) -> list[Event]:
        """The newest events, newest first, those that still wait in memory too."""
        await self.flush()
        return await self._shelf.newest(limit)

    async def clear(self, by: str) -> None:
        """Empty what is shown, but for one entry that says who did it."""
        await self.flush()
        at = int(self._now())
        text = f"The event log was cleared by {by}"
        await self._shelf.clear(
            Event(id=0, severity=Severity.OK, subsystem="Event log", text=text, first=at, last=at)
        )

    async def export(self) -> Iterator[tuple[str | int, ...]]:
        """The rows of the CSV file, the heading first: every event that is kept."""
        await self.flush()
        return export_rows(await self._shelf.every())

    async def flush(self) -> None:
        """Write what was gathered. If that fails it is tried again later."""
        async with self._turn:
            if self._timer is not None and self._timer.active():
                self._timer.cancel()
            self._timer = None
            if not self._gathered and not self._lost:
                return
            taken, lost = self._gathered, self._lost
            self._gathered, self._lost = {}, 0
            try:
                await self._shelf.add([*taken.values(), *self._loss(lost)])
            except Exception:  # noqa: BLE001 - whatever the shelf fails with, the events stay
                if not self._is_behind:
                    self._log.failure("{count} events could not be written", count=len(taken))
                self._is_behind = True
                self._take_back(taken, lost)
                self._write_in(RETRY_SECONDS)
            else:
                self._is_behind = False

    async def stop(self) -> None:
        """Write what is left and start no timer any more."""
        self._stopped = True
        await self.flush()

    def _gather(self, event: Event) -> None:
        key = (event.severity, event.subsystem, event.text)
        known = self._gathered.get(key)
        if known is not None:
            self._gathered[key] = msgspec.structs.replace(
                known,
                count=known.count + event.count,
                first=min(known.first, event.first),
                last=max(known.last, event.last),
            )
        elif len(self._gathered) < MAX_GATHERED:
            self._gathered[key] = event
        else:
            self._lost += event.count

    def _loss(self, lost: int) -> list[Event]:
        if not lost:
            return []
        at = int(self._now())
        text = "There were too many events at once; some are not listed"
        return [
            Event(
                id=0,
                severity=Severity.WARNING,
                subsystem="Event log",
                text=text,
                count=lost,
                first=at,
                last=at,
            )
        ]

    def _take_back(self, taken: dict[_Key, Event], lost: int) -> None:
        newer = self._gathered
        self._gathered = taken
        self._lost += lost
        for event in newer.values():
            self._gather(event)

    def _write_in(self, seconds: float) -> None:
        if self._timer is None and not self._stopped:
            self._timer = self._clock.callLater(seconds, self._write)

    def _write(self) -> None:
        ensureDeferred(self.flush()).addErrback(
            lambda failure: self._log.failure("Writing events failed", failure)
        )


def export_rows(events: Sequence[Event]) -> Iterator[tuple[str | int, ...]]:
    """The heading and one row for each event; times are seconds since 1970."""
    yield EXPORT_HEADER
    for event in events:
        yield (
            event.id,
            event.severity.value,
            event.subsystem,
            event.count,
            event.first,
            event.last,
            int(event.cleared),
            event.text,
        )
