"""Applications at an OMM that are played by commands: they ask, and keep what they are told.

An application is a client without a link. This module must not know sockets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec

from mom.axi.codec import decode
from mom.axi.element import Element, make
from mom.sim.omm import Omm
from mom.sim.refusal import no_entry
from mom.sim.session import Delivery, Session
from mom.sim.state import State

KEPT = 1000
"""How many of the last events an application keeps."""
_RIGHTS = frozenset({"AllCnfRead", "Messaging"})


class Message(msgspec.Struct, omit_defaults=True):
    """A message as JSON."""

    name: str
    attrs: dict[str, str] = {}
    children: list[Message] = []
    text: str = ""

    def element(self) -> Element:
        """The message itself."""
        return make(self.name, self.attrs, *[c.element() for c in self.children], text=self.text)


def ask(omm: Omm, args: Mapping[str, Any]) -> tuple[dict[str, Any], list[Delivery]]:
    """Have the application `app` send `request`; returns its response, and what others are sent.

    The application connects with its first request.
    """
    request = msgspec.convert(args["request"], Message, strict=False).element()
    name = str(args.get("app", "app"))
    session = omm.state.applications.get(name)
    if session is None:
        session = omm.state.applications[name] = _connected(omm)
    deliveries = omm.take(session, request)
    response = next(each.frame for each in deliveries if each.is_answer)
    return {"response": _shown(decode(response))}, [d for d in deliveries if not d.is_answer]


def heard(state: State, args: Mapping[str, Any]) -> dict[str, Any]:
    """What the application `app` was told since the last time."""
    session = _application(state, args)
    events = [_shown(decode(frame)) for frame in session.heard or ()]
    session.heard = deque(maxlen=KEPT)
    return {"events": events}


def hang_up(state: State, args: Mapping[str, Any]) -> dict[str, Any]:
    """The application `app` is gone, and its channels with it."""
    state.leave(_application(state, args))
    del state.applications[str(args.get("app", "app"))]
    return {}


def _connected(omm: Omm) -> Session:
    session = omm.session()
    session.is_open = True
    session.permissions = _RIGHTS
    session.heard = deque(maxlen=KEPT)
    omm.state.sessions.append(session)
    return session


def _application(state: State, args: Mapping[str, Any]) -> Session:
    session = state.applications.get(str(args.get("app", "app")))
    if session is None:
        raise no_entry("no such application")
    return session


def _shown(element: Element) -> dict[str, Any]:
    children = [msgspec.convert(_shown(child), Message) for child in element.children]
    shown: dict[str, Any] = msgspec.to_builtins(
        Message(element.name, element.attrs, children, element.text)
    )
    return shown
