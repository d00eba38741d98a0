"""Changing many users, devices or pairs at once: a job with a result per record."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from mom.admin.jobs import JobBook, Result
from mom.directory.editing.bulk import Bulk, Outcome
from mom.directory.editing.changes import Change, Changes
from mom.directory.editing.ends import Collection
from mom.web.api.jobs import JobView, begin
from mom.web.call import Call
from mom.web.collections import Kind, OfCollection
from mom.web.download import CSV, csv_text
from mom.web.errors import Unprocessable
from mom.web.fields import fields_view
from mom.web.route import Access, Reply, route
from mom.web.table import read_table

MOST_IDS = 100_000
MAX_BODY = 1024 * 1024
"""Bytes of an order: the numbers of many records."""
MAX_FILE = 16 * 1024 * 1024
"""Bytes of a file with new records."""

Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Action = Literal["unsubscribe", "relation", "source", "permanent", "unbind"]

_IN_WORDS: Mapping[str, str] = {
    "unsubscribe": "unsubscribe {}",
    "relation": "change the relation of {}",
    "source": "make {} internal",
    "permanent": "change which {} are permanent",
    "unbind": "unbind {}",
}


class BulkOrder(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """The numbers of the records and what is to be done: one of `set`, `delete` and `action`.

    `delete` can only be true. The other fields are the arguments of an action: `relType` of
    `relation`, `external` of `source`, `permanent` of `permanent`.
    """

    ids: Annotated[tuple[Number, ...], msgspec.Meta(min_length=1, max_length=MOST_IDS)]
    set: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    delete: bool | msgspec.UnsetType = msgspec.UNSET
    action: Action | msgspec.UnsetType = msgspec.UNSET
    rel_type: Literal["Fixed", "Dynamic"] | msgspec.UnsetType = msgspec.UNSET
    external: bool | msgspec.UnsetType = msgspec.UNSET
    permanent: bool | msgspec.UnsetType = msgspec.UNSET


class ImportQuery(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """`dryRun`: only tell what would become of each line."""

    dry_run: bool = False


class BulkRoutes(OfCollection):
    """Many records of one collection."""

    def __init__(self, kind: Kind, *, bulk: Bulk, changes: Changes, jobs: JobBook) -> None:
        super().__init__(kind)
        self._bulk = bulk
        self._changes = changes
        self._jobs = jobs
        fields = getattr(fields_view(), kind.name)
        self._entered = [each.name for each in fields if each.writable]
        self._shown = {name for each in fields for name in (each.name, each.flag) if name}

    @route(
        "POST",
        "/{collection}/bulk",
        access=Access.WRITE,
        summary="Change or delete many {many}, or carry an action out on them",
        body=BulkOrder,
        answer=JobView,
        status=202,
        max_body=MAX_BODY,
    )
    async def change(self, call: Call, body: BulkOrder) -> Reply:
        """Begin a job that changes many records; what can be wrong with all is refused at once."""
        collection, by = self._kind.collection, call.by
        numbers = list(dict.fromkeys(body.ids))
        what, change = ordered(body, collection, self._changes)
        await self._bulk.check(collection, numbers, change)

        async def work(portion: Sequence[int]) -> list[Result]:
            return _results(await self._bulk.change(collection, portion, change, by))

        return begin(self._jobs, call, what.format(self._kind.name), numbers, work)

    @route(
        "POST",
        "/{collection}/import",
        access=Access.WRITE,
        summary="Add many {many} from a CSV file, or try it; a result for each line",
        query=ImportQuery,
        takes="text/csv",
        answer=JobView,
        status=202,
        max_body=MAX_FILE,
    )
    async def add(self, call: Call, query: ImportQuery, content: bytes) -> Reply:
        """Begin a job that adds the records of a file. What MOM itself writes is passed over."""
        table = read_table(content, self._entered, self._shown)
        collection, by = self._kind.collection, call.by
        rehearse = self._bulk.rehearsal(collection)

        async def work(portion: Sequence[tuple[int, list[str]]]) -> list[Result]:
            lines = [table.line(*row) for row in portion]
            if query.dry_run:
                return _results(rehearse(lines))
            return _results(await self._bulk.create(collection, lines, by))

        what = "try to add {}" if query.dry_run else "add {}"
        return begin(self._jobs, call, what.format(self._kind.name), table.rows, work)

    @route(
        "GET",
        "/{collection}/template.csv",
        access=Access.READ,
        summary="The heading of a file with new {many}",
        gives=CSV,
    )
    async def template(self, call: Call) -> Reply:
        """All columns that a file may have."""
        name = f"mom_{self._kind.name}_template.csv"
        return Reply(
            content=csv_text([self._entered]).encode("utf-8-sig"),
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


def ordered(order: BulkOrder, collection: Collection, changes: Changes) -> tuple[str, Change]:
    """What is to be done with `{}`, in words, and as a change.

    Raises `Unprocessable`, `FieldErrors`.
    """
    given = [name for name in ("set", "delete", "action") if _is_given(order, name)]
    if len(given) != 1 or order.delete is False:
        text = "one of set, delete (true) and action is expected"
        raise Unprocessable(text, fields=dict.fromkeys(given or ["action"], text))
    if isinstance(order.set, dict):
        return "change {}", changes.edit(collection, order.set)
    if order.delete is True:
        return "delete {}", changes.delete()
    change = _action(order, changes)
    return _IN_WORDS[str(order.action)], change


def _action(order: BulkOrder, changes: Changes) -> Change:
    if order.action == "unsubscribe":
        return changes.unsubscribe()
    if order.action == "unbind":
        return changes.unbind()
    if order.action == "relation" and isinstance(order.rel_type, str):
        return changes.relate(order.rel_type)
    if order.action == "source" and isinstance(order.external, bool):
        return changes.internal(order.external)
    if order.action == "permanent" and isinstance(order.permanent, bool):
        return changes.permanent(order.permanent)
    needed = {"relation": "relType", "source": "external", "permanent": "permanent"}
    name = needed[str(order.action)]
    raise Unprocessable(f"{name}: is required", fields={name: "is required"})


def _is_given(order: BulkOrder, name: str) -> bool:
    return getattr(order, name) is not msgspec.UNSET


def _results(outcomes: Sequence[Outcome]) -> list[Result]:
    return [Result(each.number, not each.error, each.error) for each in outcomes]
