"""Where applications are served: what their requests are carried out on.

Implements `mom.messaging.requests.Desk`. This module must not know how requests come in.
"""

from __future__ import annotations

from collections.abc import Sequence

from mom.axi.element import Element
from mom.axi.mom_profile import ChannelMessage
from mom.messaging.carrier import Carrier
from mom.messaging.channels import Channels
from mom.messaging.ends import Ends
from mom.messaging.errors import Refused
from mom.messaging.figures import Counters
from mom.messaging.hub import Hub
from mom.messaging.listeners import Listeners
from mom.messaging.message import Message
from mom.messaging.party import Party, Step
from mom.messaging.post import Withdrawal
from mom.model.identities import OmmId


class ApplicationDesk:
    """Serves all applications."""

    def __init__(
        self,
        carrier: Carrier,
        hub: Hub,
        channels: Channels,
        listeners: Listeners,
        ends: Ends,
        counters: Counters,
    ) -> None:
        self._carrier = carrier
        self._hub = hub
        self._channels = channels
        self._listeners = listeners
        self._ends = ends
        self._counters = counters

    def accept(self, message: Message) -> Sequence[Step]:
        """Take a message; returns what has to be done then."""
        self._counters.from_applications += 1
        return self._carrier.post.accept(message, self._carrier.now())

    def withdraw(self, party: Party, request: Element) -> Withdrawal:
        """Take back a message. Raises `Refused`."""
        return self._carrier.post.withdraw(party, request, self._carrier.now())

    async def ask(self, omm: OmmId, request: Element) -> Element:
        """Ask an OMM. Raises `Refused` if it is not connected, else `AxiError`."""
        end = self._ends.omm(omm)
        if end is None:
            raise Refused("EFailed", f"OMM {omm:04d} is not connected")
        return await end.ask(request)

    def send_data(self, sender: Party, message: ChannelMessage) -> None:
        """Send on a data channel. Raises `Refused` if somebody does not get it."""
        self._hub.send(sender, message)

    def create_channel(
        self, party: Party, name: str, description: str
    ) -> tuple[int, Sequence[Step]]:
        """Make a data channel; returns its number and whom to tell. Raises `Refused`."""
        return self._channels.create(party, name, description)

    def delete_channel(self, party: Party, id: int) -> Sequence[Step]:
        """End a data channel; returns whom to tell. Raises `Refused`."""
        return self._channels.delete(party, id)

    def subscribe_channel(self, party: Party, name: str, cmd: str) -> None:
        """Listen to a data channel, or not any more. Raises `Refused`."""
        self._channels.subscribe(party, name, cmd)

    def subscribe(self, party: Party, request: Element) -> None:
        """Set and clear flags of event types. Raises `Refused`."""
        self._listeners.apply(party, request)
