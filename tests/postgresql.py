"""A PostgreSQL server for tests: the one named by MOM_TEST_POSTGRESQL, or a private one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import psycopg

ENVIRONMENT = "MOM_TEST_POSTGRESQL"
"""A URL of a server on which databases may be made and dropped: postgresql://user@host/postgres."""
MISSING = "no PostgreSQL server was found; install one: apt-get install postgresql"


class PostgresqlMissing(Exception):
    """There is no server and no programs to start one."""


class PostgresqlServer:
    """Hands out empty databases; `stop` when all tests are done."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._free: list[str] = []
        self._directory: Path | None = None
        self._url = os.environ.get(ENVIRONMENT, "")
        if not self._url:
            self._start()

    def borrow(self) -> str:
        """The URL of a database without rows: a new one, or one that was given back."""
        return self._free.pop() if self._free else self.new_database()

    def give_back(self, url: str) -> None:
        """Take all rows out of a database, so that the next test can have it."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = connection.execute(
                "SELECT string_agg(tablename, ', ') FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchone()
            if tables is not None and tables[0] is not None:
                connection.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY".encode())
        self._free.append(url)

    def new_database(self) -> str:
        """The URL of a new database without tables."""
        name = f"mom_test_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        head, _, options = self._url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{options}" if options else "")

    def drop_database(self, url: str) -> None:
        """Take a database away again, whoever is still connected."""
        name = url.partition("?")[0].rsplit("/", 1)[1]
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def stop(self) -> None:
        """Stop the server if it is a private one, and remove its files."""
        for url in self._free:
            self.drop_database(url)
        if self._directory is not None:
            self._run("pg_ctl", "-D", str(self._directory / "data"), "-m", "immediate", "stop")
            shutil.rmtree(self._directory)

    def _start(self) -> None:
        self._bin = _programs()
        self._user = _unprivileged()
        self._directory = Path(tempfile.mkdtemp(prefix="mom-pg-"))
        if self._user is not None:
            shutil.chown(self._directory, self._user)
        data = self._directory / "data"
        self._run("initdb", "-D", str(data), "-U", "mom", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -c fsync=off -k {self._directory}"
        log = str(self._directory / "log")
        self._run("pg_ctl", "-D", str(data), "-o", options, "-l", log, "-w", "start")
        self._url = f"postgresql://mom@/postgres?host={self._directory}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._bin / program), *arguments],
            check=True,
            user=self._user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )


def _programs() -> Path:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    if newest is not None:
        return newest.parent
    found = shutil.which("initdb")
    if found is None:
        raise PostgresqlMissing(MISSING)
    return Path(found).resolve().parent


def _unprivileged() -> str | None:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
