"""The database's threads: one that writes, a few that read, each query with its own connection.

Everything here is called on the reactor's thread; what it is handed runs in a thread and must not
touch anything else. It knows no table.
"""

import queue
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from mom.store.database import Database

T = TypeVar("T")
READERS = 3


class Threads:
    """The threads and connections of one open database."""

    def __init__(self, database: Database, reactor: Any) -> None:
        self._database = database
        self._reactor = reactor
        self._writer = ThreadPool(1, 1, "mom-store-writer")
        self._readers = ThreadPool(0, READERS, "mom-store-readers")
        self._engines: list[Engine] = []
        self._connection: Connection | None = None
        self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()

    def start(self) -> None:
        """Start the threads; nothing is connected yet."""
        self._writer.start()
        self._readers.start()

    def stop(self) -> None:
        """Stop the threads; what they were asked before is finished first."""
        self._writer.stop()
        self._readers.stop()

    def connect(self) -> Deferred[None]:
        """Open the connections."""
        return deferToThreadPool(self._reactor, self._writer, self._connect)

    def disconnect(self) -> Deferred[None]:
        """Close the connections; no reader may be at work."""
        return deferToThreadPool(self._reactor, self._writer, self._disconnect)

    def write(self, job: Callable[[Connection], T]) -> Deferred[T]:
        """Run `job` with the writer's connection, outside of a transaction."""

        def run() -> T:
            if self._connection is None:
                raise RuntimeError("the database is not connected")
            return job(self._connection)

        return deferToThreadPool(self._reactor, self._writer, run)

    def read(self, job: Callable[[Connection], T]) -> Deferred[T]:
        """Run `job` with a reader's connection, in a read transaction.

        If the connection turns out to be lost, it is made again, and `job` run once more.
        """

        def run() -> T:
            connection = self._idle.get()
            try:
                return self._query(connection, job)
            except DBAPIError as lost:
                if not lost.connection_invalidated:
                    raise
                return self._query(connection, job)
            finally:
                self._idle.put(connection)

        return deferToThreadPool(self._reactor, self._readers, run)

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

    def _disconnect(self) -> None:
        for _ in range(self._idle.qsize()):
            self._idle.get().close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        for engine in self._engines:
            engine.dispose()
        self._engines = []
