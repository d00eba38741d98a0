from typing import Any

from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.user import User
from mom.store.changes import Change
from mom.store.query import Filter, Query
from mom.store.store import Store
from mom.store.work import TRASH_SECONDS
from tests.store.conftest import Clock
from tests.store.records import device, full, ipei_of, user


async def put_and_delete(store: Store, *records: User | Device) -> None:
    async with store.write() as work:
        for record in records:
            if isinstance(record, User):
                work.put_user(None, record)
            else:
                work.put_device(None, record)
    async with store.write(cause="deleted by mom") as work:
        for record in records:
            if isinstance(record, User):
                work.delete_user(record)
            else:
                work.delete_device(record)


@deferred
async def test_a_deleted_user_rests_whole_secrets_included(store: Store, clock: Clock) -> None:
    whole = full(User, 5)
    await put_and_delete(store, whole)
    assert await store.read(lambda reading: reading.users([5])) == {}
    async with store.write() as work:
        found = await work.trash_find(Noun.USER, "Ünique")
        assert await work.trash_get(Noun.USER, 5) == found
    assert found is not None
    assert (found.record, found.at, found.cause) == (whole, int(clock.now), "deleted by mom")
    (entry,) = await store.read(lambda reading: reading.trash())
    assert (entry.noun, entry.number, entry.record) == (Noun.USER, 5, None)


@deferred
async def test_a_deleted_device_is_found_by_its_ipei_with_and_without_blanks(store: Store) -> None:
    await put_and_delete(store, device(1, uak="key"))
    for text in (ipei_of(1), ipei_of(1).replace(" ", "")):
        found = await store.read(lambda reading, text=text: reading.discarded(Noun.DEVICE, text))
        assert found.record == device(1, uak="key")
    assert await store.read(lambda reading: reading.discarded(Noun.DEVICE, "")) is None
    assert await store.read(lambda reading: reading.discarded(Noun.USER, ipei_of(1))) is None


@deferred
async def test_of_several_with_one_number_the_last_deleted_is_found(
    store: Store, clock: Clock
) -> None:
    await put_and_delete(store, user(2, num="100"))
    clock.now += 5
    await put_and_delete(store, user(1, num="100"))
    found = await store.read(lambda reading: reading.discarded(Noun.USER, "100"))
    assert found.number == 1


@deferred
async def test_a_revived_record_is_back_under_its_number_and_out_of_the_trash(
    store: Store,
) -> None:
    await put_and_delete(store, user(1), device(1))
    heard: list[object] = []
    store.feed.subscribe(heard.extend)
    async with store.write() as work:
        person = await work.trash_get(Noun.USER, 1)
        phone = await work.trash_get(Noun.DEVICE, 1)
        assert person is not None
        assert phone is not None
        work.revive(person)
        work.revive(phone, device(1, revision=2))
    assert await store.read(lambda reading: reading.users([1])) == {1: user(1)}
    assert await store.read(lambda reading: reading.devices([1])) == {1: device(1, revision=2)}
    assert await store.read(lambda reading: reading.trash()) == []
    assert heard == [
        Change(Noun.USER, 1, None, user(1)),
        Change(Noun.DEVICE, 1, None, device(1, revision=2)),
    ]


@deferred
async def test_after_30_days_it_is_forgotten_with_its_lines(store: Store, clock: Clock) -> None:
    await put_and_delete(store, user(1))
    async with store.write() as work:
        work.add_line(Noun.USER, 1, 1, "deleted")
        work.add_line(Noun.USER, 2, 1, "another")
    clock.now += TRASH_SECONDS
    async with store.write() as work:
        assert await work.purge_trash() == 0
    clock.now += 1
    async with store.write() as work:
        assert await work.purge_trash() == 1
    assert await store.read(lambda reading: reading.trash()) == []
    assert await store.read(lambda reading: reading.lines(Noun.USER, 1)) == []
    assert len(await store.read(lambda reading: reading.lines(Noun.USER, 2))) == 1


@deferred
async def test_pages_of_the_trash_are_the_latest_first_filtered_and_searched(
    store: Store, clock: Clock
) -> None:
    for number in range(1, 5):
        await put_and_delete(store, user(number, num=f"10{number}", name=f"Ümit {number}"))
        clock.now += 1
    await put_and_delete(store, device(4))

    async def found(**asked: Any) -> tuple[list[tuple[str, int]], int]:
        page = await store.read(lambda reading: reading.page("trash", Query(**asked)))
        return [(each.noun.value, each.number) for each in page.items], page.total

    users = [("user", number) for number in range(1, 5)]
    assert await found(limit=2) == ([("device", 4), ("user", 4)], 5)
    assert await found(limit=2, offset=3) == ([("user", 2), ("user", 1)], 5)
    assert await found(sort="label") == ([("device", 4), *users], 5)
    assert await found(sort="-number", limit=2) == ([("user", 4), ("device", 4)], 5)
    assert await found(filters=(Filter("noun", "eq", "device"),)) == ([("device", 4)], 1)
    assert await found(filters=(Filter("label", "eq", "ÜMIT 2"),)) == ([("user", 2)], 1)
    assert await found(filters=(Filter("at", "gt", str(int(clock.now - 2))),), limit=0) == ([], 2)
    assert await found(q="ümit 3") == ([("user", 3)], 1)
    assert await found(q="101") == ([("user", 1)], 1)
    (entry,) = await store.read(
        lambda reading: reading.page("trash", Query(q="ümit 3", limit=1)).items
    )
    assert (entry.key, entry.label, entry.cause, entry.record) == (
        *("103", "Ümit 3", "deleted by mom"),
        None,
    )
