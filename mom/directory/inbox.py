"""What one OMM told and is not settled yet, in the order of its bytes.

One worker hands it on in batches; reading from the OMM stops while too much waits. It must not know
what is told or how it is settled.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred, fail

from mom.axi.errors import LinkLost
from mom.directory.reading.valve import Valve

MOST_WAITING = 256
"""Items taken and not settled, above which the OMM is not read any more."""
T = TypeVar("T")


class _Barrier(msgspec.Struct, frozen=True):
    """Fires once everything before it in the queue is settled."""

    reached: Deferred[None]


class Inbox(Generic[T]):
    """The queue of one session."""

    def __init__(
        self,
        valve: Valve,
        most_at_once: int,
        settle: Callable[[list[T]], Awaitable[Exception | None]],
        emptied: Callable[[], None],
        settled: Callable[[list[T]], None] = lambda items: None,
    ) -> None:
        """`settle` settles a batch of so many items at the most; what it returns fails those who
        wait for one of them. `settled` hears of the batch once they were told, `emptied` when
        nothing waits any more.
        """
        self._valve = valve
        self._most_at_once = most_at_once
        self._settle = settle
        self._emptied = emptied
        self._settled = settled
        self._queue: deque[T | _Barrier] = deque()
        self._working = False
        self.closed = False

    @property
    def empty(self) -> bool:
        """Nothing waits; the last batch may still be settled."""
        return not self._queue

    @property
    def idle(self) -> bool:
        """Nothing waits or is settled."""
        return not self._queue and not self._working

    def put(self, items: Iterable[T]) -> None:
        """Queue what the OMM tells."""
        self._add(items)

    def note(self, items: Iterable[T]) -> None:
        """Queue what an answer tells, to be settled with what is pushed soon after."""
        self._queue.extend(items)

    def push(self, items: Iterable[T]) -> "Deferred[None]":
        """Queue what an answer tells; fires when it is settled."""
        if self.closed:
            return fail(ended())
        barrier = _Barrier(Deferred())
        self._add([*items, barrier])
        return barrier.reached

    def shut(self) -> None:
        """Settle nothing more; those who wait are told by `dismiss`."""
        self.closed = True

    def dismiss(self) -> None:
        """Tell those who wait that the session is over."""
        left, self._queue = self._queue, deque()
        for item in left:
            if isinstance(item, _Barrier):
                item.reached.errback(ended())

    def _add(self, items: Iterable[T | _Barrier]) -> None:
        self._queue.extend(items)
        if len(self._queue) >= MOST_WAITING:
            self._valve.hold(self)
        if not self._working:
            self._working = True
            ensureDeferred(self._work())

    async def _work(self) -> None:
        try:
            while self._queue and not self.closed:
                size = min(len(self._queue), self._most_at_once)
                await self._take([self._queue.popleft() for _ in range(size)])
        finally:
            self._working = False
        self._emptied()

    async def _take(self, batch: list[T | _Barrier]) -> None:
        barriers = [item for item in batch if isinstance(item, _Barrier)]
        items = [item for item in batch if not isinstance(item, _Barrier)]
        failed = await self._settle(items) if items else None
        for barrier in barriers:
            if failed is not None or self.closed:
                barrier.reached.errback(failed or ended())
            else:
                barrier.reached.callback(None)
        self._settled(items)
        if len(self._queue) < MOST_WAITING // 2:
            self._valve.release(self)


def ended() -> LinkLost:
    """What is told to those who wait for a session that is over."""
    return LinkLost("", "the session is over")
