"""The hub of the data channels: carries each message to its receivers, in order.

A receiver that has too much unsent loses the message, and the sender is told. This module must not
know who is allowed to send.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from mom.axi.errors import BadValue
from mom.axi.mom_profile import EVERYBODY, MOM_ADDRESS, ChannelMessage, channel_name
from mom.messaging.channels import Channels, receivers
from mom.messaging.ends import Ends
from mom.messaging.errors import Refused, invalid
from mom.messaging.figures import Counters
from mom.messaging.party import Party, is_full

_ARI = re.compile(r"[0-9A-Fa-f]{8}")
_SHOWN = 10


class Hub:
    """Sends on data channels."""

    def __init__(self, ends: Ends, channels: Channels, counters: Counters) -> None:
        self._ends = ends
        self._channels = channels
        self._counters = counters

    def send(self, sender: Party, message: ChannelMessage) -> None:
        """Send a message of a connected party to whom it is for.

        Raises `Refused`: EInval, EFailed if the OMM that it is for is not connected, ENoMem if a
        receiver had no room for it; the others have it then.
        """
        end = self._ends.get(sender)
        message = _checked(message, end.address if end is not None else "")
        self._counters.data += 1
        listeners = self._channels.listeners(message.name)
        found = receivers(sender, message.to, self._ends.omms(), listeners)
        if message.to not in (MOM_ADDRESS, EVERYBODY) and not found.omms:
            raise Refused("EFailed", f"no OMM {message.to} is connected")
        lost = [*self._to_omms(found.omms, message), *self._to_listeners(found.listeners, message)]
        if lost:
            self._counters.no_mem += len(lost)
            more = "" if len(lost) <= _SHOWN else f" and {len(lost) - _SHOWN} others"
            raise Refused("ENoMem", f"no room at {', '.join(lost[:_SHOWN])}{more}")

    def told(self, sender: Party, address: str, message: ChannelMessage) -> None:
        """An OMM tells what one of its applications sends. Raises `Refused` as `send`.

        What did not begin there, or is for that OMM, is not sent: it would go round.
        """
        if message.origin not in ("", address) or message.to.upper() == address:
            self._counters.repeated += 1
            return
        self.send(sender, message)

    def _to_omms(self, parties: Sequence[Party], message: ChannelMessage) -> list[str]:
        request = message.to_element("ApplicationDataChannel")
        lost = []
        for party in parties:
            end = self._ends.omm(party.omm)
            if end is not None and is_full(end):
                lost.append(str(party))
            elif end is not None:
                end.say(request)
        return lost

    def _to_listeners(self, parties: Sequence[Party], message: ChannelMessage) -> list[str]:
        event = message.to_element("EventApplicationDataChannel")
        lost = []
        for party in parties:
            end = self._ends.get(party)
            if end is not None and is_full(end):
                lost.append(str(party))
            elif end is not None:
                end.tell(event)
        return lost


def _checked(message: ChannelMessage, origin: str) -> ChannelMessage:
    """The message with its origin, if it may be sent."""
    try:
        channel_name(message.name)
        message.content()
    except BadValue as error:
        raise invalid(error.name, error.expected) from None
    if message.to not in (MOM_ADDRESS, EVERYBODY) and not _ARI.fullmatch(message.to):
        raise invalid("to", "an ARI of 8 hex digits, MOM or *")
    return msgspec.structs.replace(message, origin=origin)
