"""The router of messages, alarm triggers and data between OMMs and applications.

Implements `mom.ports.Switchboard`. It knows who is connected and builds the parts; what goes where
is decided in them.
"""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from mom.axi.clock import Clock
from mom.axi.element import Element
from mom.messaging.carrier import Carrier
from mom.messaging.channels import Channels
from mom.messaging.desk import ApplicationDesk
from mom.messaging.ends import Ends
from mom.messaging.events import OmmEvents
from mom.messaging.figures import Counters
from mom.messaging.hub import Hub
from mom.messaging.listeners import Listeners
from mom.messaging.omm_line import OmmLine
from mom.messaging.party import Endpoint, Party
from mom.messaging.requests import Caller, Reply, answer
from mom.model.figures import MessagingFigures
from mom.ports import OmmWire, Whereabouts

SWEEP_SECONDS = 60.0
"""How often what is too old is given up."""


class Router:
    """All that is routed."""

    def __init__(self, clock: Clock, whereabouts: Whereabouts) -> None:
        self._counters = counters = Counters()
        self._ends = ends = Ends()
        self._channels = channels = Channels()
        self._listeners = listeners = Listeners()
        self._carrier = carrier = Carrier(clock, whereabouts, ends, counters)
        hub = Hub(ends, channels, counters)
        self._desk = ApplicationDesk(carrier, hub, channels, listeners, ends, counters)
        self._events = OmmEvents(
            carrier, hub, channels, listeners, whereabouts, counters, self.request
        )
        self._sweeps = LoopingCall(carrier.sweep)
        self._sweeps.clock = cast("Any", clock)

    def start(self) -> None:
        """Give up what is too old from now on."""
        self._sweeps.start(SWEEP_SECONDS, now=False)

    def stop(self) -> None:
        """Wait for nothing any more; messages that were waiting are dropped."""
        if self._sweeps.running:
            self._sweeps.stop()
        self._carrier.waits.stop()

    def open(self, wire: OmmWire) -> OmmLine:
        """Begin a session of an OMM; see `mom.ports.Switchboard`."""
        line = OmmLine(wire, self._events.take, self._closed, self._counters)
        former = self._ends.omm(line.omm)
        if former is not None:
            former.close()
        self._ends.add_omm(line)
        return line

    def join(self, application: Endpoint) -> None:
        """An application of MOM has connected."""
        self._ends.add(application)

    def leave(self, application: Endpoint) -> None:
        """An application of MOM is gone, and with it what it made and listened to."""
        if self._ends.remove(application):
            self._drop(application.party)

    def request(self, caller: Caller, request: Element) -> Deferred[Reply]:
        """Answer an application; its steps are for `do`, once the response is sent."""
        self._counters.requests += 1
        return Deferred.fromCoroutine(answer(self._desk, caller, request)).addCallback(self._count)

    def do(self, reply: Reply) -> None:
        """Carry out what has to be done after a response."""
        self._carrier.do(reply.steps)

    def figures(self) -> MessagingFigures:
        """The counters at this moment."""
        return self._counters.figures(
            open_messages=len(self._carrier.post.letters),
            channels=len(self._channels),
            endpoints=len(self._ends),
        )

    def _count(self, reply: Reply) -> Reply:
        self._counters.refused += reply.response.has("errCode")
        return reply

    def _closed(self, line: OmmLine) -> None:
        """The session of an OMM is over: so is what it had and what its applications made."""
        if self._ends.remove(line):
            self._drop(line.party)
            self._carrier.do(self._carrier.post.gone(line.omm, self._carrier.now()))

    def _drop(self, party: Party) -> None:
        self._listeners.drop(party)
        self._carrier.do(self._channels.drop(party))
