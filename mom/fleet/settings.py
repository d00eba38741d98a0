"""What an OMM is to be set to, and whether it is: one entry for each setting.

Pure: what is wanted and what the OMM told come in, requests come out. This module must not know
when it is asked or how often a setting was made.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from mom.axi.element import Element, make
from mom.axi.errors import BadValue
from mom.axi.mom_profile import ControlState, client_info, controlled, mom_control
from mom.fleet.options import Wishes

SETTING_EVENTS = frozenset(
    {
        "EventDevAutoCreateCnf",
        "EventUserDeviceSyncOMMCnf",
        "EventDECTSubscriptionMode",
        "EventFACPrefixCnf",
        "EventMOMControlState",
    }
)
"""The events that tell a change of a setting: all that a ``reported_by`` below names."""

LONGEST_WILDCARD = 60
"""Minutes that an OMM stays in Wildcard at most (published)."""
WILDCARD_RENEWED = 50 * 60.0
"""Seconds after which a Wildcard that is to stand is made again, before the OMM ends it."""
CONFIGURED_RENEWED = 23 * 3600.0
"""The same for Configured, which an OMM ends after 24 hours (published)."""

Differs = Callable[[Element], bool]
"""Tells from an answer, or from an event, whether the OMM has something else than wanted."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that MOM sets on an OMM.

    ``name`` is for people; ``ask`` reads it (``None``: it cannot be read and is set at each
    connect); ``change`` sets it; ``reported_by`` is the event that tells a change on the OMM.
    ``restarts``: the OMM restarts when it is set. ``lasts``: seconds after which it is made again
    although it is as wanted, because the OMM ends it by itself; 0 = it stays. ``profile``: an OMM
    without MOM messages refuses it, which costs only what depends on them.
    """

    name: str
    change: Element
    ask: Element | None = None
    differs: Differs = lambda told: True
    reported_by: str = ""
    restarts: bool = False
    lasts: float = 0.0
    profile: bool = False


def questions_of(settings: Sequence[Setting]) -> list[Element]:
    """The requests that read these settings."""
    return [setting.ask for setting in settings if setting.ask is not None]


def differs_in(event: Element, settings: Sequence[Setting]) -> list[Setting]:
    """Those of the settings that an event tells to be otherwise than wanted."""
    return [each for each in settings if each.reported_by == event.name and each.differs(event)]


def identity(wishes: Wishes) -> list[Setting]:
    """The common identity, if there is a licence: made first, because it restarts the OMM."""
    if wishes.sari is None:
        return []
    sari = wishes.sari
    return [
        Setting(
            name="SARI",
            ask=make("GetSARI"),
            differs=lambda told: told.get("sari").upper() != sari.upper(),
            change=make("SetSARI", {"sari": sari}),
            restarts=True,
        )
    ]


@lru_cache(maxsize=4)
def wanted(wishes: Wishes) -> tuple[Setting, ...]:
    """All settings that do not restart the OMM, in the order in which they are made."""
    settings = [
        Setting(
            name="auto-create",
            ask=make("GetDevAutoCreate"),
            differs=_is_enabled,
            change=make("SetDevAutoCreate", {"enable": False}),
            reported_by="EventDevAutoCreateCnf",
        ),
        Setting(
            name="dual homing",
            ask=make("GetUserDeviceSyncOMM"),
            differs=_is_enabled,
            change=make("SetUserDeviceSyncOMM", {"enable": False}),
            reported_by="EventUserDeviceSyncOMMCnf",
        ),
    ]
    if wishes.subscription_mode is not None:
        settings.append(_subscription(wishes.subscription_mode, wishes.subscription_minutes))
    if wishes.fac_prefix is not None:
        settings.append(_fac_prefix(wishes.fac_prefix))
    settings.append(
        Setting(
            name="MOM control",
            differs=lambda told: not controlled(told),
            change=mom_control(ControlState.ENABLED, wishes.mom_name),
            reported_by="EventMOMControlState",
            profile=True,
        )
    )
    settings.append(
        Setting(name="client name", change=client_info(wishes.client_name), profile=True)
    )
    return tuple(settings)


def _subscription(mode: str, minutes: int) -> Setting:
    """The mode; only Wildcard takes minutes, and one that MOM ends itself is not renewed."""
    timeout, lasts = None, 0.0
    if mode == "Wildcard":
        timeout = minutes or LONGEST_WILDCARD
        lasts = 0.0 if minutes else WILDCARD_RENEWED
    elif mode == "Configured":
        lasts = CONFIGURED_RENEWED
    return Setting(
        name="subscription mode",
        ask=make("GetDECTSubscriptionMode"),
        differs=lambda told: told.get("mode") != mode,
        change=make("SetDECTSubscriptionMode", {"mode": mode, "timeout": timeout}),
        reported_by="EventDECTSubscriptionMode",
        lasts=lasts,
    )


def _fac_prefix(prefix: str) -> Setting:
    return Setting(
        name="FAC prefix",
        ask=make("GetFACPrefix"),
        differs=lambda told: _told_prefix(told) != prefix,
        change=make("SetFACPrefix", {"prefix": prefix}),
        reported_by="EventFACPrefixCnf",
    )


def _told_prefix(told: Element) -> str:
    """The prefix; the schema puts it into a child ``fac``, so both forms are read."""
    child = told.child("fac")
    return told.get("prefix") or (child.get("prefix") if child is not None else "")


def _is_enabled(told: Element) -> bool:
    """Whether something is on that must be off; what cannot be read is set."""
    try:
        return told.flag("enable")
    except BadValue:
        return True
