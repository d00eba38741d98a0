"""Conference rooms: pages, single rooms, changes, and why a room is as it is."""

from typing import Any

from mom.directory.rooms.editor import RoomEditor
from mom.model.copy import Noun
from mom.web.api.records import LinesView
from mom.web.call import Call
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.records import Records
from mom.web.route import API, Access, Reply, route
from mom.web.views import RoomFields, RoomView, View

Values = dict[str, Any]


class RoomRoutes:
    """`/conference-rooms`."""

    def __init__(self, *, editor: RoomEditor, records: Records) -> None:
        self._editor = editor
        self._records = records

    @route(
        "GET",
        "/conference-rooms",
        access=Access.READ,
        summary="All conference rooms",
        query=ListQuery,
        answer=listing_of(RoomView),
    )
    async def rooms(self, call: Call, query: ListQuery) -> Listing:
        """A page of the conference rooms."""
        return await self._records.rooms(query)

    @route(
        "POST",
        "/conference-rooms",
        access=Access.WRITE,
        summary="Add a conference room",
        body=Values,
        documented=RoomFields,
        answer=RoomView,
        status=201,
    )
    async def create(self, call: Call, body: Values) -> Reply:
        """Add a conference room; it is made at its OMM at once, or when that connects."""
        room = await self._editor.create(body, call.by)
        view = await self._records.room(room.id)
        return Reply(body=view, headers={"location": f"{API}/conference-rooms/{room.id}"})

    @route(
        "GET",
        "/conference-rooms/<number:number>",
        access=Access.READ,
        summary="One conference room",
        answer=RoomView,
    )
    async def room(self, call: Call, number: int) -> View:
        """One conference room."""
        return await self._records.room(number)

    @route(
        "PATCH",
        "/conference-rooms/<number:number>",
        access=Access.WRITE,
        summary="Change a conference room; another `omm` moves it. If-Match takes the revision",
        body=Values,
        documented=RoomFields,
        answer=RoomView,
    )
    async def edit(self, call: Call, number: int, body: Values) -> View:
        """Change a conference room."""
        await self._editor.edit(number, body, call.by, call.revision)
        return await self._records.room(number)

    @route(
        "DELETE",
        "/conference-rooms/<number:number>",
        access=Access.WRITE,
        summary="Delete a conference room, in MOM and at its OMM",
    )
    async def delete(self, call: Call, number: int) -> None:
        """Delete a conference room."""
        await self._editor.delete(number, call.by)

    @route(
        "GET",
        "/conference-rooms/<number:number>/lines",
        access=Access.READ,
        summary="Why a conference room is as it is: the last decisions",
        answer=LinesView,
    )
    async def lines(self, call: Call, number: int) -> LinesView:
        """The explainable lines of a conference room."""
        return LinesView(await self._records.lines(Noun.ROOM, number))
