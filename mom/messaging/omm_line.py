"""The line of one OMM: its events go to the router, and what is for it goes out as requests.

This module must not know what any message means.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import AxiError
from mom.axi.mom_profile import route_event
from mom.messaging.figures import Counters
from mom.messaging.party import Party
from mom.model.identities import OmmId
from mom.ports import OmmWire

Take = Callable[["OmmLine", Element], None]


class OmmLine:
    """One session of an OMM; it is the `OmmEnd` of the OMM and its `mom.ports.Line`."""

    def __init__(
        self,
        wire: OmmWire,
        events: Take,
        over: Callable[[OmmLine], None],
        counters: Counters,
    ) -> None:
        self._wire = wire
        self._events = events
        self._over = over
        self._counters = counters
        self._closed = False
        self.omm: OmmId = wire.omm.id
        self.party = Party(omm=self.omm)
        self.address = wire.facts.ari.upper()

    @property
    def unsent(self) -> int:
        """About how many bytes wait to leave."""
        return self._wire.unsent

    def take(self, event: Element) -> None:
        """Take the next event."""
        if not self._closed:
            self._events(self, event)

    def close(self) -> None:
        """The session is over."""
        if not self._closed:
            self._closed = True
            self._over(self)

    def ask(self, request: Element) -> Deferred[Element]:
        """Send a request; fails with `AxiError`."""
        return self._wire.request(request)

    def tell(self, event: Element) -> None:
        """Have the OMM deliver an event."""
        self.say(route_event(event))

    def say(self, request: Element) -> None:
        """Send a request whose answer nobody needs."""
        self._wire.request(request).addErrback(self._not_taken)

    def _not_taken(self, failure: Failure) -> None:
        failure.trap(AxiError)  # type: ignore[no-untyped-call]
        self._counters.untold += 1
