"""The post: what happens to each message, as steps for whoever has the wires.

Every accepted message ends in exactly one final result for its sender and is sent at most once.
Messages for one phone are sent in the order of their acceptance. Nothing is kept over a restart.
This module must not know sockets, clocks or logging.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from mom.axi.element import Element, make
from mom.axi.errors import BadValue
from mom.messaging.errors import Refused
from mom.messaging.figures import Counters
from mom.messaging.letter import DELETED, FINAL, RETRY_LATER, Letter, State
from mom.messaging.letters import Letters
from mom.messaging.message import Message, number_of, progress, split_address
from mom.messaging.party import Hold, MessageKey, Party, Step, Tell
from mom.model.identities import OmmId
from mom.ports import Place, Whereabouts

UNAVAILABLE = "TemporaryUnavailable"
MAX_PROGRESS = 64
"""Most characters of a word of progress, which is remembered."""
MOST_RETRYING = 10_000
"""Phones whose senders are remembered until the phone's queue is empty."""


class Withdrawal(msgspec.Struct, frozen=True):
    """How a message is taken back: at its home OMM, or here with these steps (`omm` is 0)."""

    omm: OmmId
    request: Element
    steps: tuple[Step, ...] = ()


class Post:
    """All messages; `takes` tells whether an OMM is connected and has room for more."""

    def __init__(
        self, whereabouts: Whereabouts, takes: Callable[[OmmId], bool], counters: Counters
    ) -> None:
        self._whereabouts = whereabouts
        self._takes = takes
        self._counters = counters
        self.letters = Letters()
        self._waiting: dict[int, deque[Letter]] = {}
        self._retrying: dict[int, dict[Party, None]] = {}

    def accept(self, message: Message, now: float) -> list[Step]:
        """Take a message and send it, hold it, or tell its sender why not."""
        known = self.letters.find(message.key)
        if known is not None and not known.may_come_again:
            return self._again(known, message.sender, now)
        if known is not None:
            self.letters.forget(known)
        if message.is_too_long:
            return [self._refuse(message, "Rejected")]
        if not self.letters.takes(message.sender):
            return [self._refuse(message, UNAVAILABLE)]
        place = self._place(message)
        if place is None:
            return [self._refuse(message, "WrongURI")]
        letter = Letter(message, now)
        self.letters.add(letter)
        if place.moving or place.device in self._waiting:
            letter.go(State.WAITING)
            return [self._hold(letter, place)]
        return [self._send(letter, place, now)]

    def failed(self, key: MessageKey, now: float) -> list[Step]:
        """The home OMM has refused a message, or there is no knowing whether it has it."""
        letter = self.letters.find(key)
        if letter is None or letter.state is not State.SENT:
            return []
        return self._end(letter, UNAVAILABLE, now)

    def progress(self, omm: OmmId, event: Element, now: float) -> list[Step]:
        """Pass on what the home OMM tells; nothing after the final result but a deletion.

        The first step is the one for the sender. Raises `BadValue`.
        """
        letter = self._told_of(omm, event, "toAddr")
        if letter is None:
            self._counters.strays += 1
            return []
        told = event.get("event")
        if letter.state is State.DONE:
            if told not in DELETED or letter.last in DELETED:
                return []
        elif len(told) > MAX_PROGRESS:
            raise BadValue("event", f"at most {MAX_PROGRESS} characters")
        elif told in FINAL:
            self._close(letter, told, now)
        elif told == letter.last:
            return []
        letter.last = told
        return [letter.pass_on(event, "toAddr"), *self._next(letter.device, now)]

    def confirmation(self, omm: OmmId, event: Element) -> list[Tell]:
        """Pass on what somebody confirmed at a phone, each confirmation once."""
        name = "toAddr" if self._told_of(omm, event, "toAddr") else "fromAddr"
        letter = self._told_of(omm, event, name)
        if letter is None:
            self._counters.strays += 1
            return []
        confirmed = hash((event.get("confTime"), event.get("confirmation")))
        if letter.confirmed == confirmed:
            return []
        letter.confirmed = confirmed
        self._counters.confirmations += 1
        return [letter.pass_on(event, name)]

    def queue_empty(self, omm: OmmId, event: Element) -> list[Tell]:
        """Tell those who were told to try again later; with the system-wide number."""
        local = event.get("ppn")
        usable = local.isascii() and local.isdecimal() and len(local) < 10
        device = self._whereabouts.device_number(omm, int(local)) if usable else 0
        told = make("EventMessageQueueEmpty", {"ppn": device})
        return [Tell(sender, told) for sender in self._retrying.pop(device, {})]

    def withdraw(self, sender: Party, request: Element, now: float) -> Withdrawal:
        """Take back a message (`CancelMessage`, `DeleteMessage`). Raises `Refused`."""
        send_time, id = number_of(request, "sendTime"), number_of(request, "id")
        letter = self.letters.of(sender, send_time, id, request.get("toAddr"))
        if letter is None or not (letter.omm or letter.state is State.WAITING):
            raise Refused("ENoEnt", "no such message")
        if letter.state is State.WAITING:
            return Withdrawal(OmmId(0), request, (self._finish(letter, "Rejected", now),))
        if not self._takes(letter.omm):
            raise Refused("EFailed", f"OMM {letter.omm:04d} is not connected")
        return Withdrawal(letter.omm, request.having({"toAddr": letter.to_home, "seq": None}))

    def settled(self, device: int, now: float) -> list[Step]:
        """A phone does not move any more: send what waits for it, as far as that is possible."""
        steps: list[Step] = []
        for letter in self._waiting.pop(device, ()):
            message = letter.message
            place = self._place(message) if message is not None else None
            if place is None:
                steps.append(self._finish(letter, "WrongURI", now))
            elif place.moving or place.device in self._waiting:
                steps.append(self._hold(letter, place))
            else:
                steps.append(self._send(letter, place, now))
        return steps

    def late(self, key: MessageKey, now: float) -> list[Step]:
        """A message has waited as long as it may."""
        letter = self.letters.find(key)
        if letter is None or letter.state is not State.WAITING:
            return []
        return self._end(letter, UNAVAILABLE, now)

    def waits_for(self, device: int) -> bool:
        """Whether any message waits for that phone."""
        return device in self._waiting

    def gone(self, omm: OmmId, now: float) -> list[Step]:
        """The session of an OMM is over: what it has, and did not tell of, is not known."""
        open_there = self.letters.open_at(omm)
        return [step for letter in open_there for step in self._end(letter, UNAVAILABLE, now)]

    def expire(self, now: float) -> list[Step]:
        """Give up what is too old."""
        overdue = self.letters.overdue(now)
        return [step for letter in overdue for step in self._end(letter, UNAVAILABLE, now)]

    # The parts of these.

    def _place(self, message: Message) -> Place | None:
        """Where the receiver is. Applications may also name a phone by its system-wide number."""
        scheme, rest = split_address(message.to_addr)
        if scheme == "tel":
            return self._whereabouts.of_number(rest)
        if scheme == "ppn" and message.by_request and rest.isascii() and rest.isdecimal():
            return self._whereabouts.of_device(int(rest))
        return None

    def _hold(self, letter: Letter, place: Place) -> Hold:
        letter.device = place.device
        self._waiting.setdefault(place.device, deque()).append(letter)
        return Hold(place.device, letter.key, place.moving)

    def _send(self, letter: Letter, place: Place, now: float) -> Step:
        """Send it home, unless that is not possible now.

        It waits for a twin, which the home OMM could not tell from it: OMMs number the messages of
        their phones each for itself, and progress does not name the sender.
        """
        letter.device, letter.omm = place.device, place.omm
        by_number = split_address(letter.to_addr)[0] == "ppn"
        to_home = f"ppn:{place.local}" if by_number else letter.to_addr
        twin = self.letters.at(place.omm, letter.key.send_time, letter.key.id, to_home)
        if twin is not None and twin.state is State.SENT:
            letter.go(State.WAITING)
            return self._hold(letter, place)
        if not self._takes(place.omm) or (by_number and not place.local):
            return self._finish(letter, UNAVAILABLE, now)
        ask = letter.send(to_home)
        self.letters.sent(letter)
        return ask

    def _again(self, known: Letter, sender: Party, now: float) -> list[Step]:
        """A message that is known: a repetition, or the home OMM does not have the phone."""
        self._counters.repeated += 1
        if known.state is State.SENT and sender.omm == known.omm:
            return self._end(known, UNAVAILABLE, now)
        return []

    def _refuse(self, message: Message, result: str) -> Tell:
        """Give the final result of a message that is not accepted."""
        self._counters.results[result] += 1
        return Tell(message.sender, progress(message.key, message.to_addr, result))

    def _finish(self, letter: Letter, result: str, now: float) -> Tell:
        """Give the final result as MOM knows it."""
        self._close(letter, result, now)
        return letter.tell(result)

    def _end(self, letter: Letter, result: str, now: float) -> list[Step]:
        """Give the final result, and send what has waited for that."""
        return [self._finish(letter, result, now), *self._next(letter.device, now)]

    def _next(self, device: int, now: float) -> list[Step]:
        return self.settled(device, now) if device in self._waiting else []

    def _close(self, letter: Letter, result: str, now: float) -> None:
        waiting = self._waiting.get(letter.device)
        if letter.state is State.WAITING and waiting is not None and letter in waiting:
            waiting.remove(letter)
            if not waiting:
                del self._waiting[letter.device]
        letter.go(State.DONE)
        self.letters.close(letter, now)
        self._counters.results[result] += 1
        if result in RETRY_LATER:
            if len(self._retrying) >= MOST_RETRYING:
                del self._retrying[next(iter(self._retrying))]
            self._retrying.setdefault(letter.device, {})[letter.sender] = None

    def _told_of(self, omm: OmmId, event: Element, name: str) -> Letter | None:
        """The message that an event of an OMM is about."""
        return self.letters.at(omm, event.get("sendTime"), event.get("id"), event.get(name))
