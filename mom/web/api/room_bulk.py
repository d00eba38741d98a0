"""Changing many conference rooms at once: a job with a result per room."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from mom.admin.jobs import JobBook, Result
from mom.directory.errors import DirectoryError
from mom.directory.rooms.editor import RoomEditor
from mom.web.api.bulk import MAX_BODY, MOST_IDS, Number
from mom.web.api.jobs import JobView, begin
from mom.web.call import Call
from mom.web.errors import Unprocessable
from mom.web.route import Access, Reply, route


class RoomOrder(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """The numbers of the rooms, and what is to be done: one of `set` and `delete` (true)."""

    ids: Annotated[tuple[Number, ...], msgspec.Meta(min_length=1, max_length=MOST_IDS)]
    set: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    delete: bool | msgspec.UnsetType = msgspec.UNSET


class RoomBulkRoutes:
    """`/conference-rooms/bulk`."""

    def __init__(self, *, editor: RoomEditor, jobs: JobBook) -> None:
        self._editor = editor
        self._jobs = jobs

    @route(
        "POST",
        "/conference-rooms/bulk",
        access=Access.WRITE,
        summary="Change or delete many conference rooms",
        body=RoomOrder,
        answer=JobView,
        status=202,
        max_body=MAX_BODY,
    )
    async def change(self, call: Call, body: RoomOrder) -> Reply:
        """Begin a job that changes many rooms."""
        values = body.set if isinstance(body.set, dict) else None
        if (values is None) is (body.delete is not True):
            text = "one of set and delete (true) is expected"
            raise Unprocessable(text, fields={"set": text})

        async def work(portion: Sequence[int]) -> list[Result]:
            return [await self._one(number, values, call.by) for number in portion]

        what = "delete" if values is None else "change"
        numbers = list(dict.fromkeys(body.ids))
        return begin(self._jobs, call, f"{what} conference rooms", numbers, work)

    async def _one(self, number: int, values: dict[str, Any] | None, by: str) -> Result:
        try:
            if values is None:
                await self._editor.delete(number, by)
            else:
                await self._editor.edit(number, values, by)
        except DirectoryError as refused:
            return Result(number, False, str(refused))
        return Result(number, True)
