"""A roam: one move of a phone from site to site, as it is kept afterwards. Pure data."""

import enum

import msgspec

from mom.model.identities import DeviceNumber, OmmId


class RoamResult(enum.Enum):
    """How a move ended."""

    MOVED = "moved"
    TAKEN = "taken without MOM"
    """The OMM served a permanent user's phone, or subscribed it, by itself."""
    REFUSED = "refused by the OMM"
    NOT_SENT = "not sent"
    NOT_FOUND = "not found there"
    AWAY = "OMM away"


class Roam(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One move. `at` is when it ended (seconds since 1970), `seconds` how long it took.

    `ppn` is the system-wide number of the device; `source` and `target` are numbers of OMM records
    (0 = none). `cause` says more about the result, such as the OMM's error.
    """

    id: int = 0
    at: int
    ppn: DeviceNumber
    ipei: str = ""
    source: OmmId = msgspec.field(name="from", default=OmmId(0))
    target: OmmId = msgspec.field(name="to", default=OmmId(0))
    seconds: float = 0.0
    result: RoamResult = RoamResult.MOVED
    cause: str = ""
