"""What an OMM tells about itself when a session is opened and while it lasts, as typed records.

All of them tolerate what they do not know: an attribute that is missing or malformed is simply not
told. Texts are cut to ``MAX_TEXT`` characters and numbers beyond ``MAX_NUMBER`` are none, because
everybody who looks at the OMM is sent them. Where an attribute comes from is written in the
catalogue. This module must not know when or why anything is asked.
"""

from __future__ import annotations

import re

import msgspec

from mom.axi.element import Element, make
from mom.axi.errors import BadValue
from mom.axi.secrets import PublicKey

MAX_TEXT = 253
"""Most characters that are kept of a text; the longest of use is a host name."""
MAX_NUMBER = 2**31 - 1
MAX_COMPONENTS = 100
"""Most components whose health is kept; an OMM 7.1 has about twenty."""
_RELEASE = re.compile(r"(\d{1,3})\.(\d{1,3})")
_FEATURE = "have"


def open_request(username: str, password: str) -> Element:
    """Build ``Open`` for a client that keeps users and devices in step.

    The password travels in the clear, so only TLS protects it. ``protocolVersion`` is left out, as
    current clients do.
    """
    return make(
        "Open",
        {"username": username, "password": password, "UserDeviceSyncClient": "true"},
    )


class OpenResponse(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to ``Open``, also to a refused one, which carries the versions only.

    ``features`` holds the names of the ``have...`` flags that are set; ``uptime`` is in seconds.
    """

    protocol_version: int | None = None
    omm_version: str = ""
    omm_axi_spec_version: str = ""
    axi_version: str = ""
    omm_platform: str = ""
    omm_stb_state: str = ""
    omm_stb_addr: str = ""
    uptime: int | None = None
    cloud_id: str = ""
    sari: str = ""
    eula_confirmed: bool | None = None
    features: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    public_key: PublicKey | None = None

    @classmethod
    def from_element(cls, element: Element) -> OpenResponse:
        """Read ``OpenResp``; never fails."""
        return cls(
            protocol_version=_number(element, "protocolVersion"),
            omm_version=_text(element, "ommVersion"),
            omm_axi_spec_version=_text(element, "ommAxiSpecVersion"),
            axi_version=_text(element, "axiVersion"),
            omm_platform=_text(element, "ommPlatform"),
            omm_stb_state=_text(element, "ommStbState"),
            omm_stb_addr=element.get("ommStbAddr"),
            uptime=_number(element, "uptime"),
            cloud_id=_text(element, "cloudId"),
            sari=_text(element, "sari"),
            eula_confirmed=_flag(element, "EULAConfirm"),
            features=frozenset(
                name for name in element.attrs if name.startswith(_FEATURE) and _flag(element, name)
            ),
            permissions=permissions(element),
            public_key=public_key(element.child("publicKey")),
        )

    @property
    def release(self) -> tuple[int, int] | None:
        """Major and minor number of the OMM's release, such as ``(7, 1)``; ``None`` if unclear."""
        found = _RELEASE.search(self.omm_version) or _RELEASE.search(self.omm_axi_spec_version)
        return (int(found[1]), int(found[2])) if found else None


class StandbyState(msgspec.Struct, frozen=True):
    """How the pair of OMMs is: from ``GetStbStateResp`` or ``EventStbStateChange``.

    ``state`` is ``OK``, ``None`` (there is no standby OMM) or names what is wrong.
    """

    state: str
    address: str = ""

    @classmethod
    def from_element(cls, element: Element) -> StandbyState:
        """Read the state; never fails."""
        return cls(_text(element, "ommStbState"), element.get("ommStbAddr"))


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of an OMM, from ``LimitsResp``; the defaults are those of an OMM 7.1.

    ``records`` is the page size of Get requests; ``values`` holds every number that was told.
    """

    records: int = 20
    axi_clients: int = 100
    ppn_num: int = 10_000
    rfp_num: int = 4096
    conference_rooms: int = 100
    trigger: int = 100
    values: dict[str, int] = {}

    @classmethod
    def from_element(cls, element: Element) -> Limits:
        """Read the limits; never fails. A page size below 1 is taken as not told."""
        values = {}
        for name in element.attrs:
            number = _number(element, name)
            if number is not None and number >= 0 and name != "seq":
                values[name] = number
        return cls(
            records=values.get("records") or cls().records,
            axi_clients=values.get("axiClients", cls().axi_clients),
            ppn_num=values.get("ppnNum", cls().ppn_num),
            rfp_num=values.get("rfpNum", cls().rfp_num),
            conference_rooms=values.get("conferenceRooms", cls().conference_rooms),
            trigger=values.get("trigger", cls().trigger),
            values=values,
        )


class HealthEntry(msgspec.Struct, frozen=True):
    """The health of one component of an OMM; ``severity`` is OK, Idle, Warning or Error.

    ``reason_code`` is a text or a number, depending on the release.
    """

    component: str
    severity: str
    reason: str = ""
    reason_code: str = ""


def health_entries(element: Element) -> tuple[HealthEntry, ...]:
    """Read ``GetHealthStateResp`` (children) or ``EventHealthState`` (the message itself)."""
    entries = element.all("health")
    if not entries and element.has("component"):
        entries = (element,)
    return tuple(
        HealthEntry(
            _text(entry, "component"),
            _text(entry, "severity"),
            _text(entry, "reason"),
            _text(entry, "reasonCode"),
        )
        for entry in entries[:MAX_COMPONENTS]
    )


class RfpSummary(msgspec.Struct, frozen=True):
    """Counters of base stations, from ``GetRFPSummaryResp`` or ``EventRFPSummary``.

    ``None`` means not told; an event tells only what changed.
    """

    configured: int | None = None
    connected: int | None = None
    dect_activated: int | None = None
    dect_active: int | None = None
    wrong_version: int | None = None

    @classmethod
    def from_element(cls, element: Element) -> RfpSummary:
        """Read the counters; never fails."""
        return cls(
            configured=_number(element, "nRFPs"),
            connected=_number(element, "nConnected"),
            dect_activated=_number(element, "DECTactivatedRFPs"),
            dect_active=_number(element, "DECTactiveRFPs"),
            wrong_version=_number(element, "wrongVersionedRFPs"),
        )

    def updated(self, news: RfpSummary) -> RfpSummary:
        """Return this summary with what an event told anew."""
        told = {
            name: value for name, value in msgspec.structs.asdict(news).items() if value is not None
        }
        return msgspec.structs.replace(self, **told)


def public_key(element: Element | None) -> PublicKey | None:
    """Read ``publicKey`` of OpenResp or ``GetPublicKeyResp``; ``None`` if there is no valid key."""
    if element is None or not element.get("modulus"):
        return None
    try:
        return PublicKey.from_hex(element.get("modulus"), element.get("exponent"))
    except BadValue:
        return None


def permissions(element: Element) -> frozenset[str]:
    """Read the ``permission`` children of OpenResp or EventPermissionChange."""
    return frozenset(child.text.strip() for child in element.all("permission"))


def versions(element: Element) -> dict[str, str]:
    """Read ``GetVersionsResp``: the messages that the OMM speaks, each with its version."""
    told = dict(element.attrs)
    for name in ("seq", "errCode", "info", "bad", "maxLen"):
        told.pop(name, None)
    return told


def _text(element: Element, name: str) -> str:
    """A text for people, in one line and not longer than they read."""
    text = element.get(name)[:MAX_TEXT]
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def _number(element: Element, name: str) -> int | None:
    if not element.get(name):
        return None
    try:
        number = element.number(name)
    except BadValue:
        return None
    return number if abs(number) <= MAX_NUMBER else None


def _flag(element: Element, name: str) -> bool | None:
    if not element.get(name):
        return None
    try:
        return element.flag(name)
    except BadValue:
        return None
