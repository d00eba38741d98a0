"""Records that a running session asked for and its OMM has not: deleted, or a sign of a great loss.

An OMM tells whatever is deleted there. One that lacks a record and has not told may have lost all
of them, so it is asked how many it has before a single one is taken as deleted. It must not know
what becomes of what is lost.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from mom.axi.element import make
from mom.axi.errors import RequestFailed, RequestRefused
from mom.directory.index import NOUNS, Index
from mom.directory.reading.reading import LISTS, counted
from mom.directory.reading.vanish import Loss
from mom.directory.rows import Row
from mom.model.copy import CopyState
from mom.ports import OmmPort

READ_ANEW = "much of what it had is not there"
"""Why a session ends: at the next reading the guard of rule 3 sees all that is missing."""


class Strange(Protocol):
    """What an OMM has and MOM does not keep."""

    @property
    def records(self) -> int:
        """How many users and phones."""


class Undecided(Protocol):
    """What vanished from an OMM."""

    @property
    def undecided(self) -> bool:
        """Whether any of it waits for the administrator."""


class Absences:
    """Those of one session."""

    def __init__(
        self,
        index: Index,
        port: OmmPort,
        beyond: Strange,
        losses: Undecided,
        read_later: Callable[[Row], bool],
        push: Callable[[Iterable[Row]], Awaitable[None]],
    ) -> None:
        """`read_later` tells whether the end of a reading judges; `push` takes what was deleted and
        fires when that is committed.
        """
        self._index = index
        self._port = port
        self._beyond = beyond
        self._losses = losses
        self._read_later = read_later
        self._push = push

    async def judge(self, row: Row) -> None:
        """A record was asked for and is not there. While the OMM is read, the end of that tells."""
        copy = self._index.local(row.noun, self._port.omm.id, row.local)
        if copy is None or self._read_later(row):
            return
        try:
            if copy.state is CopyState.HELD and (
                self._losses.undecided or await self._is_much_lost()
            ):
                self._port.give_up(READ_ANEW)
                return
            await self._push([row])
        except RequestFailed:
            return

    async def _is_much_lost(self) -> bool:
        """Whether the OMM has suspiciously few records; so it is if it does not tell.

        Fails with `RequestFailed` if there is no answer.
        """
        there = -self._beyond.records
        for _, summary in LISTS.values():
            try:
                told = counted(await self._port.request(make(summary)))
            except RequestRefused:
                return True
            there += told
        shelves = [self._index.shelf(noun, self._port.omm.id) for noun in NOUNS]
        placed = (copy for shelf in shelves for copy in shelf.by_local.values())
        held = sum(copy.state is CopyState.HELD for copy in placed)
        return Loss(max(0, held - there), held).suspicious
