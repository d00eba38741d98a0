"""The event log: the newest entries, clearing it, and all of it as CSV."""

from mom.model.event import Event
from mom.ops.events import EventLog
from mom.web.call import Call
from mom.web.download import CSV, csv_text
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.route import Access, Reply, route


class EventRoutes:
    """`/events`."""

    def __init__(self, *, events: EventLog) -> None:
        self._events = events

    @route(
        "GET",
        "/events",
        access=Access.READ,
        summary="The newest 100 events, newest first",
        query=ListQuery,
        answer=listing_of(Event),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the events that the pane shows."""
        return query.select(await self._events.newest())

    @route("DELETE", "/events", access=Access.WRITE, summary="Clear all events")
    async def clear(self, call: Call) -> None:
        """Take all entries out of the pane; one says who did it."""
        await self._events.clear(call.by)

    @route(
        "GET",
        "/events.csv",
        access=Access.READ,
        summary="All events that are kept, cleared ones too, as CSV",
        gives=CSV,
    )
    async def export(self, call: Call) -> Reply:
        """All events as a CSV file."""
        return Reply(
            content=csv_text(await self._events.export()).encode(),
            headers={"content-disposition": 'attachment; filename="mom_events.csv"'},
        )
