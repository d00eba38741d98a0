import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_twisted import ensureDeferred as deferred

from mom.store.database import Database
from mom.store.errors import NotStored, OpenRefused, OutOfRange
from mom.store.store import Store
from tests.conftest import LoggedErrors
from tests.postgresql import PostgresqlServer
from tests.store.conftest import Opener
from tests.store.records import user


@pytest.mark.parametrize("url", ["mysql://localhost/mom", "nonsense", ""])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(OpenRefused):
        Database(url)


def test_an_error_never_shows_the_password_of_a_url() -> None:
    with pytest.raises(OpenRefused) as caught:
        Database("mysql://mom:planted@localhost/mom")
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("writer", [True, False])
def test_sqlite_checks_foreign_keys_and_writes_ahead(sqlite_url: str, writer: bool) -> None:
    database = Database(sqlite_url)
    database.engine(writer=True).connect().close()
    engine = database.engine(writer=writer)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    engine.dispose()


@pytest.mark.parametrize("writer", [True, False])
def test_postgresql_compiles_no_question(postgresql: PostgresqlServer, writer: bool) -> None:
    url = postgresql.new_database()
    engine = Database(url).engine(writer=writer)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW jit").scalar() == "off"
    engine.dispose()
    postgresql.drop_database(url)


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
def test_a_durable_transaction_is_synchronised_with_the_disk(
    sqlite_url: str, durable: bool, synchronous: int
) -> None:
    database = Database(sqlite_url)
    engine = database.engine(writer=True)
    with engine.connect() as connection, database.writing(connection, durable=durable):
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == synchronous
    engine.dispose()


def test_each_transaction_of_a_connection_is_as_durable_as_it_was_asked_to_be(
    sqlite_url: str,
) -> None:
    database = Database(sqlite_url)
    engine = database.engine(writer=True)
    found = []
    with engine.connect() as connection:
        for durable in (False, True, True, False):
            with database.writing(connection, durable=durable):
                found.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())
    engine.dispose()
    assert found == [1, 2, 2, 1]


def test_each_transaction_of_postgresql_is_as_durable_as_it_was_asked_to_be(
    postgresql: PostgresqlServer,
) -> None:
    url = postgresql.borrow()
    database = Database(url)
    engine = database.engine(writer=True)
    found = []
    with engine.connect() as connection:
        for durable in (False, True, True, False):
            with database.writing(connection, durable=durable):
                found.append(connection.exec_driver_sql("SHOW synchronous_commit").scalar())
    engine.dispose()
    postgresql.give_back(url)
    assert found == ["off", "on", "on", "off"]


def test_easing_moves_what_was_committed_to_the_file_while_the_writer_goes_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    assert database.path is not None
    writer, reader = (database.engine(writer=which) for which in (True, False))
    with writer.connect() as writing, reader.connect() as beside:
        with database.writing(writing, durable=False):
            writing.exec_driver_sql("CREATE TABLE x (y)")
        with database.writing(writing, durable=False):
            writing.exec_driver_sql("INSERT INTO x VALUES (1)")
            database.ease(beside)
            alone = tmp_path / "alone.db"
            alone.write_bytes(database.path.read_bytes())
    for engine in (writer, reader):
        engine.dispose()
    with sqlite3.connect(alone) as found:
        assert found.execute("SELECT count(*) FROM x").fetchone() == (0,)
    found.close()


def test_a_reader_of_sqlite_cannot_write(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.engine(writer=True).connect().close()
    engine = database.engine(writer=False)
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError):
        connection.exec_driver_sql("CREATE TABLE x (y)")
    engine.dispose()


async def fill(store: Store, pages: int) -> None:
    """Let the file of an SQLite database have no more than so many pages."""

    def bound(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA max_page_count={pages}")

    await store._threads.write(bound)


@deferred
async def test_a_full_disk_is_told_once_and_so_is_its_end(
    sqlite_url: str, opened: Opener, logged_errors: LoggedErrors
) -> None:
    store = await opened(sqlite_url)
    assert store.trouble == ""
    await fill(store, 1)

    async def many() -> None:
        async with store.write() as work:
            for number in range(1, 100):
                work.put_user(None, user(number))

    for _ in range(2):
        with pytest.raises(NotStored):
            await many()
        assert store.trouble == "database or disk is full"
    (told,) = logged_errors.flush()
    assert told["reason"] == "database or disk is full"
    await fill(store, 1 << 30)
    await many()
    assert store.trouble == ""


@deferred
async def test_what_breaks_a_rule_is_no_trouble_of_the_database(store: Store) -> None:
    with pytest.raises(OutOfRange):
        async with store.write() as work:
            work.put_user(None, user(1 << 70))
    assert store.trouble == ""


@deferred
async def test_after_a_lost_connection_the_next_unit_is_stored(
    store: Store, url: str, logged_errors: LoggedErrors
) -> None:
    if url.startswith("sqlite"):
        assert Database(url).is_sqlite
        return
    engine = Database(url).engine(writer=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    engine.dispose()

    async def unit(number: int) -> None:
        async with store.write() as work:
            work.put_user(None, user(number))

    with pytest.raises(NotStored):
        await unit(1)
    assert len(logged_errors.flush()) == 1
    await unit(2)
    assert await store.read(lambda reading: reading.users([1, 2])) == {2: user(2)}


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/mom.db", "postgresql://mom:planted@/mom?host=/nowhere"]
)
@deferred
async def test_a_database_that_is_not_there_is_refused_in_words(url: str, opened: Opener) -> None:
    with pytest.raises(OpenRefused, match="cannot be opened") as caught:
        await opened(url)
    assert "planted" not in str(caught.value)


@deferred
async def test_a_file_that_is_no_database_is_refused(
    sqlite_url: str, opened: Opener, tmp_path: Path
) -> None:
    (tmp_path / "mom.db").write_bytes(b"this is something else" * 100)
    with pytest.raises(OpenRefused, match="not a database"):
        await opened(sqlite_url)
