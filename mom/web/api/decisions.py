"""The explainable lines of all records in one list: why they are as they are."""

from mom.web.call import Call
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.records import DecisionView, Records
from mom.web.route import Access, route


class DecisionRoutes:
    """`/lines`."""

    def __init__(self, *, records: Records) -> None:
        self._records = records

    @route(
        "GET",
        "/lines",
        access=Access.READ,
        summary="Why records are as they are: the last decisions about all of them, newest first",
        query=ListQuery,
        answer=listing_of(DecisionView),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the decisions."""
        return await self._records.decisions(query)
