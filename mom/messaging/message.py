"""A message as it comes in: who sent it, to which address, and whether it can be sent at all.

Source: the published schema. Contents are personal: nothing here puts them into a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from mom.axi.element import Element, Value, make
from mom.messaging.errors import Refused, invalid, missing
from mom.messaging.party import MessageKey, Party

MAX_CONTENT = 16 * 1024
"""Most characters of a message's content and of its confirmations together."""
MAX_SIZE = MAX_CONTENT + 4096
"""Most characters of a message with all that comes with it, and of what is told about one."""
MAX_FROM = 64
MAX_TO = 128
MAX_CLIENT_ID = 1048576
"""Numbers of messages from here on are those of phones."""
_MAX_DIGITS = 20
_LEAST_RIGHT: Mapping[str, str] = {"Emergency": "Alerting", "LocatingAlert": "LocatingAlert"}
"""What a sender must be allowed to do for a priority; `Messaging` for every other."""


class Message(msgspec.Struct, frozen=True):
    """A message to be sent. `element` is its `msg` without the sender's local phone number.

    `indirect` is the `alwaysIndirect` that came with it.
    """

    key: MessageKey
    sender: Party
    to_addr: str
    element: Element
    indirect: str | None = None
    by_request: bool = False
    """Whether an application sent it, which may take it back."""

    @property
    def is_too_long(self) -> bool:
        """Whether it has more text than is passed on."""
        texts = [self.element.get("content"), *(child.text for child in self.element.children)]
        is_long = sum(map(len, texts)) > MAX_CONTENT or size(self.element) > MAX_SIZE
        return is_long or len(self.element.children) > 3


def size(element: Element) -> int:
    """Characters of an element with its children: names, values and texts."""
    own = sum(len(name) + len(text) for name, text in element.attrs.items())
    return len(element.name) + own + len(element.text) + sum(map(size, element.children))


def split_address(address: str) -> tuple[str, str]:
    """The scheme of an address in small letters, and the rest."""
    scheme, _, rest = address.partition(":")
    return scheme.strip().lower(), rest.strip()


def message_of_phone(sender: Party, event: Element, number_at: Callable[[int], str]) -> Message:
    """Read `EventMessageSend`. Raises `Refused` or `BadValue` if nothing identifies the message.

    `number_at` tells the number to dial of a local phone, for where the message has no sender.
    """
    element = event.child("msg")
    if element is None:
        raise missing("msg")
    told = element.having({"ppn": None})
    if not told.get("fromAddr"):
        number = number_at(element.number("ppn"))
        told = told.having({"fromAddr": f"tel:{number}" if number else None})
    return _read(sender, told, event)


def message_of_application(sender: Party, request: Element, permissions: frozenset[str]) -> Message:
    """Read `SendMessage` of an application. Raises `Refused`."""
    element = request.child("msg")
    if element is None:
        raise missing("msg")
    right = _LEAST_RIGHT.get(element.get("priority"), "Messaging")
    if right not in permissions:
        raise Refused("EPerm", f"{right} is needed")
    message = _read(sender, element.having({"ppn": None}), request, by_request=True)
    if int(message.key.id) >= MAX_CLIENT_ID:
        raise invalid("id", f"below {MAX_CLIENT_ID}")
    if message.is_too_long:
        raise invalid("content", f"at most {MAX_CONTENT} characters and 3 confirmations")
    return message


def number_of(element: Element, name: str) -> str:
    """A number of a message as it is written. Raises `Refused`."""
    text = element.get(name)
    if not text:
        raise missing(name)
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise invalid(name, "a number")
    return text


def _read(sender: Party, element: Element, outer: Element, *, by_request: bool = False) -> Message:
    to_addr = _text(element, "toAddr", MAX_TO)
    return Message(
        MessageKey(
            number_of(element, "sendTime"),
            number_of(element, "id"),
            _text(element, "fromAddr", MAX_FROM),
        ),
        sender,
        to_addr,
        element,
        outer.attrs.get("alwaysIndirect"),
        by_request,
    )


def _text(element: Element, name: str, most: int) -> str:
    text = element.get(name)
    if not text:
        raise missing(name)
    if len(text) > most:
        raise invalid(name, f"at most {most} characters")
    return text


def send_message(message: Message, to_addr: str) -> Element:
    """Build `SendMessage` of it to that address."""
    element = message.element
    if to_addr != message.to_addr:
        element = element.having({"toAddr": to_addr})
    return make("SendMessage", {"alwaysIndirect": message.indirect}, element)


def progress(message_key: MessageKey, to_addr: str, event: str) -> Element:
    """Build `EventMessageProgress`."""
    attrs: dict[str, Value] = {
        "sendTime": message_key.send_time,
        "id": message_key.id,
        "toAddr": to_addr,
        "event": event,
    }
    return make("EventMessageProgress", attrs)
