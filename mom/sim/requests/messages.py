"""Requests about messages to phones: send, cancel, delete; how it went is told by events.

Source: the published schema. A phone is reached where it is at home; a permanent record of a phone
that is elsewhere is no receiver.
"""

from __future__ import annotations

from mom.axi.element import Element, Value, make
from mom.sim.phones import Phones
from mom.sim.records import Record
from mom.sim.refusal import no_entry
from mom.sim.requests.handler import Handlers
from mom.sim.requests.phones import child_of
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer


def send_message(state: State, session: Session, request: Element) -> Answer:
    """A message for a phone here."""
    deliver(state, child_of(request, "msg"))
    return Answer()


def cancel_message(state: State, session: Session, request: Element) -> Answer:
    """Take back a message that is not delivered yet."""
    if not state.mail.take_back(request, delivered=False):
        raise no_entry("no such message waits")
    return Answer()


def delete_message(state: State, session: Session, request: Element) -> Answer:
    """Delete a message from the phone that has it."""
    if not state.mail.take_back(request, delivered=True):
        raise no_entry("the phone has no such message")
    tell_progress(state, request, "DeleteDelivered")
    return Answer()


def phone_of(state: State, address: str) -> Record | None:
    """The phone here that an address reaches."""
    scheme, _, number = address.partition(":")
    if scheme.lower() == "ppn" and number.isascii() and number.isdecimal():
        device = state.devices.find(int(number))
    else:
        user = state.users.by_unique(number) if scheme.lower() == "tel" else None
        device = Phones(state).bound(user) if user is not None else None
    here = device is not None and device.get("ommId") == state.identity.ari
    return device if here and device is not None and device.get("s") == "Yes" else None


def deliver(state: State, message: Element) -> None:
    """Bring a message to its phone, which answers as it was told to (`mail.answer`)."""
    mail = state.mail
    phone = phone_of(state, message.get("toAddr"))
    if phone is None:
        state.count("messages without receiver")
        tell_progress(state, message, "WrongURI")
    elif mail.answer == "Delivered":
        arrived(state, message)
    elif mail.answer == "PagingTimeout":
        mail.pending[message.get("sendTime"), message.get("id"), message.get("toAddr")] = message
        tell_progress(state, message, mail.answer)
    elif mail.answer != "none":
        if mail.answer == "Busy":
            mail.refused[phone.id] = None
        tell_progress(state, message, mail.answer)


def arrived(state: State, message: Element) -> None:
    """The phone has a message; if that asks for a confirmation, the first choice is taken."""
    state.mail.arrives(message)
    state.count("messages delivered")
    tell_progress(state, message, "Delivered")
    choices = [child.text for child in message.children if child.text]
    if choices:
        confirm(state, message, choices[0])


def confirm(state: State, message: Element, confirmation: str) -> None:
    """Somebody confirms a message at a phone."""
    names = ("sendTime", "id", "fromAddr", "toAddr")
    attrs: dict[str, Value] = {name: message.get(name) for name in names}
    attrs |= {"confTime": state.now(), "confirmation": confirmation}
    state.tell("MessageConfirmation", "EventMessageConfirmation", attrs)


def tell_progress(state: State, message: Element, event: str) -> None:
    """Tell how far a message is."""
    attrs: dict[str, Value] = {name: message.get(name) for name in ("sendTime", "id", "toAddr")}
    state.tell("MessageProgress", "EventMessageProgress", {**attrs, "event": event})


def answer_as(state: State, answer: str) -> int:
    """Phones answer like this from now on; returns how many messages that waited are delivered."""
    mail = state.mail
    mail.answer = answer
    if answer != "Delivered":
        return 0
    pending, mail.pending = list(mail.pending.values()), {}
    refused, mail.refused = list(mail.refused), {}
    for message in pending:
        arrived(state, message)
    for ppn in refused:
        state.tell("MessageQueueEmpty", "EventMessageQueueEmpty", {"ppn": ppn})
    return len(pending)


def new_message(state: State, sender: Record, to: str, content: str) -> Element:
    """A message that a user here writes."""
    attrs: dict[str, Value] = {
        "sendTime": state.now(),
        "id": state.mail.next_id(),
        "ppn": sender.number("ppn"),
        "fromAddr": f"tel:{sender.get('num')}",
        "fromName": sender.get("name"),
        "toAddr": to,
        "content": content,
    }
    return make("msg", attrs)


def write(state: State, message: Element) -> str:
    """A phone here sends a message: `local`, `told` to the MOM, or `refused` without one."""
    if phone_of(state, message.get("toAddr")) is not None:
        deliver(state, message)
        return "local"
    if not state.tell("MessageSend", "EventMessageSend", {}, message):
        return "refused"
    state.mail.leaves(message, state.precise_now())
    return "told"


HANDLERS: Handlers = {
    "SendMessage": send_message,
    "CancelMessage": cancel_message,
    "DeleteMessage": delete_message,
}
