"""The moves of phones from site to site, newest last; those of one phone by a filter."""

from mom.model.roam import Roam
from mom.web.call import Call
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.records import Records
from mom.web.route import Access, route


class RoamRoutes:
    """`/roams`."""

    def __init__(self, *, records: Records) -> None:
        self._records = records

    @route(
        "GET",
        "/roams",
        access=Access.READ,
        summary="The last 10,000 moves of phones from site to site",
        query=ListQuery,
        answer=listing_of(Roam),
    )
    async def roams(self, call: Call, query: ListQuery) -> Listing:
        """A page of the roams."""
        return await self._records.roams(query)
