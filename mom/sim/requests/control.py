"""Requests by which a MOM controls an OMM and moves phones: control state, SIP, rejects.

The names are known from a release 7.1, the attributes are inferred (MOM profile of AXI).
"""

from __future__ import annotations

from mom.axi.element import Element, Value
from mom.model.identities import ipei_key
from mom.sim.refusal import missing
from mom.sim.requests.handler import Handlers
from mom.sim.rules import choice, integer
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer


def _control(state: State) -> dict[str, Value]:
    enabled = state.controller is not None
    return {
        "state": "Enabled" if enabled else "Disabled",
        "momName": state.controller_name if enabled else None,
    }


def set_control(state: State, session: Session, request: Element) -> Answer:
    """Take or give back control; all sync clients are told."""
    if not request.has("state"):
        raise missing("state")
    wished = choice("state", request.get("state"), ("Enabled", "Disabled"))
    state.controller = session if wished == "Enabled" else None
    state.controller_name = request.get("momName") if wished == "Enabled" else ""
    for other in state.sessions:
        if other.is_sync:
            state.send(other, "EventMOMControlState", Answer(attrs=_control(state)))
    return Answer(attrs=_control(state))


def get_control(state: State, session: Session, request: Element) -> Answer:
    """Who is in control."""
    return Answer(attrs=_control(state))


def client_info(state: State, session: Session, request: Element) -> Answer:
    """A client tells its name; the others hear of it."""
    session.client_name = state.rules.text("clientName", request.get("clientName"))
    attrs: dict[str, Value] = {"clientName": session.client_name}
    state.tell("SystemState", "EventClientInfo", attrs, but=session)
    return Answer()


def sip_deregister(state: State, session: Session, request: Element) -> Answer:
    """End the SIP registration of a phone; the event says that it is done."""
    device = state.devices.get(integer(request.attrs, "ppn"))
    state.deregistered.add(device.id)
    state.lose(device.get("ipei"))
    state.tell("Roaming", "EventPPSIPDeregistered", {"ppn": device.id})
    return Answer()


def sip_register(state: State, session: Session, request: Element) -> Answer:
    """Register a phone at its SIP server."""
    device = state.devices.get(integer(request.attrs, "ppn"))
    state.deregistered.discard(device.id)
    return Answer()


def reject(state: State, session: Session, request: Element) -> Answer:
    """A phone that asked is not wanted here, and why."""
    ipei = request.get("ipei")
    if not ipei:
        raise missing("ipei")
    state.located.pop(ipei_key(ipei), None)
    state.awaited.discard(ipei_key(ipei))
    state.refused_phones[ipei_key(ipei)] = request.get("reason")
    state.count(request.name)
    return Answer()


def set_link(state: State, session: Session, request: Element) -> Answer:
    """The user that somebody wanted to log in does not exist."""
    state.logins.pop(integer(request.attrs, "ppn"), None)
    return Answer()


HANDLERS: Handlers = {
    "SetMOMControlState": set_control,
    "GetMOMControlState": get_control,
    "ClientInfo": client_info,
    "PPSIPDeregister": sip_deregister,
    "PPSIPRegister": sip_register,
    "DECTLocateReject": reject,
    "DECTSubscribeReject": reject,
    "SetPPLink": set_link,
}
