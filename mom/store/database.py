"""The two databases MOM can rest on, and what differs between them in SQL.

Opens connections and begins transactions; knows no table. A `postgresql://` URL goes through
psycopg 3, `sqlite:///` names one file in WAL mode.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from mom.store.bulk import ManyRows
from mom.store.bulk_postgresql import PostgresqlInsert
from mom.store.bulk_sqlite import SqliteInsert
from mom.store.errors import Occupied, OpenRefused
from mom.store.file_access import hindrance

ADVISORY_LOCK = 0x4D4F4D
"""The advisory lock that the one MOM of a PostgreSQL database holds ("MOM")."""
_BUSY_SECONDS = 10.0
_CONNECT_SECONDS = 10
"""For each address of a PostgreSQL server: one that does not answer is given up."""
_LOCK_MILLISECONDS = 3_000
_LOCK_NOT_AVAILABLE = "55P03"
_WRITER_CACHE_KIB = 4_096
_READER_CACHE_KIB = 2_048
_SYNCHRONOUS = "synchronous"
_CHECKPOINT_PAGES = 8_000
"""Pages of 4 KiB in the write-ahead log before they are moved to the file: 32 MB."""


class Database:
    """One database: how to connect to it and how to say things in its dialect."""

    def __init__(self, url: str) -> None:
        """Raises `OpenRefused` for a URL that is neither SQLite's nor PostgreSQL's."""
        try:
            self._url: URL = make_url(url)
        except ArgumentError as error:
            raise OpenRefused("the database URL cannot be read") from error
        backend = self._url.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise OpenRefused(f"sqlite:/// or postgresql:// is expected, not {backend}")
        self.is_sqlite = backend == "sqlite"
        if not self.is_sqlite:
            self._url = self._url.set(drivername="postgresql+psycopg")
        self._many_rows = ManyRows()

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self._url.database or "") if self.is_sqlite else None

    def require_files(self) -> None:
        """Make sure that the files of an SQLite database can be written, those that are there.

        SQLite opens what it may only read all the same, and fails at the first write. Raises
        `OpenRefused`, which names the file and what to do.
        """
        path = self.path
        if path is not None:
            beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
            for file in (path.parent, path, *beside):
                if why := hindrance(file):
                    raise OpenRefused(why)

    def look(self) -> None:
        """See whether the database can be used, and leave it as it is. Raises `OpenRefused`."""
        self.require_files()
        if self.is_sqlite:
            return
        engine = self.engine(writer=False)
        try:
            engine.connect().close()
        except DBAPIError as error:
            raise OpenRefused(f"the database cannot be opened: {reason_of(error)}") from error
        finally:
            engine.dispose()

    def engine(self, *, writer: bool) -> Engine:
        """An engine whose connections are ready for use: pragmas set, lock taken by a writer.

        The connections may be used from any thread, by one at a time.
        """
        if self.is_sqlite:
            arguments = {
                "check_same_thread": False,
                "timeout": _BUSY_SECONDS,
                "isolation_level": None,
            }
            engine = sa.create_engine(self._url, poolclass=NullPool, connect_args=arguments)
            sa.event.listen(engine, "connect", _sqlite_writer if writer else _sqlite_reader)
        else:
            limit = {"connect_timeout": _CONNECT_SECONDS}
            engine = sa.create_engine(self._url, poolclass=NullPool, connect_args=limit)
            sa.event.listen(engine, "connect", _compile_nothing)
            if writer:
                sa.event.listen(engine, "connect", _take_lock)
                sa.event.listen(engine, "connect", _commit_without_waiting)
        if writer:
            sa.event.listen(engine, "do_executemany", self._many_rows.execute)
        return engine

    @contextmanager
    def writing(self, connection: Connection, *, durable: bool) -> Iterator[None]:
        """A write transaction; `durable` = on the disk before it ends, whatever then fails."""
        if self.is_sqlite:
            self._synchronise(connection, "FULL" if durable else "NORMAL")
        with connection.begin():
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif durable:
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO on")
            yield

    def _synchronise(self, connection: Connection, mode: str) -> None:
        if connection.info.get(_SYNCHRONOUS) != mode:
            driver = connection.connection.driver_connection
            driver.execute(f"PRAGMA {_SYNCHRONOUS}={mode}")  # type: ignore[union-attr]
            connection.info[_SYNCHRONOUS] = mode

    @contextmanager
    def looking(self, connection: Connection) -> Iterator[None]:
        """What the writer reads between its transactions: nobody else changes anything."""
        with connection.begin():
            yield

    @contextmanager
    def reading(self, connection: Connection) -> Iterator[None]:
        """A read transaction: everything read in it is of one moment."""
        with connection.begin():
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
            yield

    def ease(self, connection: Connection) -> None:
        """Move what the write-ahead log holds to the file, on a connection beside the writer's.

        The writer does that when the log is long, and stores nothing for as long as the disk takes;
        what was moved before it need not move.
        """
        if self.is_sqlite:
            with connection.begin():
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def sql(self, statement: str) -> str:
        """A statement written with `?` in the driver's own way."""
        return statement if self.is_sqlite else statement.replace("?", "%s")

    def among(self, column: str) -> str:
        """A condition with one parameter, see `pack`: the column is one of these numbers."""
        if self.is_sqlite:
            return f"{column} IN (SELECT value FROM json_each(?))"
        return f"{column} = ANY(%s)"

    def pack(self, numbers: Collection[int]) -> object:
        """Numbers as the parameter of `among`."""
        return msgspec.json.encode(list(numbers)).decode() if self.is_sqlite else list(numbers)

    def contains(self, column: str) -> str:
        """A condition with one parameter, `?` on both databases: the column's text has it in it."""
        return f"{'instr' if self.is_sqlite else 'strpos'}({column}, ?) > 0"

    def insert(self, table: str, names: Sequence[str], conflict: str = "") -> str:
        """Insert a row; handed `Columns`, it runs as few times as the driver needs for speed."""
        head = f"INSERT INTO {table} ({_quoted(names)})"
        kind = SqliteInsert if self.is_sqlite else PostgresqlInsert
        return self._many_rows.learn(kind(head, len(names), conflict))

    def upsert(self, table: str, key: tuple[str, ...], names: tuple[str, ...]) -> str:
        """Insert a row, or put all columns of the one with that key; see `insert`."""
        put = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
        return self.insert(table, names, f" ON CONFLICT ({_quoted(key)}) DO UPDATE SET {put}")


