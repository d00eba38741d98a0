"""Reads users, devices, pairs and conference rooms from the store, as JSON shows them.

Only reads; changing them is the directory's business. Knows no request.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from mom.admin.errors import NotFound
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.user import User
from mom.store.decisions import Decision
from mom.store.lines import Line
from mom.store.repositories import Reading
from mom.store.store import Store
from mom.store.views import Pair
from mom.web.paging import Listing, ListQuery
from mom.web.views import RecordViews, View, asked_by

_NOUNS: Mapping[Noun, Literal["user", "device", "room"]] = {
    Noun.USER: "user",
    Noun.DEVICE: "device",
    Noun.ROOM: "room",
}
"""What lines are about."""


class LineView(msgspec.Struct, frozen=True):
    """Why a record is as it is: one decision, and when (seconds since 1970).

    `lost` are the values that did not win, which can be put back.
    """

    id: int
    at: int
    text: str
    lost: dict[str, Any] = {}


class DecisionView(LineView, frozen=True, kw_only=True):
    """A decision and the record it is about: `noun` and `number` say which.

    It is about all records from `number` to `last`, if that is not 0. `key` is the number of the
    user or conference room, or the IPEI of the device, and `name` its name, of several those of the
    first; of a `deleted` one as long as it is in the trash.
    """

    noun: Literal["user", "device", "room"]
    number: int
    last: int
    key: str
    name: str
    deleted: bool


class Records:
    """Users, devices, pairs and conference rooms of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views = RecordViews()

    async def users(self, query: ListQuery) -> Listing:
        """A page of users."""
        asked = query.for_store(asked_by("users"))

        def read(reading: Reading) -> Listing:
            page = reading.page("users", asked)
            homes = _homes(reading, page.items)
            views = [self._views.user(user, homes.get(user.ppn, 0)) for user in page.items]
            return Listing(views, page.total)

        return await self._store.read(read)

    async def devices(self, query: ListQuery) -> Listing:
        """A page of devices."""
        page = await self._page("devices", query)
        return Listing([self._views.device(device) for device in page.items], page.total)

    async def pairs(self, query: ListQuery) -> Listing:
        """A page of bound pairs."""
        page = await self._page("pairs", query)
        return Listing([self._views.pair(pair) for pair in page.items], page.total)

    async def rooms(self, query: ListQuery) -> Listing:
        """A page of conference rooms."""
        page = await self._page("rooms", query)
        return Listing([self._views.room(room) for room in page.items], page.total)

    async def room(self, number: int) -> View:
        """One conference room. Raises `NotFound`."""

        def read(reading: Reading) -> View | None:
            room = reading.rooms([number]).get(number)
            return self._views.room_in_full(room) if room else None

        return _found(await self._store.read(read), f"conference room {number}")

    async def roams(self, query: ListQuery) -> Listing:
        """A page of the moves of phones."""
        page = await self._page("roams", query)
        return Listing(page.items, page.total)

    async def decisions(self, query: ListQuery) -> Listing:
        """A page of the explainable lines of all records."""
        page = await self._page("lines", query)
        return Listing([_decision(decision) for decision in page.items], page.total)

    async def user(self, number: int) -> View:
        """One user. Raises `NotFound`."""

        def read(reading: Reading) -> View | None:
            user = reading.users([number]).get(number)
            if user is None:
                return None
            return self._views.user_in_full(user, _homes(reading, [user]).get(user.ppn, 0))

        return _found(await self._store.read(read), f"user {number}")

    async def device(self, number: int) -> View:
        """One device. Raises `NotFound`."""

        def read(reading: Reading) -> View | None:
            device = reading.devices([number]).get(number)
            return self._views.device(device) if device else None

        return _found(await self._store.read(read), f"device {number}")

    async def pair(self, number: int) -> View:
        """The pair of the device with that number. Raises `NotFound`."""

        def read(reading: Reading) -> View | None:
            device = reading.devices([number]).get(number)
            user = reading.users([int(device.uid)]).get(device.uid) if device else None
            return self._views.pair(Pair(device, user)) if device and user else None

        return _found(await self._store.read(read), f"pair of device {number}")

    async def one(self, collection: str, number: int) -> View:
        """One record of `users`, `devices` or `pairs`. Raises `NotFound`."""
        read = {"users": self.user, "devices": self.device, "pairs": self.pair}
        return await read[collection](number)

    async def lines(self, noun: Noun, number: int) -> list[LineView]:
        """The last explainable lines of a record, newest first. Raises `NotFound`."""

        def read(reading: Reading) -> list[LineView] | None:
            readers = {
                Noun.USER: reading.users,
                Noun.DEVICE: reading.devices,
                Noun.ROOM: reading.rooms,
            }
            records = readers[noun]([number])
            lines = [_line(line) for line in reading.lines(noun, number)]
            return lines if records or lines else None

        found = await self._store.read(read)
        if found is None:
            raise NotFound(f"{noun.value} {number}")
        return found

    async def _page(self, view: str, query: ListQuery) -> Any:
        asked = query.for_store(asked_by(view))
        return await self._store.read(lambda reading: reading.page(view, asked))


def _line(line: Line) -> LineView:
    return LineView(line.id, line.at, line.text, _lost(line))


def _decision(decision: Decision) -> DecisionView:
    line = decision.line
    return DecisionView(
        line.id,
        line.at,
        line.text,
        _lost(line),
        noun=_NOUNS[line.noun],
        number=line.number,
        last=line.last,
        key=decision.key,
        name=decision.name,
        deleted=decision.deleted,
    )


def _lost(line: Line) -> dict[str, Any]:
    return msgspec.json.decode(line.lost, type=dict[str, Any]) if line.lost else {}


def _homes(reading: Reading, users: Iterable[User]) -> dict[int, int]:
    """The home OMM of each user's device, by the device's number."""
    devices: dict[int, Device] = reading.devices([int(user.ppn) for user in users if user.ppn])
    return {number: int(device.home) for number, device in devices.items()}


def _found(view: View | None, what: str) -> View:
    if view is None:
        raise NotFound(what)
    return view
