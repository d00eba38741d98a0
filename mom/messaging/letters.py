"""All messages that are on their way or were lately, found by whatever names them, within limits.

This module must not know what happens to a message.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator

from mom.messaging.letter import Letter, State
from mom.messaging.party import MessageKey, Party
from mom.model.identities import OmmId

MOST_OPEN = 20_000
"""Messages without a final result in the whole system."""
MOST_OF_ONE = 5_000
"""The same from one OMM or application."""
MOST_DONE = 20_000
"""Messages with a final result that are remembered for confirmations and deletions."""
OPEN_SECONDS = 3600.0
"""After this time without a final result a message is given up."""
DONE_SECONDS = 8 * 3600.0
"""How long one with a final result is remembered, if there are not too many."""

Trace = tuple[OmmId, str, str, str]
Sent = tuple[Party, str, str, str]


class Letters:
    """The open messages, and the latest of those that are done."""

    def __init__(self) -> None:
        self._open: dict[MessageKey, Letter] = {}
        self._done: OrderedDict[MessageKey, Letter] = OrderedDict()
        self._traces: dict[Trace, Letter] = {}
        self._sent: dict[Sent, Letter] = {}
        self._counts: Counter[Party] = Counter()

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def takes(self, sender: Party) -> bool:
        """Whether another one of this sender may be accepted."""
        return len(self._open) < MOST_OPEN and self._counts[sender] < MOST_OF_ONE

    def find(self, key: MessageKey) -> Letter | None:
        """The message with that key."""
        return self._open.get(key) or self._done.get(key)

    def at(self, omm: OmmId, send_time: str, id: str, address: str) -> Letter | None:
        """The message that an OMM names by that time, number and address."""
        return self._traces.get((omm, send_time, id, address.casefold()))

    def of(self, sender: Party, send_time: str, id: str, address: str) -> Letter | None:
        """The message that an application names by that time, number and address."""
        return self._sent.get((sender, send_time, id, address.casefold()))

    def add(self, letter: Letter) -> None:
        """Accept a message."""
        self._open[letter.key] = letter
        self._counts[letter.sender] += 1
        if letter.by_request:
            self._sent[_sent(letter)] = letter

    def sent(self, letter: Letter) -> None:
        """The message is at its home OMM now."""
        self._traces[_trace(letter)] = letter

    def close(self, letter: Letter, now: float) -> None:
        """The sender has the final result."""
        del self._open[letter.key]
        self._counts[letter.sender] -= 1
        if not self._counts[letter.sender]:
            del self._counts[letter.sender]
        letter.since = now
        self._done[letter.key] = letter
        if len(self._done) > MOST_DONE:
            self.forget(next(iter(self._done.values())))

    def open_at(self, omm: OmmId) -> list[Letter]:
        """Those that were sent to an OMM and have no final result."""
        return [
            letter
            for letter in self._open.values()
            if letter.omm == omm and letter.state is State.SENT
        ]

    def overdue(self, now: float) -> list[Letter]:
        """The open ones that are too old; those done long ago are forgotten."""
        for letter in list(_older(self._done, now - DONE_SECONDS)):
            self.forget(letter)
        return list(_older(self._open, now - OPEN_SECONDS))

    def forget(self, letter: Letter) -> None:
        """One with a final result is remembered no more."""
        del self._done[letter.key]
        if self._traces.get(_trace(letter)) is letter:
            del self._traces[_trace(letter)]
        if self._sent.get(_sent(letter)) is letter:
            del self._sent[_sent(letter)]


def _older(letters: dict[MessageKey, Letter], time: float) -> Iterator[Letter]:
    """Those from before that time; the oldest come first."""
    for letter in letters.values():
        if letter.since > time:
            return
        yield letter


def _trace(letter: Letter) -> Trace:
    return letter.omm, letter.key.send_time, letter.key.id, letter.to_home.casefold()


def _sent(letter: Letter) -> Sent:
    return letter.sender, letter.key.send_time, letter.key.id, letter.to_addr.casefold()
