"""Everything that is INFERRED about how a MOM and an OMM talk: names known, attributes ours.

An OMM 7.1 reports the names and versions of these messages in GetVersionsResp; what they carry is
published nowhere. It is defined here and nowhere else, and told in ``docs/axi-mom-profile.md``, so
that somebody with a packet trace can correct it in one place. Facts that were observed are marked
*known*. This module must not know what is decided with any message.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from enum import StrEnum

import msgspec

from mom.axi.codec import prepared
from mom.axi.element import Element, Value, make
from mom.axi.errors import BadValue
from mom.axi.record import Record

UNSUPPORTED = frozenset({"EInval", "EForbidden"})
"""Error codes by which an OMM without a message refuses it; roaming is then not available."""

# --- control ----------------------------------------------------------------------------------


class ControlState(StrEnum):
    """Whether an OMM is under the control of a MOM, and so refuses some local changes."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"


def mom_control(state: ControlState, mom_name: str) -> Element:
    """Build ``SetMOMControlState``: take control of an OMM, or give it back."""
    return make("SetMOMControlState", {"state": state.value, "momName": mom_name})


def controlled(element: Element) -> bool:
    """Read ``GetMOMControlStateResp`` or ``EventMOMControlState``: whether a MOM is in control."""
    return element.get("state") == ControlState.ENABLED.value


def client_info(client_name: str) -> Element:
    """Build ``ClientInfo``, which tells an OMM who is connected."""
    return make("ClientInfo", {"clientName": client_name})


# --- events -----------------------------------------------------------------------------------

MAX_SUBSCRIPTIONS = 20
"""Most ``e`` elements in one Subscribe (known)."""

_SUBSCRIPTIONS: tuple[tuple[str, Mapping[str, Value]], ...] = (
    ("PPCnf", {"ppn": -1, "uid": -1}),
    ("PPDevSummary", {}),
    ("PPUserSummary", {}),
    ("RFPSummary", {}),
    ("Roaming", {}),
    ("DECTSubscriptionMode", {}),
    ("MessageSend", {"ppn": -1}),
    ("MessageConfirmation", {"ppn": -1}),
    ("MessageProgress", {}),
    ("MessageQueueEmpty", {"ppn": -1}),
    ("AlarmTrigger", {"trigger": "*"}),
    ("SystemState", {}),
    ("SystemCnf", {}),
    ("ConferenceCnf", {}),
    ("MOMMsgRouting", {}),
    ("ApplicationDataChannel", {}),
)
_WITHOUT_PPCNF: tuple[tuple[str, Mapping[str, Value]], ...] = (
    ("PPDevCnf", {"ppn": -1}),
    ("PPUserCnf", {"uid": -1}),
)


_ENTRIES: Mapping[str, Element] = {
    name: prepared(make("e", {"cmd": "On", "eventType": name, **filters}))
    for name, filters in _SUBSCRIPTIONS + _WITHOUT_PPCNF
}
_REPLACED = frozenset(name for name, _ in _WITHOUT_PPCNF)


def subscriptions(refused: Collection[str] = ()) -> list[Element]:
    """Return the ``e`` elements of everything a MOM listens to, but for the refused event types.

    Only an OMM that refused ``PPCnf`` is asked for ``PPDevCnf`` and ``PPUserCnf``.
    """
    left_out = set(refused) if "PPCnf" in refused else _REPLACED.union(refused)
    return [entry for name, entry in _ENTRIES.items() if name not in left_out]


def subscribe(entries: Collection[Element]) -> list[Element]:
    """Spread ``e`` elements over as few ``Subscribe`` requests as the limit of 20 allows."""
    every = list(entries)
    starts = range(0, len(every), MAX_SUBSCRIPTIONS)
    return [make("Subscribe", None, *every[at : at + MAX_SUBSCRIPTIONS]) for at in starts]


class DectSubscribe(Record, frozen=True):
    """``EventDECTSubscribe``: a phone asks to subscribe and the OMM has no data set for it.

    ``add_id`` is what the person typed to choose a user; empty if nothing.
    """

    ipei: str
    rfp_id: int | None = None
    add_id: str = ""


class DectLocate(Record, frozen=True):
    """``EventDECTLocate``: a phone of the system appeared that is not active at this OMM."""

    ipei: str
    rfp_id: int | None = None


class PpLogin(Record, frozen=True):
    """``EventPPLogin``: somebody logs in on an unbound phone with a user unknown to the OMM.

    Either the number or the login id is told. The PIN stays with the OMM, which checks it.
    """

    ppn: int
    num: str = ""
    add_id: str = ""


class PpLink(Record, frozen=True):
    """``EventPPLink``: the OMM bound a device to a user, or dissolved that (``uid`` is 0)."""

    ppn: int
    uid: int
    rel_type: str = ""


class PpUserMovedLocally(Record, frozen=True):
    """``EventPPUserMovedLocally``: a user logged in on another phone of the same OMM."""

    uid: int
    ppn: int


class PpSipDeregistered(Record, frozen=True):
    """``EventPPSIPDeregistered``: a phone's SIP registration has ended."""

    ppn: int


RoamingEvent = (
    DectSubscribe | DectLocate | PpLogin | PpLink | PpUserMovedLocally | PpSipDeregistered
)

_ROAMING_EVENTS: Mapping[str, type[RoamingEvent]] = {
    "EventDECTSubscribe": DectSubscribe,
    "EventDECTLocate": DectLocate,
    "EventPPLogin": PpLogin,
    "EventPPLink": PpLink,
    "EventPPUserMovedLocally": PpUserMovedLocally,
    "EventPPSIPDeregistered": PpSipDeregistered,
}

ROAMING_EVENTS = frozenset(_ROAMING_EVENTS)
"""Events that the event type ``Roaming`` brings."""


