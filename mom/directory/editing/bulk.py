"""The same change for many records, and many new ones: a portion at a time, a result for each.

What is wrong with one record never stops the others. How the portions follow one another is not
its business.
"""

from collections.abc import Callable, Sequence

import msgspec

from mom.directory import conflicts
from mom.directory.bench import Bench
from mom.directory.editing import permanents
from mom.directory.editing.changes import Change
from mom.directory.editing.edit import Values
from mom.directory.editing.editor import Editor, EditorDesk
from mom.directory.editing.ends import Collection, load, preload
from mom.directory.editing.making import Making
from mom.directory.errors import DirectoryError, FieldErrors
from mom.model.copy import Noun
from mom.store.work import Work

_REHEARSED_FROM = 2**31 - 2**20
"""Numbers for records that are never made, as far from those given away as can be."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one record, or of one new one: by its number or place; empty = it is done."""

    number: int
    error: str = ""


Line = tuple[int, Values]
"""A new record: a number to tell it by, and what was entered for it."""


class Bulk:
    """Carries portions out, each in one unit of work."""

    def __init__(self, desk: EditorDesk, editor: Editor) -> None:
        self._desk = desk
        self._changes = editor.changes
        self._making = Making(desk, editor.changes)

    async def check(self, collection: Collection, numbers: Sequence[int], change: Change) -> None:
        """Whether a change may be made of all these together, whose sum counts.

        Raises `FieldErrors` before anything is changed.
        """
        if change.aims.get(Noun.USER, {}).get("permanent"):
            self._check_permanent(collection, numbers)
        if change.same_type:
            await self._check_types(collection, numbers)

    async def change(
        self, collection: Collection, numbers: Sequence[int], change: Change, by: str
    ) -> list[Outcome]:
        """Change one portion."""
        results = []
        async with self._desk.units.open(durable=True, cause=by) as bench:
            await preload(bench, collection, list(numbers))
            for number in numbers:
                try:
                    change.apply(bench, await load(bench, collection, number), by)
                    results.append(Outcome(number))
                except DirectoryError as refused:
                    results.append(Outcome(number, str(refused)))
            self._desk.notices.conflicts(await conflicts.refresh(bench))
        return results

    async def create(self, collection: Collection, lines: Sequence[Line], by: str) -> list[Outcome]:
        """Make one portion of new records."""
        async with self._desk.units.open(durable=True, cause=by) as bench:
            results = self._made(bench, collection, lines, by)
            self._desk.notices.conflicts(await conflicts.refresh(bench))
        return results

    def rehearsal(self, collection: Collection) -> Callable[[Sequence[Line]], list[Outcome]]:
        """Tells what would become of new records, portion by portion, and makes none.

        Its unit of work is never carried out.
        """
        beyond = dict.fromkeys((Noun.USER, Noun.DEVICE), _REHEARSED_FROM)
        bench = Bench(self._desk.index, Work(self._desk.store.read, beyond, self._desk.now(), ""))
        return lambda lines: self._made(bench, collection, lines, "")

    def _made(
        self, bench: Bench, collection: Collection, lines: Sequence[Line], by: str
    ) -> list[Outcome]:
        results = []
        for place, entered in lines:
            try:
                self._making.make(bench, collection, entered, by)
                results.append(Outcome(place))
            except DirectoryError as refused:
                results.append(Outcome(place, str(refused)))
        return results

    def _check_permanent(self, collection: Collection, numbers: Sequence[int]) -> None:
        index = self._desk.index
        users = set(numbers)
        if collection is not Collection.USERS:
            entries = (index.entry(Noun.DEVICE, number) for number in numbers)
            users = {entry.partner for entry in entries if entry is not None and entry.partner}
        fresh = {n for n in users if index.entry(Noun.USER, n)} - index.permanent
        in_all = len(index.permanent) + len(fresh)
        most, limits = self._desk.policy.most_permanent, self._desk.limits()
        why = permanents.refusal(index, fresh, in_all, most, limits) if fresh else ""
        if why:
            raise FieldErrors({"permanent": why})

    async def _check_types(self, collection: Collection, numbers: Sequence[int]) -> None:
        if collection is Collection.USERS:
            rows = await self._desk.store.read(lambda r: r.user_columns(("uid", "rel_type")))
        else:
            rows = await self._desk.store.read(lambda r: r.device_columns(("ppn", "rel_type")))
        wanted = frozenset(numbers)
        types = sorted({str(rel_type) for number, rel_type in rows if number in wanted})
        if len(types) > 1:
            raise FieldErrors(
                {"relType": f"must be the same for all, and is {' and '.join(types)}"}
            )
