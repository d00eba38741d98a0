import time
from pathlib import Path

import psycopg
import pytest
from pytest_twisted import ensureDeferred as deferred
from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import deferLater

from mom.model.copy import Noun
from mom.model.user import User
from mom.store.changes import Change, Many
from mom.store.database import ADVISORY_LOCK
from mom.store.errors import Clash, Occupied, OpenRefused, OutOfRange, StoreClosed, WrongKey
from mom.store.repositories import Reading
from mom.store.store import EASE_EVERY, Store
from mom.store.threads import READERS
from mom.store.vault import KEY_BYTES, Vault
from tests.postgresql import PostgresqlServer
from tests.store.conftest import Clock, Opener
from tests.store.records import device, ipei_of, omm, user


@deferred
async def test_what_a_unit_put_is_there_when_it_has_ended(store: Store) -> None:
    async with store.write() as work:
        work.put_user(None, user(1))
    assert await store.read(lambda reading: reading.users([1, 2])) == {1: user(1)}


@deferred
async def test_an_exception_inside_a_unit_stores_and_tells_nothing(store: Store) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)

    async def broken() -> None:
        async with store.write() as work:
            work.put_user(None, user(1))
            work.next_numbers(Noun.USER, 5)
            raise KeyError("broken")

    with pytest.raises(KeyError):
        await broken()
    assert await store.read(lambda reading: reading.users([1])) == {}
    assert heard == []
    async with store.write() as work:
        assert work.next_numbers(Noun.USER, 1) == range(1, 2)


@deferred
async def test_a_unit_that_breaks_a_rule_is_refused_as_a_whole(store: Store) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)

    async def clashing() -> None:
        async with store.write() as work:
            work.put_user(None, user(1))
            work.put_device(None, device(1, ipei=ipei_of(9)))
            work.put_device(None, device(2, ipei=ipei_of(9)))

    with pytest.raises(Clash):
        await clashing()
    assert await store.read(lambda reading: reading.users([1])) == {}
    assert heard == []
    async with store.write() as work:
        work.put_user(None, user(1))
    assert heard == [Change(Noun.USER, 1, None, user(1))]


@deferred
async def test_what_no_record_can_have_is_found_nowhere_or_out_of_range(
    store: Store, url: str
) -> None:
    async def found() -> object:
        return await store.read(lambda reading: reading.lines(Noun.USER, 2**63))

    if url.startswith("postgresql"):
        assert await found() == []
        return
    with pytest.raises(OutOfRange, match="has no such value"):
        await found()


@deferred
async def test_a_value_that_cannot_be_held_is_told_from_a_database_that_does_not_answer(
    store: Store, url: str
) -> None:
    """SQLite holds a NUL as any other character."""
    async with store.write() as work:
        work.put_user(None, user(1))
    values = [user(2, fixed_sip_port=2**63)]
    values += [user(2, name="a\0b")] if url.startswith("postgresql") else []
    for wrong in values:
        with pytest.raises(OutOfRange, match="cannot hold a value"):
            async with store.write() as work:
                work.put_user(None, wrong)
    async with store.write() as work:
        work.put_user(None, user(3))
    assert set(await store.read(lambda reading: reading.users([1, 2, 3]))) == {1, 3}


@deferred
async def test_changes_are_told_after_the_commit_with_before_after_and_cause(store: Store) -> None:
    async with store.write() as work:
        work.put_user(None, user(1))
    heard: list[object] = []
    store.feed.subscribe(heard.extend)
    renamed = user(1, name="Renamed")
    async with store.write(cause="account mom") as work:
        work.put_user(user(1), renamed)
        assert heard == []
    assert heard == [Change(Noun.USER, 1, user(1), renamed, "account mom")]


@deferred
async def test_a_record_put_twice_is_told_once(store: Store) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)
    async with store.write() as work:
        work.put_user(None, user(1, name="A"))
        work.put_user(user(1, name="A"), user(1, name="B"))
    assert heard == [Change(Noun.USER, 1, None, user(1, name="B"))]


@deferred
async def test_a_record_made_and_deleted_in_one_unit_is_neither_stored_nor_told(
    store: Store,
) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)
    async with store.write() as work:
        work.put_user(None, user(1))
        work.delete_user(user(1))
    assert heard == []
    assert await store.read(lambda reading: reading.users([1])) == {}


@deferred
async def test_a_unit_reads_what_it_has_put_itself(store: Store) -> None:
    async with store.write() as work:
        work.put_user(None, user(1))
        work.put_user(None, user(2))
    async with store.write() as work:
        work.put_user(user(1), user(1, name="New"))
        work.delete_user(user(2))
        work.put_device(None, device(3))
        users, devices = await work.records([1, 2], [3])
        assert users == {1: user(1, name="New")}
        assert devices == {3: device(3)}


@deferred
async def test_units_run_one_at_a_time_in_the_order_they_were_asked_for(store: Store) -> None:
    order: list[str] = []
    may_end: Deferred[None] = Deferred()

    async def unit(name: str, wait: Deferred[None] | None = None) -> None:
        async with store.write() as work:
            order.append(f"{name} begins")
            if wait is not None:
                await wait
            work.put_user(None, user(1, name=name))
        order.append(f"{name} ended")

    first, second, third = (
        ensureDeferred(unit("A", may_end)),
        ensureDeferred(unit("B")),
        ensureDeferred(unit("C")),
    )
    await store.read(lambda reading: reading.users([1]))
    assert order == ["A begins"]
    may_end.callback(None)
    for one in (first, second, third):
        await one
    assert [word for word in order if "begins" in word] == ["A begins", "B begins", "C begins"]
    assert (await store.read(lambda reading: reading.users([1])))[1].name == "C"


