"""The requests that an application may send to MOM: messages, data channels, subscriptions.

Each is answered by its response, or refused with an AXI error code. This module must not know how
requests come in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from mom.axi.catalogue import load
from mom.axi.element import Element, Value, make
from mom.axi.errors import AxiError, BadValue, RequestRefused
from mom.axi.mom_profile import ChannelMessage
from mom.axi.specs import Kind
from mom.messaging.errors import Refused, missing
from mom.messaging.message import Message, message_of_application
from mom.messaging.party import Party, Step
from mom.messaging.post import Withdrawal
from mom.model.identities import OmmId

GUEST = frozenset({"AllCnfRead", "Messaging"})
"""What an application may do that reaches MOM through an OMM."""


class Desk(Protocol):
    """What the requests are carried out on."""

    def accept(self, message: Message) -> Sequence[Step]:
        """Take a message; returns what has to be done then."""

    def withdraw(self, party: Party, request: Element) -> Withdrawal:
        """Take back a message. Raises `Refused`."""

    async def ask(self, omm: OmmId, request: Element) -> Element:
        """Ask an OMM. Raises `Refused` if it is not connected, else `AxiError`."""

    def send_data(self, sender: Party, message: ChannelMessage) -> None:
        """Send on a data channel. Raises `Refused` if somebody does not get it."""

    def create_channel(
        self, party: Party, name: str, description: str
    ) -> tuple[int, Sequence[Step]]:
        """Make a data channel; returns its number and whom to tell. Raises `Refused`."""

    def delete_channel(self, party: Party, id: int) -> Sequence[Step]:
        """End a data channel; returns whom to tell. Raises `Refused`."""

    def subscribe_channel(self, party: Party, name: str, cmd: str) -> None:
        """Listen to a data channel, or not any more. Raises `Refused`."""

    def subscribe(self, party: Party, request: Element) -> None:
        """Set and clear flags of event types. Raises `Refused`."""


class Caller(msgspec.Struct, frozen=True):
    """Who asks, and what it may do."""

    party: Party
    permissions: frozenset[str] = GUEST


class Reply(msgspec.Struct, frozen=True):
    """A response, and what has to be done after it went out."""

    response: Element
    steps: Sequence[Step] = ()


Handler = Callable[[Desk, Caller, Element], Awaitable[Reply]]


async def answer(desk: Desk, caller: Caller, request: Element) -> Reply:
    """Carry out a request; its response repeats the `seq` of the request."""
    try:
        reply = await _handler(request.name)(desk, caller, request)
    except Refused as refused:
        reply = Reply(refused.answer(request.name))
    except BadValue as error:
        reply = Reply(Refused("EInval", str(error), error.name).answer(request.name))
    if not request.has("seq"):
        return reply
    attrs = {"seq": request.get("seq"), **reply.response.attrs}
    return Reply(Element(reply.response.name, attrs), reply.steps)


def _handler(name: str) -> Handler:
    handler = HANDLERS.get(name)
    if handler is None:
        known = load().message(name)
        if known is None or known.kind is not Kind.REQUEST:
            raise Refused("EInval", "unknown request")
        raise Refused("EForbidden", "not supported")
    return handler


async def _send_message(desk: Desk, caller: Caller, request: Element) -> Reply:
    message = message_of_application(caller.party, request, caller.permissions)
    return _done(request, steps=desk.accept(message))


async def _withdraw(desk: Desk, caller: Caller, request: Element) -> Reply:
    """Cancel or delete a message: here, or at the OMM that has it, whose answer is passed on."""
    withdrawal = desk.withdraw(caller.party, request)
    if not withdrawal.omm:
        return _done(request, steps=withdrawal.steps)
    try:
        await desk.ask(withdrawal.omm, withdrawal.request)
    except RequestRefused as refusal:
        raise Refused(refusal.code, refusal.info, refusal.bad) from None
    except AxiError as error:
        raise Refused("EFailed", str(error)) from None
    return _done(request)


async def _create_channel(desk: Desk, caller: Caller, request: Element) -> Reply:
    name, description = _name(request), request.get("description")
    id, steps = desk.create_channel(caller.party, name, description)
    return _done(request, {"id": id}, steps)


async def _delete_channel(desk: Desk, caller: Caller, request: Element) -> Reply:
    if not request.get("id"):
        raise missing("id")
    return _done(request, steps=desk.delete_channel(caller.party, request.number("id")))


async def _subscribe_channel(desk: Desk, caller: Caller, request: Element) -> Reply:
    desk.subscribe_channel(caller.party, _name(request), request.get("cmd"))
    return _done(request)


async def _send_data(desk: Desk, caller: Caller, request: Element) -> Reply:
    desk.send_data(caller.party, ChannelMessage.from_element(request))
    return _done(request)


async def _subscribe(desk: Desk, caller: Caller, request: Element) -> Reply:
    desk.subscribe(caller.party, request)
    return _done(request)


def _name(request: Element) -> str:
    if not request.get("name"):
        raise missing("name")
    return request.get("name")


def _done(
    request: Element, attrs: Mapping[str, Value] | None = None, steps: Sequence[Step] = ()
) -> Reply:
    return Reply(make(f"{request.name}Resp", attrs), steps)


HANDLERS: Mapping[str, Handler] = {
    "SendMessage": _send_message,
    "CancelMessage": _withdraw,
    "DeleteMessage": _withdraw,
    "CreateApplicationDataChannel": _create_channel,
    "DeleteApplicationDataChannel": _delete_channel,
    "SubscribeApplicationDataChannel": _subscribe_channel,
    "ApplicationDataChannel": _send_data,
    "Subscribe": _subscribe,
}
"""The requests that are supported, by name."""
