"""Changes made in MOM by people and applications, one at a time: each is one unit of work.

Each is checked as a whole, stored durably before it is acknowledged, and then brought to every
OMM that should hold a copy by the ordinary way of sending.
"""

from typing import Protocol

import msgspec

from mom.directory import conflicts, lines, relation
from mom.directory.bench import Bench, key_of
from mom.directory.desk import Desk
from mom.directory.editing.changes import BINDING, Change, Changes, ChangesDesk
from mom.directory.editing.edit import Values
from mom.directory.editing.ends import Collection, load
from mom.directory.editing.history import History
from mom.directory.editing.making import Making
from mom.directory.errors import FieldErrors, NoSuchLine
from mom.directory.notices import Notices
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.store.store import Store

Revisions = tuple[int | None, ...]
"""The revisions that a change started from, None or left out = whatever it is; of a pair the
device's and then the user's."""
_LIST_OF = {Noun.USER: Collection.USERS, Noun.DEVICE: Collection.DEVICES}


class EditorDesk(Desk, ChangesDesk, Protocol):
    """What changes of one record need of the directory."""

    store: Store
    notices: Notices


class Editor:
    """Makes changes; one unit of work each."""

    def __init__(self, desk: EditorDesk, history: History) -> None:
        self._desk = desk
        self._history = history
        self.changes = Changes(desk)
        """Makes what `change` carries out."""
        self._making = Making(desk, self.changes)

    async def create(self, collection: Collection, entered: Values, by: str) -> int:
        """Make a record or a fixed pair; tells its number. Raises `FieldErrors`, `NoLicence`."""
        typed = self.changes.typed(collection, entered)
        async with self._desk.units.open(durable=True, cause=by) as bench:
            number = self._making.made(bench, typed, lines.created(by))
            await self._tell_conflicts(bench)
        return number

    async def copy(self, collection: Collection, number: int, entered: Values, by: str) -> int:
        """Make a copy of a record or pair, without what must be one's own; tells its number.

        Raises `FieldErrors`, `NoLicence`, `NoSuchRecord`.
        """
        async with self._desk.units.open(durable=True, cause=by) as bench:
            source = await load(bench, collection, number)
            made = self._making.copy(bench, source, entered, by)
            await self._tell_conflicts(bench)
        return made

    async def change(
        self,
        collection: Collection,
        number: int,
        change: Change,
        by: str,
        since: Revisions = (),
    ) -> None:
        """Carry a change out on one record or pair; `since` are the revisions it started from.

        Raises `FieldErrors`, `NoSuchRecord`, `ChangedMeanwhile`.
        """
        async with self._desk.units.open(durable=True, cause=by) as bench:
            ends = await load(bench, collection, number)
            for record, revision in zip(ends.asked, since, strict=False):
                if revision is not None:
                    self._check_revision(record, change, revision)
            change.apply(bench, ends, by)
            await self._tell_conflicts(bench)

    async def bind(
        self, user: int, device: int, by: str, rel_type: str = "Fixed", since: Revisions = ()
    ) -> None:
        """Bind a user and a device; what else they were bound to ends.

        `since` are the revisions of user and device that this started from.
        """
        if rel_type not in BINDING:
            raise FieldErrors({"relType": f"must be one of {', '.join(BINDING)}"})
        async with self._desk.units.open(durable=True, cause=by) as bench:
            person = (await load(bench, Collection.USERS, user)).asked[0]
            phone = (await load(bench, Collection.DEVICES, device)).asked[0]
            for record, revision in zip((person, phone), since, strict=False):
                if revision is not None:
                    self._history.check(record, revision, {"ppn", "uid", "rel_type"})
            stamp = self.changes.stamp(person, phone)
            relation.tie(bench, device, user, rel_type, stamp, OmmId(0))
            text = lines.tied(by, user, device, rel_type)
            bench.line(Noun.USER, user, self._desk.now(), text)
            bench.line(Noun.DEVICE, device, self._desk.now(), text)

    async def put_back(self, noun: Noun, number: int, line: int, by: str) -> None:
        """Write the values that lost when an explainable line (its `id`) was written.

        Raises `NoSuchLine`, and as `change`.
        """
        found = await self._desk.store.read(lambda reading: reading.line(line))
        if found is None or (found.noun, found.number) != (noun, number) or not found.lost:
            raise NoSuchLine(noun, number, line)
        values = msgspec.json.decode(found.lost, type=dict[str, object])
        change = self.changes.edit(_LIST_OF[noun], values)
        await self.change(_LIST_OF[noun], number, change, by)

    def _check_revision(self, record: Record, change: Change, revision: int) -> None:
        """Fields that are to become what they are already are nobody's quarrel."""
        aims = change.aims.get(key_of(record)[0])
        names = change.touches
        if aims is not None:
            names = frozenset(n for n, v in aims.items() if getattr(record, n) != v)
        self._history.check(record, revision, names)

    async def _tell_conflicts(self, bench: Bench) -> None:
        self._desk.notices.conflicts(await conflicts.refresh(bench))
