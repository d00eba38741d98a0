"""Coming in and staying: Open, Ping, versions, limits, the public key, Subscribe.

Source: captured OpenResp, LimitsResp and GetVersionsResp of release 7.1.
"""

from __future__ import annotations

from mom.axi.catalogue import load
from mom.axi.element import Element, Value, make
from mom.sim.quirks import Quirk
from mom.sim.refusal import Refusal, missing
from mom.sim.requests.handler import Handlers
from mom.sim.rules import flagged
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer

MOM_MESSAGES = frozenset(
    [
        "ApplicationDataChannel",
        "CreateApplicationDataChannel",
        "DeleteApplicationDataChannel",
        "EventApplicationDataChannel",
        "EventApplicationDataChannelCnf",
        "SubscribeApplicationDataChannel",
        "EventMOMControlState",
        "GetMOMControlState",
        "SetMOMControlState",
        "EventDECTSubscribe",
        "DECTSubscribeReject",
        "EventDECTLocate",
        "DECTLocateReject",
        "EventPPLogin",
        "EventPPUserMovedLocally",
        "EventPPLink",
        "EventPPSIPDeregistered",
        "PPSIPDeregister",
        "PPSIPRegister",
        "RouteEventFromMOM",
        "RouteRequestToMOM",
        "RouteResponseFromMOM",
        "EventEventFromMOM",
        "EventRequestToMOM",
        "EventResponseFromMOM",
        "ClientInfo",
        "EventClientInfo",
        "SetPPLink",
    ]
)
"""Messages that only an OMM for a MOM knows."""

MOM_EVENT_TYPES = frozenset({"Roaming", "MOMMsgRouting", "MOMOMMCnf", "ApplicationDataChannel"})
PAIR_MESSAGES = frozenset({"SetPP", "GetPP"})

_FEATURES = [
    "haveBluetooth",
    "haveConference",
    "haveDECTRegDomain",
    "haveDECTPpSettings",
    "haveDigitTreatment",
    "haveExternalUserData",
    "haveFACs",
    "haveIMA",
    "haveLicensing",
    "haveLocating",
    "haveOMP",
    "havePagingAreas",
    "haveSARI",
    "haveSIP",
    "haveSIPSecure",
    "haveSNMP",
    "haveSRTP",
    "haveUnboundDevices",
    "haveUserDeviceSync",
    "haveVideo",
    "haveVoiceboxNumber",
    "haveXML",
]


def unknown_messages(state: State) -> frozenset[str]:
    """Names of messages that this OMM does not have."""
    without_mom = MOM_MESSAGES if state.has(Quirk.NO_MOM) else frozenset[str]()
    return without_mom | (PAIR_MESSAGES if state.has(Quirk.NO_SETPP) else frozenset[str]())


def event_types(state: State) -> frozenset[str]:
    """Names that Subscribe takes at this OMM."""
    refused = MOM_EVENT_TYPES if state.has(Quirk.NO_MOM) else frozenset[str]()
    if state.has(Quirk.NO_PPCNF):
        refused |= {"PPCnf"}
    return frozenset(load().event_types) - refused - {"MOMOMMCnf"}


def version_attrs(state: State) -> dict[str, Value]:
    """What OpenResp tells even to those that it refuses."""
    return {
        "protocolVersion": state.protocol_version,
        "ommVersion": state.omm_version,
        "ommAxiSpecVersion": "7.1.1",
        "axiVersion": "171101",
        "ommStbState": state.standby_state,
    }


def open_session(state: State, session: Session, request: Element) -> Answer:
    """Let a client in; a refusal carries the versions."""
    if session.is_open:
        raise Refusal("EPerm", "the session is open")
    account = state.account
    for name in ("username", "password"):
        if not request.has(name):
            raise missing(name)
    given = request.get("username"), request.get("password")
    if given != (account.username, account.password):
        raise Refusal("EAuth")
    if len(state.sessions) >= state.limits["axiClients"]:
        raise Refusal("ENoMem", "too many clients")
    session.is_sync = flagged(request.attrs, "UserDeviceSyncClient")
    session.username = account.username
    session.permissions = account.permissions
    session.is_open = True
    state.sessions.append(session)
    attrs = version_attrs(state) | {
        "ommStbAddr": state.other_address,
        "axiClients": len(state.sessions),
        "minPPSwVersion1": "7.1.0",
        "minPPSwVersion2": "7.1.0",
        "ommPlatform": "Linux",
        "uptime": state.uptime,
        "EULAConfirm": True,
        **dict.fromkeys(_FEATURES, True),
    }
    modulus, exponent = state.key.public.to_hex()
    children = (
        make("publicKey", {"modulus": modulus, "exponent": exponent}),
        *(make("permission", text=name) for name in sorted(session.permissions)),
        make("accountState", {"id": 1, "username": account.username, "state": "changed"}),
    )
    return Answer(attrs=attrs, children=children)


def ping(state: State, session: Session, request: Element) -> Answer:
    """Stay; a time stamp asks for the OMM's clock."""
    return Answer(attrs={"timeStamp": state.now()} if request.has("timeStamp") else {})


def get_versions(state: State, session: Session, request: Element) -> Answer:
    """Tell the versions of all messages, or of those that are asked for."""
    asked = {child.get("element") for child in request.all("version")}
    hidden = unknown_messages(state)
    versions = load().versions_7_1()
    return Answer(
        attrs={
            name: version
            for name, version in versions.items()
            if name not in hidden and (not asked or name in asked)
        }
    )


def limits(state: State, session: Session, request: Element) -> Answer:
    """Tell the sizes of the OMM's tables."""
    return Answer(attrs={**load().limits, **state.limits})


def get_public_key(state: State, session: Session, request: Element) -> Answer:
    """Tell the key that secrets are encrypted under."""
    modulus, exponent = state.key.public.to_hex()
    return Answer(attrs={"modulus": modulus, "exponent": exponent})


def subscribe(state: State, session: Session, request: Element) -> Answer:
    """Set and clear flags, all or none."""
    session.flags.apply(request.all("e"), event_types(state), session.permissions)
    return Answer()


HANDLERS: Handlers = {
    "Open": open_session,
    "Ping": ping,
    "GetVersions": get_versions,
    "Limits": limits,
    "GetPublicKey": get_public_key,
    "Subscribe": subscribe,
}
