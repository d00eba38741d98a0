"""Asks one OMM for whole records that events told only in part: each once, a few at a time.

An OMM may tell of thousands of records in a second; what is asked of it must not grow with that.
What a record means is not known here.
"""

from collections.abc import Awaitable, Callable, Iterable

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.logger import Logger

from mom.axi.element import Element
from mom.axi.errors import RequestFailed, RequestRefused
from mom.directory import wire
from mom.directory.rows import Row
from mom.model.copy import Noun
from mom.ports import OmmPort

MOST_ASKED = 20
"""Records asked for at once."""
MOST_WANTED = 50_000
"""Records that wait to be asked for; what is beyond shows at the next reading."""

Key = tuple[Noun, int]


class Fetches:
    """The records of one session that are asked for."""

    _log = Logger()

    def __init__(
        self,
        port: OmmPort,
        push: Callable[[Iterable[Row]], "Deferred[None]"],
        absent: Callable[[Row], Awaitable[None]],
    ) -> None:
        """`push` takes answers and fires when they are committed; `absent` hears what the OMM has
        not.
        """
        self._port = port
        self._push = push
        self._absent = absent
        self._wanted: dict[Key, list[Deferred[None]]] = {}
        self._asked = 0
        self._asking = False
        self._closed = False

    @property
    def idle(self) -> bool:
        """Nothing is asked for or waits to be."""
        return not self._wanted and not self._asked

    def fetch(self, noun: Noun, local: int) -> "Deferred[None]":
        """Ask for a record; fires when the answer is committed, or there is none."""
        key = (noun, local)
        if self._closed or (key not in self._wanted and len(self._wanted) >= MOST_WANTED):
            return succeed(None)
        done: Deferred[None] = Deferred()
        self._wanted.setdefault(key, []).append(done)
        self._ask_more()
        return done

    def close(self) -> None:
        """Ask for nothing more; who waits is told that it is over."""
        self._closed = True
        left, self._wanted = self._wanted, {}
        for waiting in left.values():
            _tell(waiting)

    def _ask_more(self) -> None:
        """Fill up what is asked; on a lost link each request is over before the next one."""
        self._asking = True
        while self._wanted and self._asked < MOST_ASKED:
            key = next(iter(self._wanted))
            waiting = self._wanted.pop(key)
            self._asked += 1
            asked = ensureDeferred(self._ask(*key))
            asked.addErrback(lambda why: self._log.failure("a record was not asked for", why))
            asked.addCallback(self._over, waiting)
        self._asking = False

    def _over(self, _result: None, waiting: list["Deferred[None]"]) -> None:
        self._asked -= 1
        _tell(waiting)
        if not self._asking:
            self._ask_more()

    async def _ask(self, noun: Noun, local: int) -> None:
        asked = self._port.request(wire.question(noun, local)).addCallback(
            lambda answer: self._fetched(noun, local, answer)
        )
        try:
            await asked
        except RequestRefused as refused:
            if refused.code == "ENoEnt" and not self._closed:
                none = Element(wire.child_name(noun), {})
                row = Row(noun=noun, element=none, local=local, whole=False, missing=True)
                await self._absent(row)
        except RequestFailed:
            return

    def _fetched(self, noun: Noun, local: int, answer: Element) -> "Deferred[None]":
        """Push the answer before any later message is taken."""
        rows = [
            Row(noun=noun, element=child, local=local, whole=True)
            for child in answer.all(wire.child_name(noun))
            if wire.local_of(noun, child) == local
        ]
        return self._push(rows)


def _tell(waiting: list["Deferred[None]"]) -> None:
    for done in waiting:
        done.callback(None)