@deferred
async def test_a_cancelled_wait_for_a_commit_still_stores_and_tells(store: Store) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)

    async def unit() -> None:
        async with store.write() as work:
            work.put_user(None, user(1))

    waiting = ensureDeferred(unit())
    waiting.addErrback(lambda why: None)
    waiting.cancel()
    async with store.write() as work:
        assert await work.records([1], []) == ({1: user(1)}, {})
    assert len(heard) == 1


@deferred
async def test_a_durable_unit_is_stored_like_any_other(store: Store) -> None:
    for number, durable in enumerate((True, False, True), 1):
        async with store.write(durable=durable) as work:
            work.put_user(None, user(number))
    assert len(await store.read(lambda reading: reading.users([1, 2, 3]))) == 3


@deferred
async def test_many_small_units_move_to_the_file_by_themselves(
    sqlite_url: str, opened: Opener, tmp_path: Path
) -> None:
    store = await opened(sqlite_url)
    before = (tmp_path / "mom.db").read_bytes()
    for number in range(1, EASE_EVERY + 1):
        async with store.write() as work:
            work.put_user(None, user(number))
    moved = before
    while moved == before:
        await deferLater(reactor, 0, lambda: None)
        moved = (tmp_path / "mom.db").read_bytes()
    assert len(moved) >= len(before)


@deferred
async def test_a_closing_store_finishes_what_it_was_asked_before(url: str, opened: Opener) -> None:
    store = await opened(url)
    asked = [ensureDeferred(store.read(slow)) for slow in [_slow] * (2 * READERS + 1)]
    await store.close()
    with pytest.raises(StoreClosed):
        await store.read(_slow)
    assert [await answer for answer in asked] == [{}] * (2 * READERS + 1)


def _slow(reading: Reading) -> dict[int, User]:
    time.sleep(0.02)
    return reading.users([1])


@deferred
async def test_a_store_that_is_being_eased_can_be_closed(url: str, opened: Opener) -> None:
    store = await opened(url)
    for number in range(1, EASE_EVERY + 1):
        async with store.write() as work:
            work.put_user(None, user(number))
    await store.close()
    again = await opened(url)
    assert len(await again.read(lambda reading: list(reading.all_users()))) == EASE_EVERY


@deferred
async def test_a_bulk_import_is_told_as_many(store: Store) -> None:
    index: list[object] = []
    pages: list[object] = []
    store.feed.subscribe(index.extend, first=True)
    store.feed.subscribe(pages.extend)
    async with store.write(cause="import") as work:
        for number in (1, 2):
            work.put_user(None, user(number))
        work.put_omm(None, omm(1))
        work.many(Noun.USER, [1, 2])
    assert [change.id for change in index if isinstance(change, Change)] == [1, 1, 2]
    assert pages == [
        Change(Noun.OMM, 1, None, omm(1), "import"),
        Many(Noun.USER, (1, 2), "import"),
    ]


@deferred
async def test_a_failing_query_fails_its_reader_only(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await store.read(lambda reading: 1 // 0)
    assert await store.read(lambda reading: reading.users([1])) == {}


@deferred
async def test_a_closed_store_refuses(url: str, opened: Opener) -> None:
    store = await opened(url)
    await store.close()
    await store.close()
    with pytest.raises(StoreClosed):
        await store.read(lambda reading: reading.users([1]))
    with pytest.raises(StoreClosed):
        async with store.write():
            pass


@deferred
async def test_everything_is_there_when_opened_again(url: str, opened: Opener) -> None:
    store = await opened(url)
    async with store.write() as work:
        work.put_user(None, user(1))
        work.next_numbers(Noun.USER, 7)
    await store.close()
    again = await opened(url)
    assert await again.read(lambda reading: reading.users([1])) == {1: user(1)}
    async with again.write() as work:
        assert work.next_numbers(Noun.USER, 1) == range(8, 9)


@deferred
async def test_another_key_file_is_refused(url: str, opened: Opener, clock: Clock) -> None:
    store = await opened(url)
    await store.close()
    with pytest.raises(WrongKey):
        await Store.open(url, Vault(bytes(KEY_BYTES)), reactor, clock)


@deferred
async def test_a_second_mom_is_refused_by_postgresql(
    store: Store, url: str, opened: Opener
) -> None:
    if url.startswith("sqlite"):
        other = await opened(url)
        assert await other.read(lambda reading: reading.users([1])) == {}
        return
    with pytest.raises(Occupied):
        await opened(url)


@deferred
async def test_the_lock_of_a_mom_that_has_just_ended_is_waited_for(
    postgresql: PostgresqlServer, opened: Opener
) -> None:
    url = postgresql.new_database()
    former = psycopg.connect(url, autocommit=True)
    former.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    opening = ensureDeferred(opened(url))
    while not _is_waited_for(former):
        await deferLater(reactor, 0.01, lambda: None)
    former.close()
    store = await opening
    assert await store.read(lambda reading: reading.users([1])) == {}
    await store.close()
    postgresql.drop_database(url)


def _is_waited_for(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return connection.execute(waiting).fetchone() == (1,)


@pytest.mark.parametrize("url", ["mysql://localhost/mom", "nonsense"])
@deferred
async def test_another_database_is_refused_by_name(url: str, opened: Opener) -> None:
    with pytest.raises(OpenRefused):
        await opened(url)
