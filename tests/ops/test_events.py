"""The event log on a shelf in memory and on the store; both keep the same promises."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_twisted
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred as started
from twisted.internet.task import Clock

from mom.model.event import Event
from mom.model.omm import Severity
from mom.ops.event_store import StoreEvents
from mom.ops.events import MAX_GATHERED, RETRY_SECONDS, EventLog, EventShelf
from mom.store.store import Store
from mom.store.vault import Vault

OK, WARNING = Severity.OK, Severity.WARNING


class MemoryEvents:
    """A shelf of events in a list."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.writes = 0
        self.broken = False

    async def add(self, events: Sequence[Event]) -> None:
        if self.broken:
            raise OSError("disk full")
        self.writes += 1
        for event in events:
            self._count(event)

    async def newest(self, limit: int) -> list[Event]:
        shown = [event for event in self.events if not event.cleared]
        return sorted(shown, key=lambda event: (-event.last, -event.id))[:limit]

    async def clear(self, entry: Event) -> None:
        self.events = [msgspec.structs.replace(event, cleared=True) for event in self.events]
        self._count(entry)

    async def every(self) -> list[Event]:
        return self.events

    def _count(self, event: Event) -> None:
        def same(known: Event) -> tuple[object, ...]:
            return known.severity, known.subsystem, known.text, known.cleared

        for place, known in enumerate(self.events):
            if same(known) == same(event):
                count = known.count + event.count
                changed = msgspec.structs.replace(known, count=count, last=event.last)
                self.events[place] = changed
                return
        self.events.append(msgspec.structs.replace(event, id=len(self.events) + 1))


class Desk:
    """An event log with a clock that stands until it is moved."""

    def __init__(self, shelf: EventShelf) -> None:
        self.clock = Clock()
        self.log = EventLog(shelf, self.clock, lambda: 1_700_000_000 + self.clock.seconds())

    async def texts(self) -> list[tuple[str, int]]:
        return [(event.text, event.count) for event in await self.log.newest()]


@pytest.fixture
def memory() -> MemoryEvents:
    return MemoryEvents()


@pytest.fixture(params=["memory", "store"])
def desk(request: pytest.FixtureRequest, memory: MemoryEvents, tmp_path: Path) -> Any:
    if request.param == "memory":
        yield Desk(memory)
        return
    url = f"sqlite:///{tmp_path / 'mom.db'}"
    opening = started(Store.open(url, Vault(bytes(32)), reactor, lambda: 1_700_000_000.0))
    store = pytest_twisted.blockon(opening)
    found = Desk(StoreEvents(store))
    yield found
    pytest_twisted.blockon(started(found.log.stop()))
    pytest_twisted.blockon(started(store.close()))


@pytest.mark.feature("F215")
@ensureDeferred
async def test_a_repeated_event_raises_the_count_and_keeps_first_and_last_time(desk: Desk) -> None:
    desk.log.record(WARNING, "OMMs", "Harbour is away")
    desk.clock.advance(0.5)
    desk.log.record(WARNING, "OMMs", "Harbour is away")
    await desk.log.flush()
    desk.clock.advance(100)
    desk.log.record(WARNING, "OMMs", "Harbour is away")
    (event,) = await desk.log.newest()
    assert (event.severity, event.subsystem, event.text) == (WARNING, "OMMs", "Harbour is away")
    assert (event.count, event.first, event.last) == (3, 1_700_000_000, 1_700_000_100)


@ensureDeferred
async def test_events_that_differ_in_anything_are_told_apart(desk: Desk) -> None:
    desk.log.record(OK, "a", "x")
    desk.log.record(WARNING, "a", "x")
    desk.log.record(OK, "b", "x")
    desk.log.record(OK, "a", "y")
    assert [count for _, count in await desk.texts()] == [1, 1, 1, 1]


@pytest.mark.feature("F214")
@ensureDeferred
async def test_the_newest_hundred_are_shown_newest_first(desk: Desk) -> None:
    for number in range(120):
        desk.log.record(OK, "a", f"event {number}")
        desk.clock.advance(2)
    shown = await desk.texts()
    assert shown[0] == ("event 119", 1)
    assert len(shown) == 100
    assert shown[-1] == ("event 20", 1)


@pytest.mark.feature("F216")
@ensureDeferred
async def test_clearing_leaves_one_entry_and_export_has_all(desk: Desk) -> None:
    desk.log.record(OK, "a", "one")
    desk.log.record(OK, "a", "two")
    await desk.log.clear("Alice")
    assert await desk.texts() == [("The event log was cleared by Alice", 1)]
    heading, *rows = await desk.log.export()
    assert heading == ("id", "severity", "subsystem", "count", "first", "last", "cleared", "event")
    assert [(row[-1], row[-2]) for row in rows] == [
        ("one", 1),
        ("two", 1),
        ("The event log was cleared by Alice", 0),
    ]


@ensureDeferred
async def test_an_event_that_was_cleared_begins_anew(desk: Desk) -> None:
    desk.log.record(OK, "a", "one")
    await desk.log.clear("Alice")
    desk.clock.advance(5)
    desk.log.record(OK, "a", "one")
    assert (await desk.texts())[0] == ("one", 1)


def test_recording_returns_at_once_and_is_written_in_one_go_a_second_later(
    memory: MemoryEvents,
) -> None:
    desk = Desk(memory)
    for number in range(10):
        desk.log.record(OK, "a", f"event {number}")
    assert memory.writes == 0
    desk.clock.advance(1.0)
    assert (memory.writes, len(memory.events)) == (1, 10)
    assert desk.clock.getDelayedCalls() == []


def test_a_failed_write_is_told_once_tried_again_and_loses_nothing(
    memory: MemoryEvents, logged_errors: Any
) -> None:
    desk = Desk(memory)
    memory.broken = True
    desk.log.record(OK, "a", "one")
    desk.clock.advance(1.0)
    desk.clock.advance(RETRY_SECONDS)
    assert len(logged_errors.flush(OSError)) == 1
    memory.broken = False
    desk.log.record(OK, "a", "one")
    desk.clock.advance(RETRY_SECONDS)
    assert [(event.text, event.count) for event in memory.events] == [("one", 2)]


def test_a_flood_of_different_events_is_bounded_and_told(memory: MemoryEvents) -> None:
    desk = Desk(memory)
    for number in range(MAX_GATHERED + 7):
        desk.log.record(OK, "a", f"event {number}")
    desk.clock.advance(1.0)
    assert len(memory.events) == MAX_GATHERED + 1
    last = memory.events[-1]
    assert (last.count, last.text) == (7, "There were too many events at once; some are not listed")


def test_a_very_long_text_is_cut(memory: MemoryEvents) -> None:
    desk = Desk(memory)
    desk.log.record(OK, "a", "x" * 5000)
    desk.clock.advance(1.0)
    assert memory.events[0].text == "x" * 1000


@ensureDeferred
async def test_stopping_writes_what_is_left_and_leaves_no_timer(memory: MemoryEvents) -> None:
    desk = Desk(memory)
    desk.log.record(OK, "a", "one")
    await desk.log.stop()
    desk.log.record(OK, "a", "two")
    assert [event.text for event in memory.events] == ["one"]
    assert desk.clock.getDelayedCalls() == []
