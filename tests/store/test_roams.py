"""The moves of phones: kept, counted down to the newest, asked for like other collections."""

import pytest
from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.model.identities import DeviceNumber, OmmId
from mom.model.roam import Roam, RoamResult
from mom.store import roams
from mom.store.changes import Change, Many
from mom.store.query import Filter, Query
from mom.store.store import Store


def roam(number: int, at: int = 100, result: RoamResult = RoamResult.MOVED) -> Roam:
    return Roam(
        at=at,
        ppn=DeviceNumber(number),
        ipei="03074 0220259 3",
        source=OmmId(1),
        target=OmmId(2),
        seconds=0.012,
        result=result,
        cause="ENoMem" if result is RoamResult.REFUSED else "",
    )


@deferred
async def test_roams_are_kept_with_numbers_of_the_database(store: Store) -> None:
    async with store.write() as work:
        work.put_roam(roam(7))
        work.put_roam(roam(8, 101, RoamResult.REFUSED))
    query = Query(sort="-id", filters=(Filter("ppn", "eq", "8"),))
    page = await store.read(lambda reading: reading.page("roams", query))
    (found,) = page.items
    assert (found.ppn, found.result, found.cause, found.source) == (
        8,
        RoamResult.REFUSED,
        "ENoMem",
        1,
    )
    everything = await store.read(lambda reading: reading.page("roams", Query(sort="-at")))
    assert [each.ppn for each in everything.items] == [8, 7]
    assert everything.items[1].seconds == 0.012


@deferred
async def test_only_the_newest_roams_are_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roams, "KEPT", 5)
    monkeypatch.setattr(roams, "TRIM_EVERY", 4)
    for start in range(0, 12, 4):
        async with store.write() as work:
            for number in range(start, start + 4):
                work.put_roam(roam(number))
    page = await store.read(lambda reading: reading.page("roams", Query()))
    assert [each.ppn for each in page.items] == [7, 8, 9, 10, 11]


@deferred
async def test_listeners_hear_that_there_are_new_roams(store: Store) -> None:
    heard: list[Change | Many] = []
    store.feed.subscribe(heard.extend)
    async with store.write(cause="roaming") as work:
        work.put_roam(roam(7))
    assert heard == [Change(Noun.ROAM, 0, None, roam(7), "roaming")]
