"""One site: an OMM, or a pair of OMM and standby, with its listeners and links.

Carries out what happens to links: refusing, cutting, restarting, failing over. What a request means
is decided by `Omm`. Where a listener comes from is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory, Protocol

from mom.axi.clock import Clock, Timer
from mom.axi.element import Element
from mom.sim.link import Link
from mom.sim.omm import Omm
from mom.sim.quirks import Quirk
from mom.sim.session import Delivery
from mom.sim.snapshot import Snapshot, capture, restore
from mom.sim.state import Identity, State

Listen = Callable[[Identity, Factory, str], Any]
"""Opens an OMM's listener (an `IListeningPort`) on one of its addresses."""

IDLE_SECONDS = 300.0
"""Silence after which an OMM closes a link."""

SLOW_SECONDS = 0.5
"""How long each answer of a slow OMM takes."""

_AFTER_ANSWER = 0.05
_PORT_IN_USE = 1.0


class _Doors(Factory):
    """Makes a link for each connection to one address of a site."""

    noisy = False

    def __init__(self, site: Site, place: int) -> None:
        self._site = site
        self._place = place

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """Begin a link; called by Twisted."""
        return self._site.accept(self._place).protocol


class Site:
    """An OMM with its addresses; `active` is the place of the address that serves.

    `is_shut` while it refuses connections; `delay` seconds are added to each answer.
    """

    def __init__(self, omm: Omm, clock: Clock, listen: Listen, *, standby_refuses: bool) -> None:
        self.omm = omm
        self.identity = omm.state.identity
        self.active = 0
        self.delay = SLOW_SECONDS if omm.state.has(Quirk.SLOW) else 0.0
        self.links: list[Link] = []
        self.is_shut = True
        self.bytes_in = 0
        self.bytes_out = 0
        self.connections = 0
        self.backups: dict[str, Snapshot] = {}
        self._behind: Snapshot | None = None
        self._clock = clock
        self._listen = listen
        self._standby_refuses = standby_refuses
        self._ports: list[Any] = []
        self._opening: Timer | None = None
        self._restarting: Timer | None = None
        self._is_closed = False
        self._by_session: dict[int, Link] = {}

    def open(self) -> None:
        """Listen on all addresses that should; a port 0 becomes one that is free, for good."""
        self._opening = None
        self.is_shut = False
        for place, address in enumerate(self.identity.addresses):
            if place == self.active or not self._standby_refuses:
                port = self._listen(self.identity, _Doors(self, place), address)
                self._ports.append(port)
                self.identity = msgspec.structs.replace(self.identity, port=port.getHost().port)

    def close(self) -> Deferred[Any]:
        """End for good; fires when all listeners are closed."""
        self._is_closed = True
        if self._restarting is not None and self._restarting.active():
            self._restarting.cancel()
        return self.shut()

    def shut(self) -> Deferred[Any]:
        """Drop all links and refuse new ones; fires when all listeners are closed."""
        self.is_shut = True
        if self._opening is not None and self._opening.active():
            self._opening.cancel()
        self._opening = None
        for link in list(self.links):
            link.abort()
        ports, self._ports = self._ports, []
        return DeferredList([maybeDeferred(port.stopListening) for port in ports])

    def cut(self, seconds: float) -> None:
        """Drop all links and refuse new ones for some seconds."""
        closed = self.shut()
        closed.addCallback(lambda _: self._open_later(seconds))

    def restart(self, seconds: float) -> None:
        """Start anew: as a cut, and the OMM counts its uptime from the end."""
        state = self.omm.state
        self.cut(seconds)
        state.logins.clear()
        state.deregistered.clear()
        state.started = state.now() + seconds - state.clock_offset

    def fail_over(self, seconds: float = 0.0) -> None:
        """Let the standby take over; a site without one restarts."""
        state = self.omm.state
        if len(self.identity.addresses) > 1:
            self.active = 1 - self.active
            state.other_address = self.identity.addresses[1 - self.active]
            if state.has(Quirk.STALE_STANDBY) and self._behind is not None:
                restore(state, self._behind)
        self.restart(seconds)

    def synchronise_standby(self) -> None:
        """Bring a standby that lags behind up to date."""
        if len(self.identity.addresses) > 1 and self.omm.state.has(Quirk.STALE_STANDBY):
            self._behind = capture(self.omm.state)

    def accept(self, place: int) -> Link:
        """Begin a link on one of the addresses."""
        link = Link(
            self._clock,
            self.omm.session(),
            self._take,
            self._forget,
            passive=place != self.active,
            dribble=self.omm.state.has(Quirk.DRIBBLE),
        )
        self.links.append(link)
        self._by_session[link.session.number] = link
        self.connections += 1
        return link

    def close_idle(self) -> None:
        """Close the links that were silent for five minutes."""
        now = self._clock.seconds()
        for link in list(self.links):
            if now - link.protocol.last_heard > IDLE_SECONDS:
                link.protocol.close()

    def deliver(self, deliveries: list[Delivery], delay: float = 0.0) -> None:
        """Write frames to their links, in order and as few writes as can be."""
        frames: list[bytes] = []
        link: Link | None = None
        for delivery in deliveries:
            target = self._by_session.get(delivery.session.number)
            if target is not link and link is not None:
                link.write(frames, delay)
                frames = []
            link = target
            if link is not None:
                frames.append(delivery.frame)
        if link is not None and frames:
            link.write(frames, delay)

    def flush(self) -> None:
        """Send what a local action left in the OMM's outbox, and restart if it asked for that."""
        self.deliver(self.omm.state.drain())
        self._restart_if_wanted()

    def do(self, deed: Callable[[State], dict[str, Any]]) -> dict[str, Any]:
        """Something happens at the site: everybody is told, and the OMM is kept."""
        self.omm.state.is_dirty = True
        try:
            return deed(self.omm.state)
        finally:
            self.flush()

    def _take(self, link: Link, request: Element) -> None:
        deliveries = self.omm.take(link.session, request, passive=link.is_passive)
        self.deliver(deliveries, self.delay)
        self._restart_if_wanted()

    def _restart_if_wanted(self) -> None:
        seconds = self.omm.state.restart_wanted
        if seconds is not None:
            self.omm.state.restart_wanted = None
            delay = _AFTER_ANSWER + self.delay
            self._restarting = self._clock.callLater(delay, self.restart, seconds)

    def _forget(self, link: Link) -> None:
        self.bytes_in += link.protocol.bytes_in
        self.bytes_out += link.protocol.bytes_out
        if link in self.links:
            self.links.remove(link)
        self._by_session.pop(link.session.number, None)
        self.omm.state.leave(link.session)

    def _open_later(self, seconds: float) -> None:
        if self._opening is None and self.is_shut and not self._is_closed:
            self._opening = self._clock.callLater(seconds, self._open_again)

    def _open_again(self) -> None:
        """Listen once more; meanwhile a client of this machine may have been given the port."""
        try:
            self.open()
        except CannotListenError:
            self.shut().addCallback(lambda _: self._open_later(_PORT_IN_USE))
