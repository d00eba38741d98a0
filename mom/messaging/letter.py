"""What is remembered of one message on its way, and which steps it can take.

This module must not know where anything is.
"""

from __future__ import annotations

from enum import Enum

from mom.axi.element import Element
from mom.messaging.message import Message, progress, send_message
from mom.messaging.party import Ask, Tell
from mom.model.identities import OmmId

FINAL = frozenset(
    {
        "Overridden",
        "DeleteOverridden",
        "Delivered",
        "DeleteDelivered",
        "Rejected",
        "Busy",
        "WrongCharacterSet",
        "WrongURI",
        "TemporaryUnavailable",
        "Unknown",
    }
)
"""Progress after which a message is not tried any more; any other lets it go on (published)."""
RETRY_LATER = frozenset({"Overridden", "DeleteOverridden", "Busy"})
"""Results after which a sender waits for the phone's queue to be empty."""
DELETED = frozenset({"DeleteOverridden", "DeleteDelivered"})
"""How the deletion of a message that has its result may end."""


class State(Enum):
    """How far a message is."""

    NEW = "new"
    WAITING = "waiting for its phone"
    SENT = "sent to the home OMM"
    DONE = "its sender has the final result"


STEPS = {
    State.NEW: {State.WAITING, State.SENT, State.DONE},
    State.WAITING: {State.WAITING, State.SENT, State.DONE},
    State.SENT: {State.DONE},
    State.DONE: set[State](),
}
"""Where a message can go from each state."""


class Letter:
    """One message from its acceptance until it is forgotten; times in seconds.

    `message` is dropped when the message is sent: nobody needs its content any more. `to_home` is
    its address as the home OMM `omm` knows it, `last` what its sender was told last, `confirmed`
    a fingerprint of the last confirmation.
    """

    __slots__ = (
        "by_request",
        "confirmed",
        "device",
        "key",
        "last",
        "message",
        "omm",
        "sender",
        "since",
        "state",
        "to_addr",
        "to_home",
    )

    def __init__(self, message: Message, now: float) -> None:
        self.message: Message | None = message
        self.key = message.key
        self.sender = message.sender
        self.to_addr = self.to_home = message.to_addr
        self.by_request = message.by_request
        self.state = State.NEW
        self.since = now
        self.omm = OmmId(0)
        self.device = 0
        self.last = ""
        self.confirmed: int | None = None

    @property
    def may_come_again(self) -> bool:
        """Whether its sender may try once more: it was never sent, or was told to retry."""
        unsent = self.message is not None
        return self.state is State.DONE and (unsent or self.last in RETRY_LATER)

    def go(self, state: State) -> None:
        """Take a step; raises `ValueError` for one that is not possible."""
        if state not in STEPS[self.state]:
            raise ValueError(f"a message that is {self.state.value} cannot be {state.value}")
        self.state = state

    def send(self, to_home: str) -> Ask:
        """Send it to the home OMM under that address."""
        if self.message is None:
            raise ValueError("the message was sent before")
        self.go(State.SENT)
        self.to_home = to_home
        request = send_message(self.message, to_home)
        self.message = None
        return Ask(self.omm, request, self.key)

    def tell(self, result: str) -> Tell:
        """Tell the sender how far it is."""
        self.last = result
        return Tell(self.sender, progress(self.key, self.to_addr, result))

    def pass_on(self, event: Element, name: str) -> Tell:
        """Give the sender an event of the home OMM, with the address that the sender used.

        `name` is the attribute that holds it.
        """
        if event.get(name) != self.to_addr:
            event = event.having({name: self.to_addr})
        return Tell(self.sender, event)
