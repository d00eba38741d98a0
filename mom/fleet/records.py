"""The records of OMMs in the store, as the fleet needs them.

This module must not know what is done with them.
"""

from collections.abc import Callable, Sequence

from mom.fleet.ports import Learned, OmmChange, Subscription
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.store.changes import Change, Many
from mom.store.store import Store

CAUSE = "fleet"
"""The cause of changes that come from here, in the change feed."""


class StoredOmms:
    """The ``OmmRecords`` of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> list[Omm]:
        """All records, by number."""
        omms = await self._store.read(lambda reading: reading.omms())
        return [omms[number] for number in sorted(omms)]

    async def learn(self, omm: OmmId, learned: Learned) -> None:
        """Store what was learned, on the record as it is now."""
        async with self._store.write(cause=CAUSE) as work:
            before = (await work.omms()).get(omm)
            if before is not None:
                after = learned.applied(before)
                if after is not before:
                    work.put_omm(before, after)

    def subscribe(self, listener: Callable[[OmmChange], None]) -> Subscription:
        """Tell each stored change that did not come from ``learn``."""

        def hear(changes: Sequence[Change | Many]) -> None:
            for change in changes:
                if isinstance(change, Change) and change.noun is Noun.OMM and change.cause != CAUSE:
                    listener(OmmChange(_omm(change.before), _omm(change.after)))

        return self._store.feed.subscribe(hear)


def _omm(record: object) -> Omm | None:
    return record if isinstance(record, Omm) else None
