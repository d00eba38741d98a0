"""A copy: what MOM knows of one record on one OMM, and what both agreed on last."""

import enum

import msgspec

from mom.model.identities import OmmId


class Noun(enum.Enum):
    """Which kind of record a number, a copy or a change belongs to."""

    __hash__ = object.__hash__  # the key of nearly every look-up; an Enum's own hash is slow

    USER = "user"
    DEVICE = "device"
    ROOM = "room"
    OMM = "omm"
    ACCOUNT = "account"
    TOKEN = "token"
    SETTING = "setting"
    EVENT = "event"
    ROAM = "roam"
    LICENCE = "licence"
    HEALTH = "health"
    STATUS = "status"
    JOB = "job"


class CopyState(enum.Enum):
    """Where a copy stands: sent but not confirmed, confirmed, or on its way out."""

    OFFERED = "offered"
    HELD = "held"
    REMOVING = "removing"


class Copy(msgspec.Struct, frozen=True, gc=False):
    """One record on one OMM. Stored before the request that makes or removes it goes out.

    `number` is the system-wide number, `local` the OMM's own (0 while it is not known). `told` is
    the system-wide number that the OMM has for it (`uidSec`/`ppnSec`, 0 = none yet), or `-number`
    if it was told that and did not keep it. `agreed` is the packed agreement (see
    `mom.model.agreement`), empty before the first one. `refused` says what the OMM did not accept
    ("EInval num"), empty = nothing. `since` is seconds since 1970.
    """

    noun: Noun
    number: int
    omm: OmmId
    local: int = 0
    state: CopyState = CopyState.OFFERED
    since: int = 0
    told: int = 0
    agreed: bytes = b""
    refused: str = ""

    @property
    def shown(self) -> int:
        """The system-wide number that the OMM has for it; 0 = none."""
        return max(self.told, 0)

    @property
    def is_numbered(self) -> bool:
        """Whether the OMM was told the system-wide number, which it has or does not keep."""
        return abs(self.told) == self.number
