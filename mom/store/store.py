"""The store: opens the database, runs units of work one at a time, and tells what was committed.

Used on the reactor's thread only. It knows how to store records, not what they mean.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, TypeGuard, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.model.copy import Noun
from mom.store.changes import ChangeFeed
from mom.store.database import Database, reason_of
from mom.store.errors import Clash, NotRead, NotStored, OpenRefused, OutOfRange, StoreClosed
from mom.store.housekeeping import Housekeeping
from mom.store.migrate import migrate
from mom.store.repositories import Reading, Repositories
from mom.store.threads import Threads
from mom.store.vault import Vault
from mom.store.work import Work

T = TypeVar("T")
EASE_EVERY = 100
"""Units of work between two times that the database is eased."""


class Store:
    """The one store of a MOM. `feed` tells what changed, after it was committed."""

    _log = Logger()

    def __init__(
        self, database: Database, vault: Vault, reactor: Any, now: Callable[[], float]
    ) -> None:
        """Opens nothing; see `open`."""
        self.feed = ChangeFeed()
        self._database = database
        self._vault = vault
        self._now = now
        self._rows = Repositories(vault, database)
        self._threads = Threads(database, reactor)
        self._lock = DeferredLock()
        self._housekeeping = Housekeeping(self._rows)
        self._numbers: dict[Noun, int] = {}
        self._is_open = False
        self._uneased = 0
        self.trouble = ""
        """Why the last unit of work was not stored, in the words of the database; else empty."""

    @classmethod
    async def open(cls, url: str, vault: Vault, reactor: Any, now: Callable[[], float]) -> "Store":
        """Open a database, and bring its schema up to date first.

        `now` gives seconds since 1970. Raises `OpenRefused` and its kinds, with a text that says
        what to do.
        """
        database = Database(url)
        database.require_files()
        store = cls(database, vault, reactor, now)
        store._threads.start()
        try:
            await store._threads.connect()
            store._numbers = await store._threads.write(store._prepare)
        except BaseException as error:
            await store._threads.stop()
            if isinstance(error, DBAPIError):
                raise OpenRefused(f"the database cannot be opened: {reason_of(error)}") from error
            raise
        store._is_open = True
        return store

    async def close(self) -> None:
        """Finish the unit of work under way and those that wait, then close the database."""
        if not self._is_open:
            return
        await self._lock.acquire()
        self._is_open = False
        await self._threads.stop()
        self._lock.release()

    def write(self, *, durable: bool = False, cause: str = "") -> AbstractAsyncContextManager[Work]:
        """A unit of work: ``async with store.write() as work``; one at a time, first come first.

        `durable`: on the disk before the block is left, so that even a power cut loses nothing;
        otherwise safe against a crash of MOM only. Leaving the block raises `Clash`, `OutOfRange`
        or `NotStored` if nothing was stored. An exception inside the block stores nothing.
        """
        return _Unit(self, durable, cause)

    async def read(self, query: Callable[[Reading], T]) -> T:
        """Run a query in a thread and give its result, which must not be lazy."""
        self._check_open()
        return await self._answer(
            self._threads.read(lambda connection: query(Reading(connection, self._rows)))
        )

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreClosed("the store is not open")

    def _prepare(self, connection: Connection) -> dict[Noun, int]:
        migrate(connection, self._database)
        with self._database.writing(connection, durable=True):
            self._rows.settings.prove_key(connection, self._vault)
            return self._rows.numbers.every(connection)

    async def _begin(self, cause: str) -> Work:
        await self._lock.acquire()
        if not self._is_open:
            self._lock.release()
            raise StoreClosed("the store is not open")
        return Work(self._ask, self._numbers, int(self._now()), cause)

    def _give_up(self) -> None:
        self._lock.release()

    async def _answer(self, answer: Awaitable[T]) -> T:
        try:
            return await answer
        except (DataError, OverflowError) as wrong:
            raise OutOfRange(f"the database has no such value: {reason_of(wrong)}") from wrong
        except DBAPIError as failed:
            raise NotRead(f"the database did not answer: {reason_of(failed)}") from failed

    def _ask(self, query: Callable[[Reading], T]) -> Awaitable[T]:
        def job(connection: Connection) -> T:
            with self._database.looking(connection):
                return query(Reading(connection, self._rows))

        return self._answer(self._threads.write(job))

    def _commit(self, work: Work, durable: bool) -> Deferred[None]:
        """Write and tell. Whoever waits may be cancelled; what was begun is finished and told."""

        def job(connection: Connection) -> None:
            with self._database.writing(connection, durable=durable):
                work.execute(connection, self._rows)
                self._housekeeping.tidy(connection, work)

        waiting: Deferred[None] = Deferred()
        self._threads.write(job).addCallbacks(
            lambda _: self._committed(work, waiting), lambda why: self._failed(why, waiting)
        )
        return waiting

    def _committed(self, work: Work, waiting: Deferred[None]) -> None:
        if self.trouble:
            self.trouble = ""
            self._log.info("The database stores again")
        self._numbers.update(work.numbers)
        changes = work.changes()
        self.feed.publish(changes, work.summary(changes))
        self._ease()
        self._lock.release()
        waiting.callback(None)

    def _ease(self) -> None:
        self._uneased += 1
        if self._uneased >= EASE_EVERY:
            self._uneased = 0
            self._threads.ease().addErrback(
                lambda why: self._log.failure("The database was not eased", failure=why)
            )

    def _failed(self, why: Failure, waiting: Deferred[None]) -> None:
        if is_trouble(why.value):
            self._troubled(reason_of(why.value))
        elif waiting.called:
            self._log.failure("What nobody waits for any more was not stored", failure=why)
        self._lock.release()
        if not waiting.called:
            waiting.errback(why)

    def _troubled(self, reason: str) -> None:
        """Tell it once, until something is stored."""
        if not self.trouble:
            self._log.error("The database stores nothing: {reason}", reason=reason)
        self.trouble = reason


def is_trouble(error: BaseException | None) -> TypeGuard[DBAPIError]:
    """Whether it is the database's fault (disk full, connection lost), not that of what was put."""
    return isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError)


class _Unit(AbstractAsyncContextManager[Work]):
    """One block of `Store.write`."""

    def __init__(self, store: Store, durable: bool, cause: str) -> None:
        self._store = store
        self._durable = durable
        self._cause = cause
        self._work: Work | None = None

    async def __aenter__(self) -> Work:
        self._work = await self._store._begin(self._cause)
        return self._work

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None or self._work is None:
            self._store._give_up()
            return
        try:
            await self._store._commit(self._work, self._durable)
        except IntegrityError as broken:
            raise Clash(f"a rule of the database would be broken: {reason_of(broken)}") from broken
        except (DataError, OverflowError) as wrong:
            raise OutOfRange(f"the database cannot hold a value: {reason_of(wrong)}") from wrong
        except DBAPIError as failed:
            raise NotStored(f"the database did not store it: {reason_of(failed)}") from failed
