"""Users, devices and bound pairs: pages, single records, and why a record is as it is."""

import msgspec

from mom.model.copy import Noun
from mom.web.call import Call
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.records import LineView, Records
from mom.web.route import Access, route
from mom.web.views import DeviceView, PairView, UserView, View


class LinesView(msgspec.Struct, frozen=True):
    """The last lines of a record, newest first."""

    items: list[LineView]


class RecordRoutes:
    """`/users`, `/devices`, `/pairs`: reading."""

    def __init__(self, *, records: Records) -> None:
        self._records = records

    @route(
        "GET",
        "/users",
        access=Access.READ,
        summary="All users",
        query=ListQuery,
        answer=listing_of(UserView),
    )
    async def users(self, call: Call, query: ListQuery) -> Listing:
        """A page of the users."""
        return await self._records.users(query)

    @route("GET", "/users/<number:number>", access=Access.READ, summary="One user", answer=UserView)
    async def user(self, call: Call, number: int) -> View:
        """One user."""
        return await self._records.user(number)

    @route(
        "GET",
        "/users/<number:number>/lines",
        access=Access.READ,
        summary="Why a user is as it is: the last decisions",
        answer=LinesView,
    )
    async def user_lines(self, call: Call, number: int) -> LinesView:
        """The explainable lines of a user."""
        return LinesView(await self._records.lines(Noun.USER, number))

    @route(
        "GET",
        "/devices",
        access=Access.READ,
        summary="All devices",
        query=ListQuery,
        answer=listing_of(DeviceView),
    )
    async def devices(self, call: Call, query: ListQuery) -> Listing:
        """A page of the devices."""
        return await self._records.devices(query)

    @route(
        "GET",
        "/devices/<number:number>",
        access=Access.READ,
        summary="One device",
        answer=DeviceView,
    )
    async def device(self, call: Call, number: int) -> View:
        """One device."""
        return await self._records.device(number)

    @route(
        "GET",
        "/devices/<number:number>/lines",
        access=Access.READ,
        summary="Why a device is as it is: the last decisions",
        answer=LinesView,
    )
    async def device_lines(self, call: Call, number: int) -> LinesView:
        """The explainable lines of a device."""
        return LinesView(await self._records.lines(Noun.DEVICE, number))

    @route(
        "GET",
        "/pairs",
        access=Access.READ,
        summary="All devices with the users bound to them",
        query=ListQuery,
        answer=listing_of(PairView),
    )
    async def pairs(self, call: Call, query: ListQuery) -> Listing:
        """A page of the bound pairs."""
        return await self._records.pairs(query)

    @route(
        "GET",
        "/pairs/<number:number>",
        access=Access.READ,
        summary="One pair, by the number of its device",
        answer=PairView,
    )
    async def pair(self, call: Call, number: int) -> View:
        """One bound pair."""
        return await self._records.pair(number)
