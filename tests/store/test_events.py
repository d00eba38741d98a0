import pytest
from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.model.omm import Severity
from mom.store import events
from mom.store.changes import Many
from mom.store.store import Store
from tests.store.records import event


@deferred
async def test_equal_events_are_counted_with_their_first_and_last_time(store: Store) -> None:
    async with store.write() as work:
        work.put_event(event("OMM not connected", 100))
        work.put_event(event("OMM not connected", 110))
    async with store.write() as work:
        work.put_event(event("OMM not connected", 120))
        work.put_event(event("OMM not connected", 115, severity=Severity.ERROR))
    first, second = await store.read(lambda reading: reading.events(100))
    assert (first.count, first.first, first.last) == (3, 100, 120)
    assert (second.severity, second.count) == (Severity.ERROR, 1)


@deferred
async def test_cleared_events_are_kept_but_not_shown_and_counted_anew(store: Store) -> None:
    async with store.write() as work:
        work.put_event(event("again", 100))
    async with store.write() as work:
        work.clear_events()
        work.put_event(event("cleared by mom", 200))
    async with store.write() as work:
        work.put_event(event("again", 300))
    shown = await store.read(lambda reading: reading.events(100))
    assert [(one.text, one.count) for one in shown] == [("again", 1), ("cleared by mom", 1)]
    everything = await store.read(lambda reading: list(reading.all_events()))
    assert [(one.text, one.cleared) for one in everything] == [
        ("again", True),
        ("cleared by mom", False),
        ("again", False),
    ]


@deferred
async def test_the_newest_100_are_shown(store: Store) -> None:
    async with store.write() as work:
        for at in range(130):
            work.put_event(event(f"event {at}", at))
    shown = await store.read(lambda reading: reading.events(100))
    assert [one.last for one in shown] == list(range(129, 29, -1))


@deferred
async def test_the_oldest_are_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEPT", 50)
    async with store.write() as work:
        for at in range(events.TRIM_EVERY):
            work.put_event(event(f"event {at}", at))
    everything = await store.read(lambda reading: list(reading.all_events()))
    assert [one.last for one in everything] == list(range(450, 500))


@deferred
async def test_the_feed_tells_that_there_are_new_events(store: Store) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)
    async with store.write(cause="ops") as work:
        work.put_event(event("x"))
    assert heard == [Many(Noun.EVENT, (), "ops")]
