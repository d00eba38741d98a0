"""The carrier: carries out what the post decides, and tells the post how that went.

This module must not know where steps come from.
"""

from __future__ import annotations

from collections.abc import Iterable

from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock
from mom.axi.element import Element
from mom.axi.errors import AxiError
from mom.messaging.ends import Ends
from mom.messaging.figures import Counters
from mom.messaging.party import Ask, MessageKey, Party, Step, Tell, is_full
from mom.messaging.post import Post
from mom.messaging.waits import Waits
from mom.ports import Whereabouts


class Carrier:
    """Sends what is to be sent to the ends that there are."""

    log = Logger()

    def __init__(
        self, clock: Clock, whereabouts: Whereabouts, ends: Ends, counters: Counters
    ) -> None:
        self._clock = clock
        self._ends = ends
        self._counters = counters
        self.post = Post(whereabouts, ends.takes, counters)
        self.waits = Waits(clock, whereabouts.settled, self._settled, self._late)

    def now(self) -> float:
        """Seconds since a fixed point."""
        return self._clock.seconds()

    def do(self, steps: Iterable[Step]) -> None:
        """Carry out steps, in order."""
        for step in steps:
            if isinstance(step, Tell):
                self._tell(step)
            elif isinstance(step, Ask):
                self._ask(step)
            else:
                self.waits.hold(step)

    def spread(self, event: Element, parties: Iterable[Party], but: Iterable[Party]) -> None:
        """Tell an event to all of these but some; a receiver with too much unsent loses it."""
        left_out = set(but)
        for party in parties:
            if party in left_out:
                continue
            end = self._ends.get(party)
            if end is not None and not is_full(end):
                end.tell(event)
            else:
                self._counters.untold += 1

    def sweep(self) -> None:
        """Give up messages that are too old."""
        self.do(self.post.expire(self.now()))

    def _tell(self, tell: Tell) -> None:
        end = self._ends.get(tell.to)
        if end is None:
            self._counters.untold += 1
        else:
            end.tell(tell.event)

    def _ask(self, ask: Ask) -> None:
        end = self._ends.omm(ask.omm)
        if end is None:
            self._answered(ask.key)
        else:
            asked = end.ask(ask.request).addErrback(self._failed, ask.key)
            asked.addErrback(self._broken)

    def _failed(self, failure: Failure, key: MessageKey) -> None:
        failure.trap(AxiError)  # type: ignore[no-untyped-call]
        self._answered(key)

    def _answered(self, key: MessageKey) -> None:
        """The home OMM has refused a message, or nobody knows whether it has it."""
        self.do(self.post.failed(key, self.now()))

    def _broken(self, failure: Failure) -> None:
        self.log.failure("a message was not sent", failure)

    def _settled(self, device: int) -> None:
        self.do(self.post.settled(device, self.now()))

    def _late(self, key: MessageKey, device: int) -> None:
        self.do(self.post.late(key, self.now()))
        if not self.post.waits_for(device):
            self.waits.leave(device)
