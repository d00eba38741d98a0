"""How the fleet behaves and what it wants of every OMM, as frozen values.

This module must not know where they come from.
"""

import enum

import msgspec

FIRST_VERSION = (7, 0)
"""The oldest SIP-DECT release that is taken in without its protocol being listed."""


class Trust(enum.Enum):
    """Which certificates of OMMs are trusted (``[axi] certificate_trust``)."""

    TOFU = "tofu"
    """The one met first at an address, until the administrator accepts another."""
    CA = "ca"
    """Those that an authority of the operating system vouches for, with the address's name."""
    NONE = "none"
    """All."""


class FleetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Times are seconds. ``handshakes`` is how many links are made at the same moment."""

    protocol_versions: tuple[int, ...] = (45,)
    certificate_trust: Trust = Trust.TOFU
    connect_timeout: float = 10.0
    reconnect_seconds: float = 60.0
    keepalive_seconds: float = 30.0
    keepalive_timeout_seconds: float = 15.0
    request_timeout_seconds: float = 30.0
    health_seconds: float = 60.0
    health_after_update_seconds: float = 10.0
    clock_check_seconds: float = 3600.0
    clock_tolerance: float = 60.0
    farewell_seconds: float = 2.0
    handshakes: int = 32


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What MOM wants every connected OMM to be set to; ``None`` leaves a setting alone.

    ``sari`` is the common identity, 10 hex digits, ``None`` without a licence. ``mom_name`` and
    ``client_name`` are what the OMM shows about MOM. ``subscription_minutes`` is how long Wildcard
    is to last at most, 0 = as long as it stands here.
    """

    sari: str | None = None
    mom_name: str = "MOM"
    client_name: str = "MOM"
    subscription_mode: str | None = None
    subscription_minutes: int = 0
    fac_prefix: str | None = None
