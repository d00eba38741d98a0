"""Who changed which fields of a record lately, so that two people at one record can both save.

Kept in memory for the records that were changed last; for older changes nothing is known.
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence

import msgspec

from mom.directory.bench import key_of
from mom.directory.errors import ChangedMeanwhile
from mom.model.attribute import Group, attributes
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.room import ConferenceRoom
from mom.model.user import User
from mom.store.changes import Change, Many

Record = User | Device | ConferenceRoom
_MOST_RECORDS = 2000
_MOST_CHANGES = 20


class Step(msgspec.Struct, frozen=True):
    """One change: from which revision to which, which fields (Python names), by whom."""

    before: int
    after: int
    fields: frozenset[str]
    by: str


class History:
    """Listens to the feed and remembers."""

    def __init__(self) -> None:
        self._steps: OrderedDict[tuple[Noun, int], tuple[Step, ...]] = OrderedDict()

    def heard(self, changes: Sequence[Change | Many]) -> None:
        """Take what was committed."""
        for change in changes:
            if not isinstance(change, Change) or change.before is None:
                continue
            before, after = change.before, change.after
            if not isinstance(before, Record) or not isinstance(after, Record):
                continue
            key = (change.noun, int(change.id))
            step = Step(before.revision, after.revision, _differing(before, after), change.cause)
            self._steps[key] = (*self._steps.get(key, ()), step)[-_MOST_CHANGES:]
            self._steps.move_to_end(key)
            if len(self._steps) > _MOST_RECORDS:
                self._steps.popitem(last=False)

    def since(self, noun: Noun, number: int, revision: int, now: int) -> dict[str, str] | None:
        """The fields changed after a revision, with who did it; None if that is not known."""
        found: dict[str, str] = {}
        reached = revision
        for step in self._steps.get((noun, number), ()):
            if step.after <= revision:
                continue
            if step.before > reached:
                return None
            found |= dict.fromkeys(step.fields, step.by)
            reached = step.after
        return found if reached >= now else None

    def check(self, record: Record, revision: int, names: Collection[str] | None) -> None:
        """A change that started from a revision may be made if nobody touched its fields since.

        `names` are these fields by Python name, None = any. Raises `ChangedMeanwhile`.
        """
        if revision == record.revision:
            return
        wires = {a.name: a.wire for a in attributes(type(record))}
        since = self.since(*_key(record), revision, record.revision)
        if since is None:
            unknown = [n for n in wires if n in names] if names is not None else ["revision"]
            raise ChangedMeanwhile({wires[name]: "" for name in unknown}, record.revision)
        touched = {wires[n]: by for n, by in since.items() if names is None or n in names}
        if touched:
            raise ChangedMeanwhile(touched, record.revision)


def _key(record: Record) -> tuple[Noun, int]:
    return (Noun.ROOM, record.id) if isinstance(record, ConferenceRoom) else key_of(record)


def _differing(before: Record, after: Record) -> frozenset[str]:
    return frozenset(
        a.name
        for a in attributes(type(before))
        if a.group not in (Group.STAMP, Group.OWN)
        and getattr(before, a.name) != getattr(after, a.name)
    )
