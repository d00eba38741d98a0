import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pytest_twisted import ensureDeferred as deferred

from mom.store import migrations
from mom.store.database import Database
from mom.store.errors import FromTheFuture
from mom.store.migrate import NEWEST, migrate
from mom.store.query import Query
from mom.store.schema import metadata
from tests.postgresql import PostgresqlServer
from tests.store.conftest import Opener
from tests.store.records import user


def shape(database: Database) -> dict[str, Any]:
    """Everything a database knows about its tables."""
    engine = database.engine(writer=False)
    inspector = sa.inspect(engine)
    found = {
        table: {
            "columns": sorted(
                (one["name"], str(one["type"]), one["nullable"], bool(one.get("identity")))
                for one in inspector.get_columns(table)
            ),
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted(
                (one["name"], one["column_names"], bool(one["unique"]))
                for one in inspector.get_indexes(table)
            ),
            "foreign": [
                (one["name"], one["constrained_columns"], one["referred_table"], one["options"])
                for one in inspector.get_foreign_keys(table)
            ],
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
    engine.dispose()
    return found


def upgrade(database: Database) -> None:
    engine = database.engine(writer=True)
    with engine.connect() as connection:
        migrate(connection, database)
    engine.dispose()


def create(database: Database) -> None:
    engine = database.engine(writer=True)
    with engine.begin() as connection:
        metadata().create_all(connection)
    engine.dispose()


def test_the_migrations_lead_to_the_schema_of_the_records_on_sqlite(tmp_path: Path) -> None:
    upgraded = Database(f"sqlite:///{tmp_path / 'upgraded.db'}")
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    upgrade(upgraded)
    create(fresh)
    assert shape(upgraded) == shape(fresh)
    assert conditions(tmp_path / "upgraded.db") == conditions(tmp_path / "fresh.db") != []


def conditions(path: Path) -> list[str]:
    """The partial indexes, as they were written down."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%' ORDER BY name"
    ).fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_the_migrations_lead_to_the_schema_of_the_records_on_postgresql(
    postgresql: PostgresqlServer,
) -> None:
    urls = [postgresql.new_database() for _ in range(2)]
    upgraded, fresh = (Database(url) for url in urls)
    upgrade(upgraded)
    create(fresh)
    assert shape(upgraded) == shape(fresh)
    for url in urls:
        postgresql.drop_database(url)


@deferred
async def test_a_new_database_is_made_without_a_copy(
    sqlite_url: str, opened: Opener, tmp_path: Path
) -> None:
    await opened(sqlite_url)
    assert not list(tmp_path.glob("*.before-*"))


@deferred
async def test_an_up_to_date_database_is_left_alone(
    empty_url: str, opened: Opener, tmp_path: Path
) -> None:
    for _ in range(2):
        store = await opened(empty_url)
        async with store.write() as work:
            work.put_user(None, user(1))
        await store.close()
    assert not list(tmp_path.glob("*.before-*"))


@deferred
async def test_a_file_with_data_is_copied_before_a_migration(
    sqlite_url: str, opened: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "mom.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE precious (word TEXT)")
    connection.execute("INSERT INTO precious VALUES ('kept')")
    connection.commit()
    connection.close()
    path.chmod(0o600)
    await opened(sqlite_url)
    (copy,) = tmp_path.glob("mom.db.before-*")
    assert copy.name == f"mom.db.before-{NEWEST}"
    assert copy.stat().st_mode & 0o777 == 0o600
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT word FROM precious").fetchall() == [("kept",)]
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    assert tables == [("precious",)]


@deferred
async def test_a_database_from_the_future_is_refused_by_its_version(
    empty_url: str, opened: Opener
) -> None:
    store = await opened(empty_url)
    await store.close()
    engine = Database(empty_url).engine(writer=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(FromTheFuture, match="9999"):
        await opened(empty_url)


def migrate_to(database: Database, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    engine = database.engine(writer=True)
    with engine.connect() as connection, database.writing(connection, durable=True):
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


@deferred
async def test_what_was_in_the_trash_before_it_had_pages_is_found_on_them(
    empty_url: str, opened: Opener
) -> None:
    database = Database(empty_url)
    migrate_to(database, "0005")
    engine = database.engine(writer=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO trash (noun, number, key, label, at, cause, record)"
            " VALUES ('user', 7, '4711', 'Österreicher', 5, 'mom', 'sealed')"
        )
    engine.dispose()
    store = await opened(empty_url)
    for asked in (Query(q="österreicher"), Query(q="4711"), Query(sort="label")):
        page = await store.read(lambda reading, asked=asked: reading.page("trash", asked))
        assert [(each.number, each.at) for each in page.items] == [(7, 5)]


def test_the_newest_version_is_that_of_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST
