"""An OMM as the administrator records it, and what MOM has learned of it.

The changing state of its connection is `OmmStatus`; it lives in memory only.
"""

import enum
from collections.abc import Iterable

import msgspec

from mom.model.identities import OmmId

DEFAULT_PORT = 12622
"""The AXI port of an OMM (TLS)."""
MOST_TRACE_MINUTES = 60
"""How long the trace of one OMM can be switched on at once."""
CERTIFICATE = "certificate"
PARK = "park"
"""What an administrator may have to accept: the values of `Omm.waiting_for`."""


class Omm(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The record of one OMM.

    `omm1` and `omm2` are host names or addresses; `omm2` is the standby and may be empty.
    `password` is kept encrypted at rest and never leaves the server. `pins` are the SHA-256
    fingerprints (hex) of the certificates accepted per address. `park` is learned at the first
    connect, 10 hex digits. `waiting_for` tells what the administrator must accept before MOM
    goes on (`CERTIFICATE` or `PARK`), `seen` what was seen instead: a PARK, or for a certificate
    the address, a blank and the fingerprint.
    """

    id: OmmId
    enabled: bool = True
    name: str
    description: str = ""
    omm1: str
    omm2: str = ""
    port: int = DEFAULT_PORT
    username: str = ""
    password: str = ""
    provisioning: bool = False
    placeholders: str = ""
    park: str = ""
    pins: dict[str, str] = {}
    waiting_for: str = ""
    seen: str = ""
    missing: int = 0
    """Records that vanished at once and wait for *restore* or *accept*; 0 = none."""
    omm_version: str = ""
    protocol_version: int = 0
    last_address: str = ""
    last_sync: int = 0
    """Seconds since 1970 of the end of the last complete reading; 0 = never."""
    last_sync_seconds: float = 0.0
    most_phones: int = 0
    """How many phones it takes, as it told last; 0 = never."""
    revision: int = 1

    @property
    def cloud_id(self) -> str:
        """The Cloud-ID, `00` and the PARK; empty until it is learned."""
        return f"00{self.park}" if self.park else ""

    @property
    def omm_id(self) -> str:
        """The ARI, the last 8 digits of the PARK: the form used in `ommId`; empty until learned."""
        return self.park[2:]

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses to try in turn, the last good one first."""
        both = tuple(address for address in (self.omm1, self.omm2) if address)
        if self.last_address in both[1:]:
            return tuple(reversed(both))
        return both


class OmmState(enum.Enum):
    """The states of an OMM's connection, in the order people see them."""

    DISABLED = "disabled"
    CONNECTING = "connecting"
    OPENING = "opening"
    CONFIGURING = "configuring"
    SYNCHRONISING = "synchronising"
    CONNECTED = "connected"
    WAITING = "waiting"


class Severity(enum.Enum):
    """How bad something is, for health and events; the worst comes last."""

    OK = "OK"
    WARNING = "warning"
    ERROR = "error"


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def rank(severity: Severity) -> int:
    """How bad a severity is beside others; 0 = OK."""
    return _RANKS[severity]


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of them; OK if there is none."""
    return max(severities, key=rank, default=Severity.OK)


class OmmStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is known of an OMM's connection at this moment.

    `reason` says in words why it is in this state; while it is tried anew, why it is not connected.
    `since` is when it was connected, lost or disabled, in seconds since 1970: tries do not begin it
    anew. `done` of `total` records are read while
    `synchronising` (0 of 0 = not known). `next_try` is seconds since 1970, 0 = none planned.
    """

    id: OmmId
    state: OmmState = OmmState.DISABLED
    reason: str = ""
    since: int = 0
    done: int = 0
    total: int = 0
    next_try: int = 0
    address: str = ""
    health: Severity = Severity.OK
    health_reasons: tuple[str, ...] = ()
    n_users: int = 0
    n_devs: int = 0
    n_rfps: int = 0
    n_rfps_connected: int = 0
    clock_offset: float = 0.0
    """The OMM's clock minus MOM's, in seconds, as last measured."""
    trace_until: int = 0
    """Until when (seconds since 1970) all that is said with it is logged; 0 = it is not."""
