"""Rows to records and back, for every noun with a table of its own."""

from typing import Any

import pytest
import sqlalchemy as sa
from pytest_twisted import ensureDeferred as deferred

from mom.model.account import Account, AccountId
from mom.model.attribute import attributes
from mom.model.device import Device
from mom.model.user import User
from mom.store.database import Database
from mom.store.store import Store
from tests.store.conftest import Opener
from tests.store.records import device, full, omm, user


@pytest.mark.parametrize("record", [User, Device])
@deferred
async def test_every_attribute_survives(store: Store, record: Any) -> None:
    whole, bare = full(record, 1), record(**{"uid" if record is User else "ppn": 2})
    put = "put_user" if record is User else "put_device"
    async with store.write() as work:
        getattr(work, put)(None, whole)
        getattr(work, put)(None, bare)
    read = await store.read(
        lambda reading: (reading.users if record is User else reading.devices)([1, 2])
    )
    assert read == {1: whole, 2: bare}
    for attribute in attributes(record):
        stored = getattr(read[1], attribute.name)
        assert type(stored) is type(getattr(whole, attribute.name)), attribute.name


@deferred
async def test_told_empty_is_not_never_told(store: Store) -> None:
    async with store.write() as work:
        work.put_user(None, user(1, num="", vip=False, forward_time=0))
    read = (await store.read(lambda reading: reading.users([1])))[1]
    assert (read.num, read.vip, read.forward_time) == ("", False, 0)
    assert (read.hierarchy1, read.permanent, read.pp_profile_id) == (None, None, None)


@deferred
async def test_an_omm_record_survives(store: Store) -> None:
    site = omm(1, password="pässword", pins={"10.0.0.1": "ab"}, last_sync_seconds=1.25, port=1)
    async with store.write() as work:
        work.put_omm(None, site)
        work.put_omm(None, omm(2))
        assert await work.omms() == {1: site, 2: omm(2)}
    assert await store.read(lambda reading: reading.omms()) == {1: site, 2: omm(2)}


@deferred
async def test_an_account_survives_the_default_one_with_number_0_included(store: Store) -> None:
    account = Account(id=AccountId(0), name="mom", password_hash="$argon2id$x", write=True)
    async with store.write() as work:
        work.put_account(None, account)
    async with store.write() as work:
        assert await work.accounts() == {0: account}
        work.delete_account(account)
    assert await store.read(lambda reading: reading.accounts()) == {}


@deferred
async def test_no_secret_is_in_the_database_in_plain(url: str, opened: Opener) -> None:
    store = await opened(url)
    async with store.write() as work:
        work.put_user(None, full(User, 1))
        work.put_device(None, device(1, uak="Planted0123"))
        work.put_omm(None, omm(1, password="Planted4567"))
    async with store.write() as work:
        work.delete_device(device(1, uak="Planted0123"))
    await store.close()
    tables = {table: everything(url, table) for table in ("users", "devices", "omms", "trash")}
    assert all(tables[table] for table in ("users", "omms", "trash"))
    for planted in ("Planted", "gehäim", "Y2lwaGVy"):
        assert planted.encode() not in b"".join(tables.values())


def everything(url: str, table: str) -> bytes:
    engine = Database(url).engine(writer=False)
    with engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT * FROM {table}")).fetchall()
    engine.dispose()
    values = [value for row in rows for value in row if value is not None]
    return b"\n".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for value in values
    )


@deferred
async def test_a_whole_table_is_read_in_portions_by_number(store: Store) -> None:
    async with store.write() as work:
        for number in range(1, 1203):
            work.put_user(None, user(number))
    numbers = await store.read(lambda reading: [one.uid for one in reading.all_users()])
    assert numbers == list(range(1, 1203))


@deferred
async def test_single_columns_of_all_records_can_be_read(store: Store) -> None:
    async with store.write() as work:
        work.put_user(None, user(2, ppn=7))
        work.put_user(None, user(1))
    rows = await store.read(lambda reading: reading.user_columns(("uid", "num", "ppn")))
    assert rows == [(1, "1001", 0), (2, "1002", 7)]


@deferred
async def test_a_hidden_column_is_not_there(store: Store) -> None:
    with pytest.raises(ValueError, match="pin"):
        await store.read(lambda reading: reading.user_columns(("uid", "pin")))


@deferred
async def test_an_update_takes_values_away_too(store: Store) -> None:
    async with store.write() as work:
        work.put_user(None, full(User, 1))
    async with store.write() as work:
        work.put_user(full(User, 1), User(uid=1))
    assert await store.read(lambda reading: reading.users([1])) == {1: User(uid=1)}
