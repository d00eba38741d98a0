"""A store on each of the two databases, and records with sensible defaults."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred

from mom.store.store import Store
from mom.store.vault import KEY_BYTES, Vault
from tests.postgresql import PostgresqlServer

KEY = bytes(range(KEY_BYTES))


class Clock:
    """Seconds since 1970, as the test says."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mom.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    database = server.new_database()
    yield database
    server.drop_database(database)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mom.db'}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(KEY)


Opener = Callable[[str], Awaitable[Store]]


@pytest.fixture
def opened(vault: Vault, clock: Clock) -> Iterator[Opener]:
    """Opens stores that are closed after the test."""
    stores: list[Store] = []

    async def open_store(url: str) -> Store:
        store = await Store.open(url, vault, reactor, clock)
        stores.append(store)
        return store

    yield open_store
    for store in stores:
        pytest_twisted.blockon(ensureDeferred(store.close()))


@pytest.fixture
def store(url: str, opened: Opener) -> Store:
    result: Store = pytest_twisted.blockon(ensureDeferred(opened(url)))
    return result
