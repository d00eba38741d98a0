"""The OMM records: creating, changing and deleting them, and accepting what an OMM showed.

Checks and stores; the connections follow the change feed. Knows no connection.
"""

from collections.abc import Callable, Mapping

import msgspec

from mom.admin.errors import Conflict, FieldErrors, NotFound, Refused
from mom.admin.omm_fields import created, edited
from mom.admin.shelf import OmmShelf
from mom.model.identities import OmmId
from mom.model.omm import CERTIFICATE, PARK, Omm, Severity
from mom.ports import Recorder

SUBSYSTEM = "OMMs"
_WAYS = frozenset({"enabled", "omm1", "omm2", "port"})
"""Fields that decide which OMM a record leads to."""


class OmmRegistry:
    """The way to change OMM records. `allow` raises `Refused` if so many records are too many."""

    def __init__(self, shelf: OmmShelf, recorder: Recorder, allow: Callable[[int], None]) -> None:
        self._shelf = shelf
        self._recorder = recorder
        self._allow = allow

    async def all(self) -> list[Omm]:
        """All records, by number."""
        return await self._shelf.omms()

    async def create(self, changes: Mapping[str, object], by: str) -> Omm:
        """Create a record from its fields by their names in the API.

        Raises `FieldErrors`, and `Refused` if the licence does not allow one more.
        """

        def make(number: OmmId, others: list[Omm]) -> Omm:
            self._allow(len(others) + 1)
            return created(number, changes, others)

        omm = await self._shelf.create_omm(make, cause=by)
        self._record(f"{by} created OMM {omm.id:04d} {omm.name}")
        await self._warn_of_twins(omm)
        return omm

    async def edit(
        self, number: OmmId, changes: Mapping[str, object], by: str, revision: int | None = None
    ) -> Omm:
        """Change fields of a record; a change of nothing is none.

        Raises `FieldErrors`, `NotFound`, and `Conflict` if `revision` is no longer the current one.
        """

        def decide(before: Omm, others: list[Omm]) -> Omm:
            if revision is not None and revision != before.revision:
                raise Conflict(f"OMM {number:04d}", before.revision)
            return edited(before, changes, others)

        omm = await self._change(number, decide, by)
        self._record(f"{by} changed OMM {number:04d} {omm.name}: {', '.join(changes)}")
        if not _WAYS.isdisjoint(changes):
            await self._warn_of_twins(omm)
        return omm

    async def delete(self, number: OmmId, by: str) -> None:
        """Delete a record. Raises `NotFound`."""
        omm = await self._shelf.delete_omm(number, cause=by)
        if omm is None:
            raise NotFound(f"OMM {number:04d}")
        self._record(f"{by} deleted OMM {number:04d} {omm.name}")

    async def accept(self, number: OmmId, what: str, by: str) -> Omm:
        """Accept what an OMM showed instead of what is on record: "certificate" or "park".

        Raises `NotFound`, `FieldErrors`, and `Refused` if nothing of the kind waits, or if another
        enabled record has the PARK: two sessions would fight over one OMM.
        """
        omm = await self._change(number, lambda before, others: accepted(before, what, others), by)
        self._record(f"{by} accepted the new {what} of OMM {number:04d} {omm.name}")
        return omm

    async def _change(self, number: OmmId, decide: Callable[[Omm, list[Omm]], Omm], by: str) -> Omm:
        omm = await self._shelf.change_omm(number, decide, cause=by)
        if omm is None:
            raise NotFound(f"OMM {number:04d}")
        return omm

    async def _warn_of_twins(self, omm: Omm) -> None:
        """Say which other enabled records lead to the same address: one of them will wait."""
        for other in await self.all():
            if other.id != omm.id and _may_meet(omm, other):
                text = (
                    f"OMM {omm.id:04d} {omm.name} has an address of OMM {other.id:04d} {other.name}"
                )
                self._recorder.record(Severity.WARNING, SUBSYSTEM, text)

    def _record(self, text: str) -> None:
        self._recorder.record(Severity.OK, SUBSYSTEM, text)


def _may_meet(one: Omm, other: Omm) -> bool:
    """Whether two records are enabled and have an address and port in common."""
    addresses = {address.casefold() for address in one.addresses}
    is_shared = not addresses.isdisjoint(address.casefold() for address in other.addresses)
    return one.enabled and other.enabled and one.port == other.port and is_shared


def accepted(before: Omm, what: str, others: list[Omm]) -> Omm:
    """The record after the administrator accepted what was seen; see `OmmRegistry.accept`.

    What was seen is a PARK, or for a certificate the address, a blank and the fingerprint.
    """
    if what not in (CERTIFICATE, PARK):
        raise FieldErrors({"what": "certificate or park is expected"})
    if before.waiting_for != what:
        raise Refused("EInval", f"OMM {before.id:04d} does not wait for a {what} to be accepted")
    if what == CERTIFICATE:
        address, _, fingerprint = before.seen.rpartition(" ")
        after = msgspec.structs.replace(before, pins={**before.pins, address: fingerprint})
    else:
        for other in others:
            if other.id != before.id and other.enabled and other.park == before.seen:
                text = f"OMM {other.id:04d} {other.name} has this PARK; disable that record first"
                raise Refused("EExist", text)
        after = msgspec.structs.replace(before, park=before.seen)
    return msgspec.structs.replace(after, waiting_for="", seen="", revision=before.revision + 1)
