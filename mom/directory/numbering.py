"""Notes the system-wide numbers that OMMs have taken, many in one unit of work.

Telling each OMM the number of each of its records is the bulk of what follows a first import, and
nothing else changes with it: such an answer needs no decision and no record, only its copy. It
must not know how numbers are sent.
"""

from collections.abc import Sequence

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.logger import Logger

from mom.directory.fingerprints import Shapes
from mom.directory.index import Index
from mom.directory.rows import Row
from mom.directory.unchanged import took_number
from mom.directory.units import Units
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId

MOST_ROWS = 200
"""Copies in one unit of work."""
Taken = tuple[Noun, int, OmmId]


class Numbering:
    """Gathers what was taken while a unit of work is under way, and stores it with the next."""

    _log = Logger()

    def __init__(self, units: Units, index: Index, shapes: Shapes, opens_secrets: bool) -> None:
        """`opens_secrets`: a private key was configured."""
        self._units = units
        self._index = index
        self._shapes = shapes
        self._opens_secrets = opens_secrets
        self._waiting: list[tuple[Sequence[Taken], Deferred[None]]] = []
        self._working = False

    def note(self, omm: OmmId, rows: Sequence[Row]) -> "Deferred[None] | None":
        """Keep that an OMM took the numbers of these rows, its answer; fires when it is stored.

        None if the answer says more than that.
        """
        opens = self._opens_secrets
        if all(took_number(self._index, self._shapes, omm, row, opens) for row in rows):
            return self._keep([(row.noun, row.number, omm) for row in rows])
        return None

    def _keep(self, taken: Sequence[Taken]) -> "Deferred[None]":
        if not taken:
            return succeed(None)
        stored: Deferred[None] = Deferred()
        self._waiting.append((taken, stored))
        if not self._working:
            self._working = True
            ensureDeferred(self._work())
        return stored

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._store(self._next())
        finally:
            self._working = False

    def _next(self) -> list[tuple[Sequence[Taken], "Deferred[None]"]]:
        batch, rows = [], 0
        while self._waiting and rows < MOST_ROWS:
            batch.append(self._waiting.pop(0))
            rows += len(batch[-1][0])
        return batch

    async def _store(self, batch: list[tuple[Sequence[Taken], "Deferred[None]"]]) -> None:
        try:
            async with self._units.open(cause="numbers") as bench:
                for taken, _ in batch:
                    for noun, number, omm in taken:
                        copy = bench.copy(noun, number, omm)
                        if copy is not None and copy.state is CopyState.HELD:
                            bench.put_copy(msgspec.structs.replace(copy, told=number))
        except Exception:  # noqa: BLE001 - the numbers are told again at the next session
            self._log.failure("taken numbers were not stored")
        for _, stored in batch:
            stored.callback(None)