def reason_of(error: DBAPIError | OverflowError) -> str:
    """The driver's words without the parameters, which may hold anything."""
    words = error.orig if isinstance(error, DBAPIError) else error
    return str(words).splitlines()[0] if words is not None else type(error).__name__


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _sqlite_writer(connection: object, _record: object) -> None:
    _sqlite(
        connection,
        f"PRAGMA cache_size=-{_WRITER_CACHE_KIB}",
        f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}",
    )


def _sqlite_reader(connection: object, _record: object) -> None:
    _sqlite(connection, f"PRAGMA cache_size=-{_READER_CACHE_KIB}", "PRAGMA query_only=ON")


def _sqlite(connection: object, *more: str) -> None:
    execute = connection.execute  # type: ignore[attr-defined]
    for pragma in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA foreign_keys=ON",
        *more,
    ):
        execute(pragma)
    if execute("PRAGMA foreign_keys").fetchone() != (1,):
        raise OpenRefused("this SQLite cannot check foreign keys; install a complete one")


def _compile_nothing(connection: object, _record: object) -> None:
    """Have no question compiled: that would take seconds, and answering it a tenth of one."""
    _set(connection, "jit = off")


def _commit_without_waiting(connection: object, _record: object) -> None:
    """Have commits not wait for the disk, unless a unit of work says so."""
    _set(connection, "synchronous_commit = off")


def _set(connection: object, setting: str) -> None:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"SET {setting}")
    connection.commit()  # type: ignore[attr-defined]


def _take_lock(connection: object, _record: object) -> None:
    """Wait a little for the lock: the server lets go of a connection after its end was asked for,
    and that of a MOM that was killed it has to notice first.
    """
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"SET lock_timeout = {_LOCK_MILLISECONDS}")
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        except Exception as error:
            if getattr(error, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
            raise Occupied("another MOM is using this PostgreSQL database") from error
        cursor.execute("RESET lock_timeout")
    connection.commit()  # type: ignore[attr-defined]
