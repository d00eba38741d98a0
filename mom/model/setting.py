"""The settings of the whole system that an administrator changes while MOM runs.

Each setting has a default, so that a database without any is complete. The common identity (SARI)
is no setting: it comes with the licence. What needs a restart is in `etc/mom.toml`.
"""

import enum
from typing import Annotated

import msgspec


class Suppression(enum.Enum):
    """Which tables of the pages wait for *Refresh* instead of following changes live."""

    OFF = "Off"
    USERS_AND_DEVICES = "Users / DECT phones"
    ALL = "All"


class SubscriptionMode(enum.Enum):
    """Which phones may subscribe: none, configured ones, or any with a valid additional ID."""

    OFF = "Off"
    CONFIGURED = "Configured"
    WILDCARD = "Wildcard"


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All settings.

    `subscription_timeout` is in minutes, how long Wildcard lasts until the mode is again what it
    was before; 0 = until somebody changes it. `subscription_until` is when this Wildcard ends, in
    seconds since 1970, 0 = it does not or the mode is another; `subscription_before` is the mode
    that comes back then.

    `deletes_stick`: a record deleted while its OMM is away is deleted there too when it comes
    back, instead of coming back with it.

    `fac_prefix` goes to all OMMs once `fac_prefix_set`: a MOM in which none was ever entered
    leaves theirs alone.
    """

    system_name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "MOM"
    deletes_stick: bool = False
    suppress_table_updates: Suppression = Suppression.ALL
    auto_create: bool = False
    subscription: SubscriptionMode = SubscriptionMode.OFF
    subscription_timeout: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    subscription_until: int = 0
    subscription_before: SubscriptionMode = SubscriptionMode.OFF
    fac_prefix: Annotated[str, msgspec.Meta(max_length=8, pattern=r"^[0-9*#]*$")] = ""
    fac_prefix_set: bool = False
    revision: int = 1
