"""What one OMM knows of messages: those its phones got, those they sent, and how these went.

This module must not know how messages come and go.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from mom.axi.element import Element

KEPT = 1000
"""How many of the last messages can be listed."""
_MOST_UNDER_WAY = 100_000
_KEPT_DELAYS = 100_000
_Key = tuple[str, str, str]

ANSWERS = ("Delivered", "PagingTimeout", "Busy", "Rejected", "none")
"""How phones may answer; PagingTimeout keeps the message for later, none tells nothing at all."""


class Mailbag:
    """The messages of one OMM; times in seconds.

    Its phones' messages are numbered from `first` on. OMMs number each for itself, so that two may
    give the same numbers.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self.answer = ANSWERS[0]
        self.sent = 0
        self.received = 0
        self.twice = 0
        """Messages that came again: that must never happen."""
        self.results: Counter[str] = Counter()
        self.further = 0
        """Results of messages that had one already, or that nobody sent."""
        self.confirmed: Counter[str] = Counter()
        self.delays: deque[float] = deque(maxlen=_KEPT_DELAYS)
        self.listed: deque[Element] = deque(maxlen=KEPT)
        self.pending: dict[_Key, Element] = {}
        self.refused: dict[int, None] = {}
        """Phones that told a sender to try again later."""
        self._known: dict[_Key, None] = {}
        self._under_way: dict[tuple[str, str], float] = {}

    def next_id(self) -> int:
        """The number of the next message of a phone."""
        self.sent += 1
        return self._first + self.sent

    def leaves(self, message: Element, now: float) -> None:
        """A message of a phone is on its way to the MOM."""
        self._under_way[_name(message)] = now
        if len(self._under_way) > _MOST_UNDER_WAY:
            del self._under_way[next(iter(self._under_way))]

    def result(self, progress: Element, now: float) -> None:
        """The MOM tells how far a message is; what is still tried has no result."""
        event = progress.get("event")
        if event == "PagingTimeout":
            return
        sent = self._under_way.pop(_name(progress), None)
        if sent is None:
            self.further += 1
            return
        self.results[event] += 1
        self.delays.append(now - sent)

    def confirmation(self, event: Element) -> None:
        """The MOM tells what the receiver of a message confirmed."""
        self.confirmed[event.get("confirmation")] += 1

    def arrives(self, message: Element) -> None:
        """A message has come to a phone."""
        key = (*_name(message), message.get("fromAddr"))
        self.twice += key in self._known
        self._known[key] = None
        if len(self._known) > _MOST_UNDER_WAY:
            del self._known[next(iter(self._known))]
        self.received += 1
        self.listed.append(message)

    def take_back(self, request: Element, *, delivered: bool) -> bool:
        """Take a message from where it waits, or from the phone; tells whether it was there."""
        key = _key(request)
        if not delivered:
            return self.pending.pop(key, None) is not None
        found = [message for message in self.listed if _key(message) == key]
        for message in found:
            self.listed.remove(message)
        return bool(found)

    def stats(self) -> dict[str, Any]:
        """Everything that can be counted."""
        return {
            "sent": self.sent,
            "underWay": len(self._under_way),
            "received": self.received,
            "twice": self.twice,
            "results": dict(self.results),
            "further": self.further,
            "confirmed": dict(self.confirmed),
        }


def _name(message: Element) -> tuple[str, str]:
    return message.get("sendTime"), message.get("id")


def _key(message: Element) -> _Key:
    return message.get("sendTime"), message.get("id"), message.get("toAddr")
