import sqlite3
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.model.user import User
from mom.store.bulk import ManyRows
from mom.store.bulk_sqlite import SqliteInsert
from mom.store.copies import key_of
from mom.store.database import Database
from mom.store.errors import Clash, OutOfRange
from mom.store.rows import Columns
from mom.store.store import Store
from tests.postgresql import PostgresqlServer
from tests.store.conftest import Opener
from tests.store.records import copy, device, full, ipei_of, omm, user

NAMES = ("id", "word")


@deferred
async def test_all_of_many_records_are_stored_and_changed(store: Store) -> None:
    numbers = range(1, 139)
    users = {number: user(number, name=f"User {number}") for number in numbers}
    changed = {number: user(number, name=f"Now {number}") for number in numbers}
    for before, after in ((dict.fromkeys(numbers), users), (users, changed)):
        async with store.write() as work:
            for number in numbers:
                work.put_user(before[number], after[number])
        assert await store.read(lambda reading: reading.users(numbers)) == after


@deferred
async def test_many_records_with_little_in_common_are_stored_as_they_are(store: Store) -> None:
    users = {n: full(User, n) if n % 3 else user(n) for n in range(1, 64)}
    devices = {n: device(n, uak="secret") if n == 40 else device(n) for n in range(1, 64)}
    async with store.write() as work:
        for number, record in users.items():
            work.put_user(None, record)
            work.put_device(None, devices[number])
    assert await store.read(lambda reading: reading.users(users)) == users
    assert await store.read(lambda reading: reading.devices(devices)) == devices


@deferred
async def test_what_differed_once_may_be_empty_when_something_else_differs(store: Store) -> None:
    names = {n: user(n, name=f"User {n}" if n % 2 else None, num="1") for n in range(1, 8)}
    numbers = {n: user(n, name=None, num=str(n)) for n in range(11, 18)}
    both = {n: user(n, name=f"User {n}", num=str(n)) for n in range(21, 28)}
    for users in (names, numbers, both):
        async with store.write() as work:
            for record in users.values():
                work.put_user(None, record)
        assert await store.read(lambda reading, of=users: reading.users(of)) == users


@deferred
async def test_lines_that_are_all_the_same_are_as_many(store: Store) -> None:
    async with store.write() as work:
        for _ in range(7):
            work.add_line(Noun.USER, 7, 1, "line")
    assert len(await store.read(lambda reading: reading.lines(Noun.USER, 7))) == 7


@deferred
async def test_many_lines_stay_in_their_order(store: Store) -> None:
    async with store.write() as work:
        for number in range(39):
            work.add_line(Noun.USER, 7, number, f"line {number}")
    lines = await store.read(lambda reading: reading.lines(Noun.USER, 7))
    assert [line.at for line in lines] == list(range(38, 18, -1))


@deferred
async def test_the_last_of_many_rows_that_breaks_a_rule_leaves_none_of_them(store: Store) -> None:
    async def unit() -> None:
        async with store.write() as work:
            work.put_omm(None, omm(1))
            for number in range(1, 61):
                work.put_device(None, device(number))
                held = copy(number, on=1, noun=Noun.DEVICE)
                work.put_copies({key_of(held): held})
            work.put_device(None, device(61, ipei=ipei_of(5)))

    with pytest.raises(Clash):
        await unit()
    assert await store.read(lambda reading: reading.devices(range(62))) == {}
    assert await store.read(lambda reading: reading.copies_on(omm(1).id)) == []


def run(url: str, rows: int, most_values: int | None = None) -> list[str]:
    """The INSERT statements that so many rows took."""
    database = Database(url)
    engine = database.engine(writer=True)
    statement = database.upsert("things", ("id",), NAMES)
    values: list[tuple[object, ...]] = [(number, f"word {number}") for number in range(rows)]
    told: list[str] = []
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if most_values is not None:
            driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, most_values)
        with database.writing(connection, durable=False):
            connection.exec_driver_sql("CREATE TABLE things (id INTEGER PRIMARY KEY, word TEXT)")
            driver.set_trace_callback(told.append)
            connection.exec_driver_sql(statement, Columns.of(values))
            driver.set_trace_callback(None)
        with database.reading(connection):
            stored = connection.exec_driver_sql("SELECT * FROM things ORDER BY id").fetchall()
    engine.dispose()
    assert [tuple(row) for row in stored] == values
    return [one for one in told if one.startswith("INSERT")]


@pytest.mark.parametrize(
    ("rows", "statements"), [(1, 1), (4, 4), (25, 1), (63, 1 + 2 + 3), (500, 2 + 1)]
)
def test_sqlite_writes_many_rows_with_few_statements(
    sqlite_url: str, rows: int, statements: int
) -> None:
    told = run(sqlite_url, rows)
    assert len(told) == statements


def test_wide_rows_are_written_with_more_statements() -> None:
    insert = SqliteInsert("INSERT INTO things", 100, "")
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE things ({', '.join(f'c{at}' for at in range(100))})")
    told: list[str] = []
    connection.set_trace_callback(told.append)
    rows = Columns.of([tuple(range(row, row + 100)) for row in range(53)])
    assert insert.execute(connection.cursor(), rows) == 50
    assert len([one for one in told if one.startswith("INSERT")]) == 2
    connection.close()


