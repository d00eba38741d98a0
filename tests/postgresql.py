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
        self._directory: Path | None = None
        self._url = os.environ.get(ENVIRONMENT, "")
        if not self._url:
            self._start()

    def new_database(self) -> str:
        """The URL of a new and empty database."""
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
