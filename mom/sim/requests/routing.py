"""Requests that pass through an OMM: between its applications and the MOM, and the data channel.

The names are known from a release 7.1, the attributes are inferred (MOM profile of AXI). The MOM is
every sync client that subscribed to the event type; an application is any other client.
"""

from __future__ import annotations

import re

from mom.axi.element import Element, Value
from mom.sim.refusal import Refusal, invalid, missing, no_entry
from mom.sim.requests.handler import Handlers
from mom.sim.rules import choice, integer
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_CHANNEL = "ApplicationDataChannel"


def _moms(state: State, event_type: str, but: Session) -> list[Session]:
    return [s for s in state.sessions if s.is_sync and s is not but and s.flags.wants(event_type)]


def request_to_mom(state: State, session: Session, request: Element) -> Answer:
    """An application asks the MOM something; the answer comes as EventResponseFromMOM."""
    if len(request.children) != 1:
        raise missing("request")
    moms = _moms(state, "MOMMsgRouting", session)
    if not moms:
        raise Refusal("EFailed", "no MOM is connected")
    id = state.next_id()
    state.routes[id] = session
    for mom in moms:
        state.send(mom, "EventRequestToMOM", Answer({"id": id}, request.children))
    return Answer({"id": id})


def response_from_mom(state: State, session: Session, request: Element) -> Answer:
    """The MOM has answered an application."""
    id = integer(request.attrs, "id")
    application = state.routes.pop(id, None)
    if application is None:
        raise no_entry("nobody asked, or is there no more")
    state.send(application, "EventResponseFromMOM", Answer({"id": id}, request.children))
    return Answer()


def event_from_mom(state: State, session: Session, request: Element) -> Answer:
    """An event for the applications, or for the phone that sent a message."""
    for child in request.children:
        state.count(f"routed {child.name}")
        if child.name == "EventMessageProgress":
            state.mail.result(child, state.precise_now())
        elif child.name == "EventMessageConfirmation":
            state.mail.confirmation(child)
    state.tell("MOMMsgRouting", "EventEventFromMOM", {}, *request.children, but=session)
    return Answer()


def send_data(state: State, session: Session, request: Element) -> Answer:
    """Data on a channel: from the MOM to the applications here, or from one of them to the MOM."""
    name = _name(request)
    attrs: dict[str, Value] = {
        "name": name,
        "from": request.get("from") or state.identity.ari,
        "to": request.get("to"),
        "data": request.get("data"),
        "id": request.get("id") or None,
    }
    if request.has("from"):
        takers = [s for s in state.sessions if s.channels & {name, "*"} and s is not session]
    else:
        takers = _moms(state, _CHANNEL, session)
    for taker in takers:
        state.send(taker, "EventApplicationDataChannel", Answer(attrs))
    state.count("channel messages")
    return Answer()


def subscribe_channel(state: State, session: Session, request: Element) -> Answer:
    """An application listens to a channel, or to all (`*`)."""
    name = "*" if request.get("name") == "*" else _name(request)
    if choice("cmd", request.get("cmd"), ("On", "Off")) == "On":
        session.channels.add(name)
    else:
        session.channels.discard(name)
    return Answer()


def create_channel(state: State, session: Session, request: Element) -> Answer:
    """Make a channel; it goes with its creator."""
    name = _name(request)
    if any(name == other for other, _ in state.channels.values()):
        raise Refusal("EExist", "name is taken")
    id = state.next_id()
    state.channels[id] = (name, session)
    state.tell(_CHANNEL, "EventApplicationDataChannelCnf", {"name": name, "id": id})
    return Answer({"id": id})


def delete_channel(state: State, session: Session, request: Element) -> Answer:
    """End a channel; only its creator may."""
    id = integer(request.attrs, "id")
    name, creator = state.channels.get(id, ("", None))
    if creator is None:
        raise no_entry()
    if creator is not session:
        raise Refusal("EPerm", "only its creator may delete a channel")
    del state.channels[id]
    attrs: dict[str, Value] = {"name": name, "id": id, "deleted": True}
    state.tell(_CHANNEL, "EventApplicationDataChannelCnf", attrs)
    return Answer()


def _name(request: Element) -> str:
    name = request.get("name")
    if not _NAME.match(name):
        raise invalid("name", "1 to 64 of A-Z a-z 0-9 . _ -")
    return name


HANDLERS: Handlers = {
    "RouteRequestToMOM": request_to_mom,
    "RouteResponseFromMOM": response_from_mom,
    "RouteEventFromMOM": event_from_mom,
    "ApplicationDataChannel": send_data,
    "SubscribeApplicationDataChannel": subscribe_channel,
    "CreateApplicationDataChannel": create_channel,
    "DeleteApplicationDataChannel": delete_channel,
}
