"""Records and decisions about them as CSV files, filtered and sorted as on the page."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from mom.web.api.omms import OmmRoutes, OmmView
from mom.web.call import Call
from mom.web.download import CSV, PAGE, Download
from mom.web.fields import fields_view
from mom.web.paging import Listing, ListQuery, Words
from mom.web.records import DecisionView, Records
from mom.web.route import Access, Reply, route

Read = Callable[[ListQuery], Awaitable[Listing]]


class ExportQuery(ListQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a collection, of which `offset` and `limit` do not count here.

    `field` names the columns of the file in their order; without it there are all.
    """

    field: tuple[Words, ...] = ()


class ExportRoutes:
    """`/users.csv` and its like."""

    def __init__(self, *, records: Records, omms: OmmRoutes) -> None:
        self._records = records
        self._omms = omms
        fields = fields_view()
        self._users = [each.name for each in fields.users if not each.flag]
        self._devices = [each.name for each in fields.devices if not each.flag]
        self._pairs = [each.name for each in fields.pairs if not each.flag]
        self._rooms = [each.name for each in fields.conference_rooms if not each.flag]
        self._of_omms = [each.encode_name for each in msgspec.structs.fields(OmmView)]
        self._of_lines = [each.encode_name for each in msgspec.structs.fields(DecisionView)]

    @route(
        "GET",
        "/users.csv",
        access=Access.READ,
        summary="All users that the filters leave, as CSV",
        query=ExportQuery,
        gives=CSV,
    )
    async def users(self, call: Call, query: ExportQuery) -> Reply:
        """Users as a CSV file."""
        return await _file("mom_users.csv", self._records.users, query, self._users)

    @route(
        "GET",
        "/devices.csv",
        access=Access.READ,
        summary="All devices that the filters leave, as CSV",
        query=ExportQuery,
        gives=CSV,
    )
    async def devices(self, call: Call, query: ExportQuery) -> Reply:
        """Devices as a CSV file."""
        return await _file("mom_devices.csv", self._records.devices, query, self._devices)

    @route(
        "GET",
        "/pairs.csv",
        access=Access.READ,
        summary="All bound pairs that the filters leave, as CSV",
        query=ExportQuery,
        gives=CSV,
    )
    async def pairs(self, call: Call, query: ExportQuery) -> Reply:
        """Bound pairs as a CSV file."""
        return await _file("mom_pairs.csv", self._records.pairs, query, self._pairs)

    @route(
        "GET",
        "/conference-rooms.csv",
        access=Access.READ,
        summary="All conference rooms that the filters leave, as CSV",
        query=ExportQuery,
        gives=CSV,
    )
    async def rooms(self, call: Call, query: ExportQuery) -> Reply:
        """Conference rooms as a CSV file."""
        return await _file("mom_conference_rooms.csv", self._records.rooms, query, self._rooms)

    @route(
        "GET",
        "/lines.csv",
        access=Access.READ,
        summary="All decisions about records that the filters leave, as CSV",
        query=ExportQuery,
        gives=CSV,
    )
    async def lines(self, call: Call, query: ExportQuery) -> Reply:
        """The explainable lines of all records as a CSV file."""
        return await _file("mom_decisions.csv", self._records.decisions, query, self._of_lines)

    @route(
        "GET",
        "/omms.csv",
        access=Access.READ,
        summary="All OMMs that the filters leave, as CSV",
        query=ExportQuery,
        gives=CSV,
    )
    async def omms(self, call: Call, query: ExportQuery) -> Reply:
        """OMMs as a CSV file."""
        views = await self._omms.views()

        async def read(asked: ListQuery) -> Listing:
            return asked.select(views)

        return await _file("mom_omms.csv", read, query, self._of_omms)


async def _file(name: str, read: Read, query: ExportQuery, known: Sequence[str]) -> Reply:
    """The file; a wrong query is refused before anything is sent."""

    async def read_page(offset: int, limit: int) -> Listing:
        asked = ListQuery(
            offset=offset, limit=limit, sort=query.sort, q=query.q, filter=query.filter
        )
        return await read(asked)

    first = await read_page(0, PAGE)
    return Reply(resource=Download(first, read_page, query.field or known, name))
