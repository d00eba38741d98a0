"""The OMM records with the state of their connections, and what can be done with an OMM."""

from typing import Annotated, Any, Literal

import msgspec

from mom.admin.errors import NotFound
from mom.admin.omms import OmmRegistry
from mom.model.identities import OmmId
from mom.model.omm import MOST_TRACE_MINUTES, Omm, OmmState, OmmStatus, Severity
from mom.ports import FleetPort
from mom.web.call import Call
from mom.web.desk import MissingRecords
from mom.web.errors import Contradiction
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.route import API, Access, Reply, route

MAX_BODY = 256 * 1024
"""Bytes of an OMM record as JSON: its placeholders may be long."""


class OmmView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An OMM record as it is shown, with the state of its connection. The password is not in it.

    Times are seconds since 1970, 0 = never; `clock_offset` and `last_sync_seconds` are seconds.
    `pins` are the accepted fingerprints by address; `seen` is what waits to be accepted instead.
    """

    id: int
    enabled: bool
    provisioning: bool
    name: str
    description: str
    omm1: str
    omm2: str
    port: int
    cloud_id: str
    park: str
    omm_id: str
    username: str
    has_password: bool
    state: OmmState
    reason: str
    since: int
    next_try: int
    address: str
    done: int
    total: int
    health: Severity
    health_reasons: tuple[str, ...]
    n_users: int
    n_devs: int
    n_rfps: int
    n_rfps_connected: int
    clock_offset: float
    trace_until: int
    omm_version: str
    protocol_version: int
    last_sync: int
    last_sync_seconds: float
    waiting_for: str
    seen: str
    pins: dict[str, str]
    missing: int
    placeholders: str
    revision: int


def omm_view(omm: Omm, status: OmmStatus) -> OmmView:
    """A record and its status as one view."""
    own = {name: getattr(omm, name) for name in OmmView.__struct_fields__ if hasattr(omm, name)}
    told = {
        name: getattr(status, name)
        for name in OmmView.__struct_fields__
        if name not in own and hasattr(status, name)
    }
    return OmmView(**own, **told, has_password=bool(omm.password))


class OmmFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fields of an OMM record that people write; a new record needs `name` and `omm1`."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    omm1: str | msgspec.UnsetType = msgspec.UNSET
    omm2: str | msgspec.UnsetType = msgspec.UNSET
    port: int | msgspec.UnsetType = msgspec.UNSET
    username: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET
    provisioning: bool | msgspec.UnsetType = msgspec.UNSET
    placeholders: str | msgspec.UnsetType = msgspec.UNSET


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is accepted of that which the OMM showed."""

    what: Literal["certificate", "park"]


