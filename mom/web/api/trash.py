"""What was deleted in the last 30 days, and taking it back by hand."""

from typing import Any, Literal

import msgspec

from mom.directory.editing.revival import Revival
from mom.model.copy import Noun
from mom.store.repositories import Reading
from mom.store.store import Store
from mom.store.trash import Discarded
from mom.web.call import Call
from mom.web.errors import NotThere
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.records import Records
from mom.web.route import Access, route
from mom.web.views import asked_by

_LISTS = {Noun.USER: "users", Noun.DEVICE: "devices"}


class DiscardedView(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted record: `noun` and `number` say which, `key` is its number or the digits of its
    IPEI, `label` its name or IPEI. `at` is seconds since 1970, `cause` who deleted it or why.
    """

    noun: Literal["user", "device"]
    number: int
    key: str
    label: str
    at: int
    cause: str


class TrashRoutes:
    """`/trash`."""

    def __init__(self, *, store: Store, revival: Revival, records: Records) -> None:
        self._store = store
        self._revival = revival
        self._records = records

    @route(
        "GET",
        "/trash",
        access=Access.READ,
        summary="Users and devices that were deleted in the last 30 days, the latest first",
        query=ListQuery,
        answer=listing_of(DiscardedView),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the trash."""
        asked = query.for_store(asked_by("trash"))

        def read(reading: Reading) -> Listing:
            page = reading.page("trash", asked)
            return Listing([_view(entry) for entry in page.items], page.total)

        return await self._store.read(read)

    @route(
        "POST",
        "/trash/<string:noun>/<number:number>/actions/revive",
        access=Access.WRITE,
        summary="Take a deleted user or device back; a device has no home then",
        answer=dict[str, Any],
    )
    async def revive(self, call: Call, noun: str, number: int) -> dict[str, Any]:
        """Take a record back, with its number and its secrets; answers what it is then."""
        found = next((each for each in _LISTS if each.value == noun), None)
        if found is None:
            raise NotThere("the trash holds users and devices: user or device is expected")
        await self._revival.revive(found, number, call.by)
        return await self._records.one(_LISTS[found], number)


def _view(entry: Discarded) -> DiscardedView:
    return DiscardedView(
        noun="user" if entry.noun is Noun.USER else "device",
        number=entry.number,
        key=entry.key,
        label=entry.label,
        at=entry.at,
        cause=entry.cause,
    )
