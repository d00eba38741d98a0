"""Many messages: so many a second from phones by chance to phones of other sites, for measuring.

This module must not know how a message is sent.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mom.axi.clock import Clock, Timer
from mom.sim.records import Record
from mom.sim.refusal import no_entry
from mom.sim.requests.messages import new_message, write
from mom.sim.site import Site

TICK = 0.005
"""Seconds between two handfuls of messages."""
MOST = 20_000.0
_CONTENT = "Please come to ward 4, room 12: the patient has called twice."


class Traffic:
    """Writes messages at all sites."""

    def __init__(self, sites: Sequence[Site], clock: Clock, rng: random.Random) -> None:
        self._sites = sites
        self._clock = clock
        self._rng = rng
        self._timer: Timer | None = None
        self._rate = 0.0
        self._ends = 0.0
        self._last = 0.0
        self._due = 0.0
        self._people: list[tuple[Site, list[Record]]] = []

    def start(self, rate: float, seconds: float) -> None:
        """Write `rate` messages a second for so many seconds, instead of what is under way.

        Delays are counted anew.
        """
        if not 0 < rate <= MOST:
            raise ValueError(f"a rate of up to {MOST:g} a second")
        self.stop()
        self._people = [(site, _writers(site)) for site in self._sites]
        self._people = [(site, writers) for site, writers in self._people if writers]
        if len(self._people) < 2:
            raise no_entry("two sites with phones are needed")
        for site in self._sites:
            site.omm.state.mail.delays.clear()
        self._rate, self._due = rate, 0.0
        self._last = self._clock.seconds()
        self._ends = self._last + seconds
        self._timer = self._clock.callLater(TICK, self._tick)

    def stop(self) -> None:
        """Write no more."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _tick(self) -> None:
        """Write as many as the time since the last time asks for: also after a late call."""
        now = min(self._clock.seconds(), self._ends)
        self._due += (now - self._last) * self._rate
        self._last = now
        while self._due >= 1:
            self._due -= 1
            self._one()
        self._timer = None
        if now < self._ends:
            self._timer = self._clock.callLater(TICK, self._tick)

    def _one(self) -> None:
        (site, writers), (_, readers) = self._rng.sample(self._people, 2)
        sender, reader = self._rng.choice(writers), self._rng.choice(readers)
        state = site.omm.state
        write(state, new_message(state, sender, f"tel:{reader.get('num')}", _CONTENT))
        site.flush()


def message_stats(sites: Iterable[Site]) -> Mapping[str, Any]:
    """What became of the messages of these sites; delays are from phone to final result."""
    total: dict[str, Any] = {}
    delays: list[float] = []
    for site in sites:
        delays += site.omm.state.mail.delays
        for name, value in site.omm.state.mail.stats().items():
            if isinstance(value, dict):
                counted = total.setdefault(name, {})
                for event, count in value.items():
                    counted[event] = counted.get(event, 0) + count
            else:
                total[name] = total.get(name, 0) + value
    return {**total, "delays": _delays(sorted(delays))}


def _delays(ordered: Sequence[float]) -> dict[str, float]:
    if not ordered:
        return {"count": 0}
    last = len(ordered) - 1
    shares = {"p50": last // 2, "p99": last * 99 // 100, "max": last}
    return {"count": len(ordered), **{name: ordered[place] for name, place in shares.items()}}


def _writers(site: Site) -> list[Record]:
    return [user for user in site.omm.state.users if user.number("ppn")]