class Trace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a trace lasts; 0 = no more."""

    minutes: Annotated[int, msgspec.Meta(ge=0, le=MOST_TRACE_MINUTES)]


class OmmRoutes:
    """`/omms`."""

    def __init__(self, *, omms: OmmRegistry, fleet: FleetPort, missing: MissingRecords) -> None:
        self._omms = omms
        self._fleet = fleet
        self._missing = missing

    async def views(self) -> list[OmmView]:
        """All OMMs by number."""
        statuses = {status.id: status for status in self._fleet.statuses()}
        return [
            omm_view(omm, statuses.get(omm.id) or self._fleet.status(omm.id))
            for omm in await self._omms.all()
        ]

    @route(
        "GET",
        "/omms",
        access=Access.READ,
        summary="All OMMs",
        query=ListQuery,
        answer=listing_of(OmmView),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the OMMs."""
        return query.select(await self.views())

    @route("GET", "/omms/<number:number>", access=Access.READ, summary="One OMM", answer=OmmView)
    async def one(self, call: Call, number: int) -> OmmView:
        """One OMM."""
        return await self._view(number)

    @route(
        "POST",
        "/omms",
        access=Access.WRITE,
        summary="Add an OMM",
        body=dict[str, Any],
        documented=OmmFields,
        answer=OmmView,
        status=201,
        max_body=MAX_BODY,
    )
    async def create(self, call: Call, body: dict[str, Any]) -> Reply:
        """Add an OMM; MOM connects to it at once if it is enabled."""
        omm = await self._omms.create(body, call.by)
        view = omm_view(omm, self._fleet.status(omm.id))
        return Reply(body=view, headers={"location": f"{API}/omms/{omm.id}"})

    @route(
        "PATCH",
        "/omms/<number:number>",
        access=Access.WRITE,
        summary="Change an OMM record",
        body=dict[str, Any],
        documented=OmmFields,
        answer=OmmView,
        max_body=MAX_BODY,
    )
    async def edit(self, call: Call, number: int, body: dict[str, Any]) -> OmmView:
        """Change an OMM record."""
        omm = await self._omms.edit(OmmId(number), body, call.by, call.revision)
        return omm_view(omm, self._fleet.status(omm.id))

    @route(
        "DELETE",
        "/omms/<number:number>",
        access=Access.WRITE,
        summary="Delete an OMM record; users stay, phones lose their home",
    )
    async def delete(self, call: Call, number: int) -> None:
        """Delete an OMM record."""
        await self._omms.delete(OmmId(number), call.by)

    @route(
        "POST",
        "/omms/<number:number>/actions/reconnect",
        access=Access.WRITE,
        summary="Connect to the OMM now",
        answer=OmmView,
    )
    async def reconnect(self, call: Call, number: int) -> OmmView:
        """Drop the link, if there is one, and connect now."""
        if not (await self._view(number)).enabled:
            raise Contradiction(f"OMM {number:04d} is disabled", code="EOmm")
        self._fleet.reconnect(OmmId(number))
        return await self._view(number)

    @route(
        "POST",
        "/omms/<number:number>/actions/update",
        access=Access.WRITE,
        summary="Tell the OMM to update its software and configuration",
        answer=OmmView,
    )
    async def update(self, call: Call, number: int) -> OmmView:
        """Tell the OMM to update; base stations may load software too."""
        if (await self._view(number)).state is not OmmState.CONNECTED:
            raise Contradiction(f"OMM {number:04d} is not connected", code="EOmm")
        await self._fleet.update(OmmId(number))
        return await self._view(number)

    @route(
        "POST",
        "/omms/<number:number>/actions/trace",
        access=Access.WRITE,
        summary="Write all that is said with the OMM into the log, secrets masked",
        body=Trace,
        answer=OmmView,
    )
    async def trace(self, call: Call, number: int, body: Trace) -> OmmView:
        """Trace an OMM for some minutes."""
        await self._view(number)
        self._fleet.trace(OmmId(number), body.minutes, call.by)
        return await self._view(number)

    @route(
        "POST",
        "/omms/<number:number>/actions/accept",
        access=Access.WRITE,
        summary="Accept the certificate or PARK that the OMM showed",
        body=Acceptance,
        answer=OmmView,
    )
    async def accept(self, call: Call, number: int, body: Acceptance) -> OmmView:
        """Accept what the OMM showed instead of what is on record."""
        omm = await self._omms.accept(OmmId(number), body.what, call.by)
        return omm_view(omm, self._fleet.status(omm.id))

    @route(
        "POST",
        "/omms/<number:number>/actions/restore-missing",
        access=Access.WRITE,
        summary="Send the records that vanished from the OMM back to it",
        answer=OmmView,
    )
    async def restore_missing(self, call: Call, number: int) -> OmmView:
        """Send vanished records back."""
        await self._view(number)
        if not await self._missing.restore_missing(OmmId(number)):
            raise _nothing_missing(number)
        return await self._view(number)

    @route(
        "POST",
        "/omms/<number:number>/actions/accept-missing",
        access=Access.WRITE,
        summary="Delete the records that vanished from the OMM in MOM too",
        answer=OmmView,
    )
    async def accept_missing(self, call: Call, number: int) -> OmmView:
        """Accept that records vanished."""
        await self._view(number)
        if not await self._missing.accept_missing(OmmId(number)):
            raise _nothing_missing(number)
        return await self._view(number)

    async def _view(self, number: int) -> OmmView:
        for omm in await self._omms.all():
            if omm.id == number:
                return omm_view(omm, self._fleet.status(omm.id))
        raise NotFound(f"OMM {number:04d}")


def _nothing_missing(number: int) -> Contradiction:
    return Contradiction(f"no records are missing on OMM {number:04d}", code="EOmm")
