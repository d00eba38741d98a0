"""What the fleet needs of its surroundings: the records of OMMs, and links to addresses.

The store's side of ``OmmRecords`` is in ``mom.fleet.records``, the real links in
``mom.fleet.dial``; tests hand in dictionaries.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import UNSET, UnsetType
from twisted.internet.defer import Deferred

from mom.axi.protocol import AxiProtocol
from mom.model.identities import OmmId
from mom.model.omm import Omm


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What a session taught about an OMM; what is ``UNSET`` stays as it is in the record.

    ``pin`` is an address and the fingerprint of its certificate.
    """

    park: str | UnsetType = UNSET
    omm2: str | UnsetType = UNSET
    omm_version: str | UnsetType = UNSET
    protocol_version: int | UnsetType = UNSET
    last_address: str | UnsetType = UNSET
    last_sync: int | UnsetType = UNSET
    last_sync_seconds: float | UnsetType = UNSET
    most_phones: int | UnsetType = UNSET
    waiting_for: str | UnsetType = UNSET
    seen: str | UnsetType = UNSET
    pin: tuple[str, str] | UnsetType = UNSET

    def applied(self, omm: Omm) -> Omm:
        """Return the record with this in it; the same object if that changes nothing."""
        changes = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if name != "pin" and value is not UNSET and value != getattr(omm, name)
        }
        if self.pin is not UNSET and omm.pins.get(self.pin[0]) != self.pin[1]:
            changes["pins"] = {**omm.pins, self.pin[0]: self.pin[1]}
        return msgspec.structs.replace(omm, **changes) if changes else omm


def kept(mine: Omm, before: Omm, after: Omm) -> Omm:
    """Return ``after`` with what ``mine`` has learned, where the change from ``before`` left it.

    What was learned may not be stored yet when somebody else changes the record.
    """
    names = [*(name for name in Learned.__struct_fields__ if name != "pin"), "pins"]
    unchanged = [name for name in names if getattr(before, name) == getattr(after, name)]
    return msgspec.structs.replace(after, **{name: getattr(mine, name) for name in unchanged})


class OmmChange(msgspec.Struct, frozen=True):
    """One change of an OMM record: ``before`` is ``None`` for a new one, ``after`` if deleted."""

    before: Omm | None
    after: Omm | None


class Subscription(Protocol):
    """Something that was subscribed to."""

    def stop(self) -> None:
        """End it; nothing is told afterwards."""


class OmmRecords(Protocol):
    """Where the records of OMMs rest."""

    async def load(self) -> list[Omm]:
        """Return all records, enabled or not."""

    def learn(self, omm: OmmId, learned: Learned) -> None:
        """Store soon what was learned, on the record as it is then; nothing if it is gone."""

    async def flush(self) -> None:
        """Store at once what was learned and is not stored yet."""

    def subscribe(self, listener: Callable[[OmmChange], None]) -> Subscription:
        """Tell each change after it is stored, in order, but not those that ``learn`` makes."""


class Dialler(Protocol):
    """Makes links."""

    def dial(self, address: str, port: int, protocol: AxiProtocol) -> Deferred[str]:
        """Connect ``protocol`` over TLS; the Deferred fires when the handshake is done.

        Its value is the SHA-256 (hex) of the OMM's certificate, empty without TLS. It fails with
        ``mom.fleet.errors.Unreachable``, and cancelling it gives up.
        """
