"""The database's threads: one that writes, a few that read, each query with its own connection.

Everything here is called on the reactor's thread; what it is handed runs in a thread and must not
touch anything else. It knows no table.
"""

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mom.store.database import Database

T = TypeVar("T")
READERS = 3
_Job = tuple[Callable[[], Any], Deferred[Any]]


class Crew:
    """Threads that take jobs from one queue, first come first.

    Every message between OMMs and MOM may wait for it, so it is no more than a queue; a Twisted
    thread pool spends as much on handing over a small job as the database on doing it. A process
    that ends without stopping it does not wait for it.
    """

    def __init__(self, reactor: Any, name: str, threads: int) -> None:
        self._reactor = reactor
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{place}", daemon=True)
            for place in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the threads; what they were asked before is finished first."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def ask(self, job: Callable[[], T]) -> Deferred[T]:
        """Run `job` in a thread; fires on the reactor's thread with its result."""
        answer: Deferred[T] = Deferred()
        self._jobs.put((job, answer))
        return answer

    def _work(self) -> None:
        while self._take():
            pass

    def _take(self) -> bool:
        """Do the next job; False if there is none any more. It is forgotten when it is done."""
        asked = self._jobs.get()
        if asked is None:
            return False
        job, answer = asked
        try:
            result = job()
        except BaseException:  # noqa: BLE001 - whoever asked is told
            self._reactor.callFromThread(answer.errback, Failure())  # type: ignore[no-untyped-call]
        else:
            self._reactor.callFromThread(answer.callback, result)
        return True


class Threads:
    """The threads and connections of one open database."""

    def __init__(self, database: Database, reactor: Any) -> None:
        self._database = database
        self._writer = Crew(reactor, "mom-store-writer", 1)
        self._readers = Crew(reactor, "mom-store-reader", READERS)
        self._engines: list[Engine] = []
        self._connection: Connection | None = None
        self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        """The readers' connections that nobody uses: as many as threads that have nothing to do."""

    def start(self) -> None:
        """Start the threads; nothing is connected yet."""
        self._writer.start()
        self._readers.start()

    def connect(self) -> Deferred[None]:
        """Open the connections."""
        return self._writer.ask(self._connect)

    async def stop(self) -> None:
        """Close the connections and stop the threads; what they were asked before is finished
        first. Nothing may be asked any more.
        """
        await self._writer.ask(self._end)
        self._writer.stop()

    def write(self, job: Callable[[Connection], T]) -> Deferred[T]:
        """Run `job` with the writer's connection, outside of a transaction."""

        def run() -> T:
            if self._connection is None:
                raise RuntimeError("the database is not connected")
            return job(self._connection)

        return self._writer.ask(run)

    def read(self, job: Callable[[Connection], T]) -> Deferred[T]:
        """Run `job` with a reader's connection, in a read transaction.

        If the connection turns out to be lost, it is made again, and `job` run once more.
        """

        def run(connection: Connection) -> T:
            try:
                return self._query(connection, job)
            except DBAPIError as lost:
                if not lost.connection_invalidated:
                    raise
                return self._query(connection, job)

        return self._beside(run)

    def ease(self) -> Deferred[None]:
        """Do beside the writer what it would else stop for; see `Database.ease`."""
        return self._beside(self._database.ease)

    def _beside(self, run: Callable[[Connection], T]) -> Deferred[T]:
        def lent() -> T:
            connection = self._idle.get_nowait()
            try:
                return run(connection)
            finally:
                self._idle.put(connection)

        return self._readers.ask(lent)

    def _query(self, connection: Connection, job: Callable[[Connection], T]) -> T:
        with self._database.reading(connection):
            return job(connection)

    def _connect(self) -> None:
        writer = self._database.engine(writer=True)
        reader = self._database.engine(writer=False)
        self._engines = [writer, reader]
        self._connection = writer.connect()
        for _ in range(READERS):
            self._idle.put(reader.connect())

    def _end(self) -> None:
        """A connection is closed when nobody waits for it any more."""
        self._readers.stop()
        while not self._idle.empty():
            self._idle.get_nowait().close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        for engine in self._engines:
            engine.dispose()
        self._engines = []
