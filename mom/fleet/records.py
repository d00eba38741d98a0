"""The records of OMMs in the store, as the fleet needs them.

What sessions learn is gathered for a moment and stored together: at a start hundreds of them learn
something at the same time. This module must not know what is done with the records.
"""

from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.fleet.ports import Learned, OmmChange, Subscription
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.store.changes import Change, Many
from mom.store.store import Store

CAUSE = "fleet"
"""The cause of changes that come from here, in the change feed."""

GATHERED_SECONDS = 0.5
"""How long what was learned is gathered before it is stored."""

MAX_ROWS = 200
"""Most records that are stored in one transaction."""


class StoredOmms:
    """The ``OmmRecords`` of a store."""

    log = Logger()

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._learned: list[tuple[OmmId, Learned]] = []
        self._timer: Timer | None = None

    async def load(self) -> list[Omm]:
        """All records, by number."""
        omms = await self._store.read(lambda reading: reading.omms())
        return [omms[number] for number in sorted(omms)]

    def learn(self, omm: OmmId, learned: Learned) -> None:
        """Store soon what was learned, on the record as it is then."""
        self._learned.append((omm, learned))
        if self._timer is None:
            self._timer = self._clock.callLater(GATHERED_SECONDS, self._gathered)

    async def flush(self) -> None:
        """Store at once what is gathered."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        while self._learned:
            learned, self._learned = self._learned[:MAX_ROWS], self._learned[MAX_ROWS:]
            await self._write(learned)

    def subscribe(self, listener: Callable[[OmmChange], None]) -> Subscription:
        """Tell each stored change that did not come from ``learn``."""

        def hear(changes: Sequence[Change | Many]) -> None:
            for change in changes:
                if isinstance(change, Change) and change.noun is Noun.OMM and change.cause != CAUSE:
                    listener(OmmChange(_omm(change.before), _omm(change.after)))

        return self._store.feed.subscribe(hear, nouns=(Noun.OMM,))

    async def _write(self, learned: Sequence[tuple[OmmId, Learned]]) -> None:
        async with self._store.write(cause=CAUSE) as work:
            stored = await work.omms({omm for omm, _ in learned})
            changed: dict[int, Omm] = dict(stored)
            for omm, each in learned:
                if omm in changed:
                    changed[omm] = each.applied(changed[omm])
            for number, after in changed.items():
                if after is not stored[number]:
                    work.put_omm(stored[number], after)

    def _gathered(self) -> None:
        self._timer = None
        Deferred.fromCoroutine(self.flush()).addErrback(
            lambda failure: self.log.failure("what OMMs told is not stored", failure)
        )


def _omm(record: object) -> Omm | None:
    return record if isinstance(record, Omm) else None
