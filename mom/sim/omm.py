"""One simulated OMM as a client meets it: a request and a session in, frames out.

Sans-I/O: whoever owns the links passes requests in and delivers what comes out, in order.
"""

from __future__ import annotations

from collections.abc import Mapping

from mom.axi.catalogue import load
from mom.axi.element import Element
from mom.axi.errors import Unencodable
from mom.axi.specs import Kind as MessageKind
from mom.sim.quirks import Quirk
from mom.sim.refusal import Refusal, invalid
from mom.sim.requests import (
    control,
    messages,
    opening,
    pairs,
    phones,
    rooms,
    routing,
    settings,
    system,
)
from mom.sim.requests.handler import Handler
from mom.sim.session import Delivery, Session
from mom.sim.state import State
from mom.sim.voice import Answer

_FREE = frozenset({"Ping", "GetPublicKey", "Limits", "GetVersions", "Subscribe", "ClientInfo"})
_READS = ("Get",)
_MESSAGING = frozenset(messages.HANDLERS)
_APPLICATIONS = frozenset(name for name in routing.HANDLERS if not name.startswith("Route"))


def all_handlers() -> dict[str, Handler]:
    """Every request that the simulator carries out, by name."""
    table: dict[str, Handler] = {}
    for part in (opening, phones, pairs, rooms, system, control, messages, routing):
        table.update(part.HANDLERS)
    table.update(settings.handlers())
    return table


class Omm:
    """An OMM: `state` is what it is, `take` what it does with a request.

    `handlers` may be shared by many OMMs (`all_handlers`).
    """

    def __init__(self, state: State, handlers: Mapping[str, Handler]) -> None:
        self.state = state
        self._handlers = handlers
        self._numbers = 0

    def session(self) -> Session:
        """Begin a session for a new link."""
        self._numbers += 1
        return Session(self._numbers)

    def take(self, session: Session, request: Element, *, passive: bool = False) -> list[Delivery]:
        """Answer a request; return the answer and all events that it causes, in order.

        `passive` says that the link is to the standby of a pair.
        """
        state = self.state
        state.is_dirty = state.is_dirty or permission(request.name) == "AllCnfWrite"
        state.count(request.name if request.name in self._handlers else "other requests")
        earlier = state.drain()
        name = f"{request.name}Resp"
        try:
            if passive:
                raise Refusal("EForbidden", "this is the standby OMM")
            answer = self._handler(session, request)(state, session, request)
        except Refusal as refusal:
            answer = self._refused(request, refusal)
        seq = request.get("seq") if request.has("seq") else None
        try:
            frame = state.voice.message(name, answer, seq)
        except Unencodable:
            return earlier
        events = state.drain()
        reply = Delivery(session, frame, is_answer=True)
        if state.has(Quirk.INTERLEAVE):
            self._chat(session)
        chat = state.drain()
        if state.has(Quirk.ECHO_FIRST):
            return [*earlier, *events, *chat, reply]
        return [*earlier, *chat, reply, *events]

    def _handler(self, session: Session, request: Element) -> Handler:
        name = request.name
        if not session.is_open and name != "Open":
            raise Refusal("EPerm", "Open first")
        known = load().message(name)
        hidden = opening.unknown_messages(self.state)
        if known is None or known.kind is not MessageKind.REQUEST or name in hidden:
            raise invalid(name, "unknown request")
        handler = self._handlers.get(name)
        if handler is None:
            raise Refusal("EForbidden", "not at this OMM")
        needed = permission(name)
        if session.is_open and needed and needed not in session.permissions:
            raise Refusal("EPerm", f"{needed} is needed")
        return handler

    def _refused(self, request: Element, refusal: Refusal) -> Answer:
        attrs = dict(refusal.attrs)
        if request.name == "Open":
            attrs = opening.version_attrs(self.state) | attrs
        return Answer(attrs=attrs)

    def _chat(self, session: Session) -> None:
        """Say something that nobody asked for, if the client listens."""
        if session.flags.wants("RFPSummary"):
            summary = system.base_summary(self.state)
            self.state.send(session, "EventRFPSummary", Answer(attrs=summary))


def permission(name: str) -> str:
    """The permission that a request needs; empty if none."""
    if name == "Open" or name in _FREE:
        return ""
    if name in _MESSAGING:
        return "Messaging"
    if name.startswith(_READS) or name in _APPLICATIONS or name == "RouteRequestToMOM":
        return "AllCnfRead"
    return "AllCnfWrite"