def roaming_event(element: Element) -> RoamingEvent | None:
    """Read a roaming event; ``None`` for any other message. Raises ``BadValue``."""
    record = _ROAMING_EVENTS.get(element.name)
    return record.from_element(element) if record else None


# --- pairs (the names and attributes of SetPP are known) --------------------------------------


def set_pp(
    user: Mapping[str, Value] | None = None, device: Mapping[str, Value] | None = None
) -> Element:
    """Build ``SetPP``: create or change a user, a device, or both and who is bound to whom."""
    children = []
    if user is not None:
        children.append(make("user", user))
    if device is not None:
        children.append(make("pp", device))
    return make("SetPP", None, *children)


def user_by_number(number: int) -> dict[str, Value]:
    """Return the key of a user by its system-wide number: local number 0, free or already given."""
    return {"uid": 0, "uidSec": number}


def device_by_number(number: int) -> dict[str, Value]:
    """Return the key of a device by its system-wide number: local number 0, as for users."""
    return {"ppn": 0, "ppnSec": number}


def bind(user: int, device: int, rel_type: str) -> Element:
    """Build ``SetPP`` that binds a user and a device by their system-wide numbers."""
    return set_pp(
        {**user_by_number(user), "relType": rel_type},
        {**device_by_number(device), "relType": rel_type},
    )


# --- subscription, location registration, login -----------------------------------------------


class SubscribeReject(StrEnum):
    """Why a phone may not subscribe."""

    OFF = "Off"
    UNKNOWN = "Unknown"
    PARI_ONLY = "PARIOnly"
    LIMIT = "Limit"
    LICENSE = "License"


class LocateReject(StrEnum):
    """Why a phone may not come to an OMM."""

    UNKNOWN = "Unknown"
    NOT_SUBSCRIBED = "NotSubscribed"
    PARI_ONLY = "PARIOnly"
    LIMIT = "Limit"
    LICENSE = "License"
    BUSY = "Busy"


def subscribe_reject(ipei: str, reason: SubscribeReject) -> Element:
    """Build ``DECTSubscribeReject``."""
    return make("DECTSubscribeReject", {"ipei": ipei, "reason": reason.value})


def locate_reject(ipei: str, reason: LocateReject) -> Element:
    """Build ``DECTLocateReject``."""
    return make("DECTLocateReject", {"ipei": ipei, "reason": reason.value})


def sip_register(ppn: int) -> Element:
    """Build ``PPSIPRegister`` for a phone by its local number."""
    return make("PPSIPRegister", {"ppn": ppn})


def sip_deregister(ppn: int) -> Element:
    """Build ``PPSIPDeregister`` for a phone by its local number."""
    return make("PPSIPDeregister", {"ppn": ppn})


def login_refused(ppn: int, code: str = "ENoEnt") -> Element:
    """Build ``SetPPLink`` that tells an OMM: nobody to bind to this phone."""
    return make("SetPPLink", {"ppn": ppn, "uid": 0, "errCode": code})


# --- messages that pass through an OMM --------------------------------------------------------


def route_event(event: Element) -> Element:
    """Build ``RouteEventFromMOM``: an event for the OMM to deliver."""
    return make("RouteEventFromMOM", None, event)


def route_response(request_id: str, response: Element) -> Element:
    """Build ``RouteResponseFromMOM``: the answer to ``EventRequestToMOM`` of the same id."""
    return make("RouteResponseFromMOM", {"id": request_id}, response)


class RoutedRequest(msgspec.Struct, frozen=True):
    """``EventRequestToMOM``: a request that an application sent through its OMM."""

    id: str
    request: Element

    @classmethod
    def from_element(cls, element: Element) -> RoutedRequest:
        """Read the event; raises ``BadValue`` unless it has an id and exactly one child."""
        if not element.get("id") or len(element.children) != 1:
            raise BadValue(element.name, "one request with an id")
        return cls(element.get("id"), element.children[0])


# --- application data channel -----------------------------------------------------------------

MOM_ADDRESS = "MOM"
"""Address of the MOM itself on a data channel."""

EVERYBODY = "*"
"""Address of every OMM, or the subscription to every channel."""

MAX_CHANNEL_DATA = 64 * 1024
"""Most bytes of one message on a data channel, before base64."""

_CHANNEL_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ChannelMessage(Record, frozen=True):
    """``ApplicationDataChannel`` or ``EventApplicationDataChannel``: data on its way.

    ``origin`` and ``to`` are an ARI, ``MOM`` or (``to`` only) ``*``; ``data`` is base64.
    """

    name: str
    origin: str = msgspec.field(name="from", default="")
    to: str = ""
    data: str = ""
    id: str = ""

    def content(self) -> bytes:
        """Return the data; raises ``BadValue`` if it is no base64 or more than 64 KiB."""
        try:
            content = base64.b64decode(self.data, validate=True)
        except ValueError:
            raise BadValue("data", "base64") from None
        if len(content) > MAX_CHANNEL_DATA:
            raise BadValue("data", f"at most {MAX_CHANNEL_DATA} bytes")
        return content


def channel_cnf(name: str, id: int, *, deleted: bool) -> Element:
    """Build ``EventApplicationDataChannelCnf``: a channel was made, or is no more."""
    attrs: dict[str, Value] = {"name": name, "id": id, "deleted": deleted or None}
    return make("EventApplicationDataChannelCnf", attrs)


def channel_name(name: str) -> str:
    """Return a data channel's name if it is one: 1 to 64 of A-Z a-z 0-9 . _ -"""
    if not _CHANNEL_NAME.fullmatch(name):
        raise BadValue("name", "1 to 64 letters, digits, dots, underscores or hyphens")
    return name