def test_an_sqlite_that_takes_few_values_gets_fewer_rows_at_once(sqlite_url: str) -> None:
    told = run(sqlite_url, 25, most_values=49)
    assert len(told) == 5


@pytest.mark.parametrize("rows", [1, 2, 138])
@deferred
async def test_postgresql_writes_many_rows_with_one_statement(
    postgresql: PostgresqlServer, opened: Opener, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    told: list[str] = []

    class Told(psycopg.RawCursor[Any]):
        def execute(self, statement: Any, *values: Any, **options: Any) -> "Told":
            told.append(statement)
            return super().execute(statement, *values, **options)

    monkeypatch.setattr(psycopg, "RawCursor", Told)
    url = postgresql.borrow()
    users = {number: user(number, name=f'Änne "{number}" \\\n') for number in range(rows)}
    store = await opened(url)
    async with store.write() as work:
        for record in users.values():
            work.put_user(None, record)
    assert await store.read(lambda reading: reading.users(users)) == users
    assert len(told) == 1
    await store.close()
    postgresql.give_back(url)


@deferred
async def test_what_cannot_be_stored_in_one_of_many_rows_is_out_of_range(
    store: Store, url: str
) -> None:
    wrong = {"fixed_sip_port": 2**63} if url.startswith("sqlite") else {"name": "a\0b"}

    async def unit() -> None:
        async with store.write() as work:
            for number in range(30):
                work.put_user(None, user(number, **(wrong if number == 17 else {})))

    with pytest.raises(OutOfRange, match="cannot hold a value"):
        await unit()


@deferred
async def test_numbers_of_many_records_are_stored_to_their_last_digit(store: Store) -> None:
    seconds = (0.0, 0.1 + 0.2, 1e-9, 12345678.125, 7, 1.7976931348623157e308)
    omms = {n: omm(n, last_sync_seconds=each, port=n) for n, each in enumerate(seconds, 1)}
    async with store.write() as work:
        for record in omms.values():
            work.put_omm(None, record)
    assert await store.read(lambda reading: reading.omms()) == omms


def test_a_statement_that_is_no_insert_is_run_row_by_row(sqlite_url: str) -> None:
    engine = Database(sqlite_url).engine(writer=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE things (id INTEGER)")
        rows: list[tuple[object, ...]] = [(number,) for number in range(30)]
        connection.execute(sa.text("INSERT INTO things VALUES (:id)"), [{"id": n} for (n,) in rows])
        connection.exec_driver_sql("DELETE FROM things WHERE id = ?", rows[1:])
        assert connection.exec_driver_sql("SELECT id FROM things").fetchall() == [(0,)]
    engine.dispose()


class Told(sqlite3.Cursor):
    """Remembers how many values it was handed."""

    values = 0

    def execute(self, statement: str, values: Any = ()) -> "Told":
        self.values += len(values)
        super().execute(statement, values)
        return self


def stored(portions: list[list[tuple[object, ...]]]) -> tuple[list[tuple[object, ...]], int]:
    """What is in a table after portions of rows were put into it, and how many values that took."""
    many = ManyRows()
    statement = many.learn(SqliteInsert("INSERT OR REPLACE INTO things (id, a, b)", 3, ""))
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, a, b)")
    cursor = connection.cursor(Told)
    for rows in portions:
        assert many.execute(cursor, statement, Columns.of(rows), None)
    found = connection.execute("SELECT * FROM things ORDER BY id").fetchall()
    connection.close()
    return found, cursor.values


def test_a_value_that_all_rows_of_a_portion_have_is_handed_over_once() -> None:
    rows: list[tuple[object, ...]] = [(number, None, "Fixed") for number in range(50)]
    found, values = stored([rows])
    assert found == rows
    assert values == 50 + 2


def test_a_column_that_differs_once_is_handed_over_row_by_row_from_then_on() -> None:
    rows: list[tuple[object, ...]] = [(number, None, "Fixed") for number in range(75)]
    rows[30] = (30, "told", "Fixed")
    found, values = stored([rows[:25], rows[25:50], rows[50:]])
    assert found == rows
    assert values == (25 + 2) + 2 * (50 + 1)


def test_rows_by_column_are_the_same_rows() -> None:
    rows = [(number, None if number % 2 else "", "same") for number in range(5)]
    columns = Columns.of(rows)
    assert columns == [(0, 1, 2, 3, 4), ("", None, "", None, ""), ("same",)]
    assert columns.whole(2) == ("same", "same", "same", "same", "same")
    assert list(columns.each()) == rows


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_rows_that_are_all_the_same_are_as_many(rows: int) -> None:
    columns = Columns.of([(1, "same")] * rows)
    assert list(columns.each()) == [(1, "same")] * rows


A_VALUE = st.sampled_from([None, "", "Fixed", 0, 1, b"sealed"])


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), A_VALUE, A_VALUE), min_size=1, max_size=60)))
def test_whatever_rows_have_in_common_the_last_of_each_number_is_stored(
    portions: list[list[tuple[object, ...]]],
) -> None:
    expected = {row[0]: row for rows in portions for row in rows}
    found, _ = stored(portions)
    assert {row[0]: row for row in found} == expected
