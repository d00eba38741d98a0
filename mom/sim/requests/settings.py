"""Settings of the whole OMM that MOM reads and writes: one table, one way to get and set each.

Source: the published schema for names and attributes. The table says what each attribute takes, who
is told of a change, and which settings a MOM in control keeps for itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mom.axi.element import Element, Value
from mom.model.identities import IdentityError, park
from mom.sim.refusal import Refusal, invalid, missing
from mom.sim.requests.handler import Handler, Handlers
from mom.sim.requests.phones import is_plain
from mom.sim.rules import boolean, choice, number
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer

SARI_RESTART = 5.0
"""Seconds that an OMM is away after its SARI was set; short, so that tests need not wait."""

CONFIGURED_LASTS = 24 * 3600
"""Seconds after which an OMM ends the mode Configured by itself."""

WILDCARD_MINUTES = 3
"""Minutes that Wildcard lasts if none are given."""

_BOOLEAN = "boolean"
_SECRET = "secret"
_TEXT = "text"
Sort = str | tuple[int, int] | tuple[str, ...]
"""What an attribute takes: boolean, secret, text, a range of numbers, or one of some words."""


class Setting(msgspec.Struct, frozen=True):
    """One setting: its attributes with sort and start value, and how a change is told.

    `child` names the element that holds the attributes where it is not the message itself;
    `guarded` means that only the MOM in control may change it.
    """

    sorts: Mapping[str, Sort]
    start: Mapping[str, str]
    event: str = ""
    event_type: str = "SystemCnf"
    child: str = ""
    guarded: bool = False
    writable: bool = True


_URL_SORTS: dict[str, Sort] = {
    "enable": _BOOLEAN,
    "protocol": ("FTP", "FTPS", "HTTP", "HTTPS", "TFTP", "SFTP", "SCP", "None"),
    "host": _TEXT,
    "port": (0, 65535),
    "path": _TEXT,
    "username": _TEXT,
    "password": _SECRET,
    "sslMethod": ("Auto", "TLS1.0", "TLS1.1", "TLS1.2"),
    **dict.fromkeys(
        (
            "useCommonCerts",
            "validateCerts",
            "validateExpires",
            "validateHostName",
            "allowNonConfTrustCerts",
            "importCerts",
        ),
        _BOOLEAN,
    ),
}
_URL_START = {
    "enable": "0",
    "protocol": "None",
    "host": "",
    "port": "0",
    "path": "",
    "username": "",
    "password": "",
    "sslMethod": "Auto",
    "useCommonCerts": "1",
    "validateCerts": "0",
    "validateExpires": "0",
    "validateHostName": "0",
    "allowNonConfTrustCerts": "0",
    "importCerts": "0",
}

SETTINGS: Mapping[str, Setting] = {
    "PARK": Setting({"park": _TEXT}, {"park": ""}, writable=False),
    "SARI": Setting({"sari": _TEXT}, {"sari": ""}, "EventSARICnf"),
    "FACPrefix": Setting({"prefix": _TEXT}, {"prefix": "*1"}, "EventFACPrefixCnf"),
    "DevAutoCreate": Setting(
        {"enable": _BOOLEAN}, {"enable": "1"}, "EventDevAutoCreateCnf", guarded=True
    ),
    "DECTSubscriptionMode": Setting(
        {"mode": ("Wildcard", "Configured", "Off"), "timeout": (1, 60)},
        {"mode": "Off"},
        "EventDECTSubscriptionMode",
        "DECTSubscriptionMode",
        guarded=True,
    ),
    "ConfigURL": Setting(_URL_SORTS, _URL_START, "EventConfigURLCnf", child="url"),
    "SystemProvUpdTrig": Setting(
        {"enable": _BOOLEAN, "hour": (0, 23), "minute": (0, 59)},
        {"enable": "0", "hour": "0", "minute": "0"},
        "EventSystemProvUpdTrigCnf",
    ),
    "SystemCredentials": Setting(
        {"username": _TEXT, "password": _SECRET},
        {"username": "", "password": ""},
        "EventSystemCredentialsCnf",
    ),
    "UserDeviceSyncOMM": Setting(
        {
            "enable": _BOOLEAN,
            "omm1DomainName": _TEXT,
            "omm2DomainName": _TEXT,
            "user": _TEXT,
            "password": _SECRET,
        },
        {"enable": "0", "omm1DomainName": "", "omm2DomainName": "", "user": "", "password": ""},
        "EventUserDeviceSyncOMMCnf",
    ),
    "PreserveUserDeviceRelation": Setting(
        {"enable": _BOOLEAN}, {"enable": "1"}, "EventPreserveUserDeviceRelationCnf"
    ),
    "SystemName": Setting({"name": _TEXT}, {"name": ""}, "EventSystemNameCnf"),
    "EULAConfirm": Setting({"confirm": _BOOLEAN}, {"confirm": "1"}, "EventEULAConfirmCnf"),
    "DECTAuthCode": Setting({"ac": _TEXT}, {"ac": "1234"}, "EventDECTAuthCodeCnf"),
    "RestrictedSubscriptionDuration": Setting(
        {"restrictedSubscrDur": _BOOLEAN},
        {"restrictedSubscrDur": "0"},
        "EventRestrictedSubscriptionDurationCnf",
    ),
}


def start_settings(state: State, sari: str, name: str) -> dict[str, dict[str, str]]:
    """The settings of a new OMM."""
    settings = {key: dict(setting.start) for key, setting in SETTINGS.items()}
    settings["PARK"]["park"] = state.identity.park
    settings["SARI"]["sari"] = sari
    settings["SystemName"]["name"] = name
    return settings


def change_setting(
    state: State, key: str, values: Mapping[str, str], origin: Session | None
) -> dict[str, str]:
    """Store checked values and tell others; return what changed.

    `origin` is the client that wishes it, `None` a local administrator. Raises `Refusal` for what a
    MOM in control keeps for itself.
    """
    setting = SETTINGS[key]
    if setting.guarded and state.controller not in (None, origin):
        raise Refusal("EForbidden", f"{key} is under control of {state.controller_name}")
    if key == "DECTSubscriptionMode":
        values = _start_mode(state, dict(values))
    stored = state.settings.setdefault(key, dict(setting.start))
    news = {name: text for name, text in values.items() if stored.get(name) != text}
    stored.update(news)
    if news and setting.event:
        attrs, children = written(state, key)
        state.tell(setting.event_type, setting.event, attrs, *children)
    if key == "SARI" and news:
        state.restart_wanted = SARI_RESTART
    return news


def _start_mode(state: State, values: dict[str, str]) -> dict[str, str]:
    minutes = int(values.pop("timeout", WILDCARD_MINUTES))
    lasts = {"Wildcard": minutes * 60, "Configured": CONFIGURED_LASTS}.get(values.get("mode", ""))
    state.mode_ends = None if lasts is None else state.now() + lasts
    return values


def end_mode(state: State) -> None:
    """End a subscription mode whose time is over, as the OMM does by itself."""
    if state.mode_ends is None or state.now() < state.mode_ends:
        return
    after = "Configured" if state.settings["DECTSubscriptionMode"]["mode"] == "Wildcard" else "Off"
    change_setting(state, "DECTSubscriptionMode", {"mode": after}, state.controller)


def written(state: State, key: str) -> tuple[dict[str, Value], tuple[Element, ...]]:
    """A setting as an answer or event shows it: attributes, or a child that has them."""
    setting = SETTINGS[key]
    attrs: dict[str, Value] = {}
    for name, text in state.settings[key].items():
        sort = setting.sorts.get(name)
        if sort == _SECRET:
            attrs[name] = state.voice.seal(text)
        else:
            attrs[name] = text == "1" if sort == _BOOLEAN else text
    if setting.child:
        return {}, (state.voice.child(setting.child, attrs),)
    return attrs, ()


def check(state: State, key: str, element: Element, plain: bool) -> dict[str, str]:
    """Check the attributes of a setting; unknown ones are left out. Raises `Refusal`."""
    checked = {}
    for name, sort in SETTINGS[key].sorts.items():
        if element.has(name):
            checked[name] = _check_one(state, name, sort, element.get(name), plain)
    if key == "SARI":
        checked["sari"] = _sari(checked.get("sari", ""))
    return checked


def _check_one(state: State, name: str, sort: Sort, text: str, plain: bool) -> str:
    if isinstance(sort, tuple):
        first, *_ = sort
        if isinstance(first, int):
            return number(name, text, first, int(sort[-1]))
        return choice(name, text, tuple(str(word) for word in sort))
    if sort == _BOOLEAN:
        return boolean(name, text)
    return (
        state.rules.secret(name, text, plain) if sort == _SECRET else state.rules.text(name, text)
    )


def _sari(text: str) -> str:
    try:
        return park(text) if text else ""
    except IdentityError as error:
        raise invalid("sari", str(error)) from error


def _getter(key: str) -> Handler:
    def get(state: State, session: Session, request: Element) -> Answer:
        attrs, children = written(state, key)
        return Answer(attrs=attrs, children=children)

    return get


def _setter(key: str) -> Handler:
    def put(state: State, session: Session, request: Element) -> Answer:
        child = SETTINGS[key].child
        element = (request.child(child) or request) if child else request
        values = check(state, key, element, is_plain(request) or is_plain(element))
        if not values:
            raise missing(child or next(iter(SETTINGS[key].sorts)))
        change_setting(state, key, values, session)
        attrs, children = written(state, key)
        return Answer(attrs=attrs, children=children)

    return put


def handlers() -> Handlers:
    """Get and Set of each setting."""
    table = {f"Get{key}": _getter(key) for key in SETTINGS}
    return table | {f"Set{key}": _setter(key) for key, s in SETTINGS.items() if s.writable}
