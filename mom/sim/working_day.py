"""A working day of the people with phones: they commute, wander, share phones, and write messages.

A fifth of the phones belongs to commuters, who are at another site from the morning to the
afternoon; some wander between the sites all day; where phones are shared people log in when they
come and log out when they go. One tick for all of them: how many things happen is a matter of the
hour, to whom is chance, the same for the same seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mom.axi.clock import Clock, Timer
from mom.sim.balance import loose
from mom.sim.commands import Switch
from mom.sim.fleet import Fleet
from mom.sim.population import a_name
from mom.sim.site import Site

DAY_SECONDS = 86_400.0
TICK_SECONDS = 1.0
"""How often there is a look at what is due."""
BEGINS = 6
"""The hour at which a simulated day begins."""

COMMUTERS, WANDERERS = 0.2, 0.05
"""Shares of the phones that are on the way."""

_MORNING = {6: 1, 7: 4, 8: 4, 9: 1}
_AFTERNOON = {15: 1, 16: 4, 17: 4, 18: 1}
_WORK = dict.fromkeys(range(8, 18), 1)
_HOURS: Mapping[str, Mapping[int, int]] = {
    "go": _MORNING,
    "return": _AFTERNOON,
    "wander": _WORK,
    "login": _MORNING | dict.fromkeys(range(10, 15), 1),
    "logout": _AFTERNOON | dict.fromkeys(range(10, 15), 1),
    "message": _WORK,
}
"""How the things of a day are spread over its hours."""
_TIMES: Mapping[str, float] = {
    "go": 1.0,
    "return": 1.0,
    "wander": 6.0,
    "login": 2.0,
    "logout": 2.0,
    "message": 2.0,
}
"""How often a day each thing happens to each of those that it concerns."""


class Person(msgspec.Struct, frozen=True):
    """Somebody without a phone of its own: what is typed to log in."""

    num: str
    pin: str


def length_of(text: str) -> float | None:
    """Read `working-day` or `working-day:SECONDS`: how long the day takes; None for another life.

    Raises `ValueError`.
    """
    name, _, seconds = text.partition(":")
    if name != "working-day":
        return None
    length = float(seconds) if seconds else DAY_SECONDS
    if not 1 <= length <= DAY_SECONDS:
        raise ValueError(f"a working day of 1 to {DAY_SECONDS:g} seconds")
    return length


class WorkingDay:
    """Makes a day happen again and again; `length` is how many seconds each takes."""

    def __init__(
        self,
        fleet: Fleet,
        run: Callable[[object], dict[str, Any]],
        clock: Clock,
        length: float,
        switch: Switch,
        rng: random.Random,
    ) -> None:
        self._fleet = fleet
        self._run = run
        self._clock = clock
        self._length = length
        self._switch = switch
        self._rng = rng
        self._timer: Timer | None = None
        self._began = self._last = clock.seconds()
        phones = [(ipei, site.identity.index) for site in fleet.sites for ipei in _phones(site)]
        rng.shuffle(phones)
        commuters = round(len(phones) * COMMUTERS)
        self._home = phones[:commuters]
        self._away: list[tuple[str, int]] = []
        self._wanderers = phones[commuters : commuters + round(len(phones) * WANDERERS)]
        self._carried = phones
        self._numbers = [user.get("num") for site in fleet.sites for user in site.omm.state.users]
        self._free = [person for site in fleet.sites for person in _people(site)]
        self._busy: list[tuple[int, str, Person]] = []
        self._shared = [pair for site in fleet.sites for pair in _shared(site)]

    def start(self) -> None:
        """Let things happen from now on."""
        self._timer = self._clock.callLater(TICK_SECONDS, self._tick)

    def stop(self) -> None:
        """Let nothing more happen."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _tick(self) -> None:
        now = self._clock.seconds()
        passed, self._last = now - self._last, now
        hour = int(BEGINS + (now - self._began) / self._length * 24) % 24
        if self._switch.is_on:
            for what, concerned in self._concerned().items():
                hours = _HOURS[what]
                share = hours.get(hour, 0) / sum(hours.values())
                self._some(what, concerned * _TIMES[what] * share * passed * 24 / self._length)
        self.start()

    def _concerned(self) -> dict[str, int]:
        commuters = len(self._home) + len(self._away)
        shared = len(self._shared) + len(self._busy)
        return {
            "go": commuters,
            "return": commuters,
            "wander": len(self._wanderers),
            "login": shared,
            "logout": shared,
            "message": len(self._carried),
        }

    def _some(self, what: str, expected: float) -> None:
        """Make a thing happen about so often: chance decides about the fraction."""
        times, fraction = divmod(expected, 1)
        for _ in range(int(times) + (self._rng.random() < fraction)):
            for command in self._next(what):
                result = self._run(command)
                self._switch.happened += 1
                self._switch.history.append({**command, "ok": result.get("ok", False)})

    def _next(self, what: str) -> list[dict[str, Any]]:
        """What a thing is, as commands; none if there is nobody to do it."""
        if what == "go" and self._home:
            ipei, home = _take(self._home, self._rng)
            self._away.append((ipei, home))
            return [self._walk(ipei, self._other(home))]
        if what == "return" and self._away:
            ipei, home = _take(self._away, self._rng)
            self._home.append((ipei, home))
            return [self._walk(ipei, home)]
        if what == "wander" and self._wanderers:
            ipei, _ = self._rng.choice(self._wanderers)
            return [self._walk(ipei, self._other(self._fleet.handsets.where(ipei)))]
        if what == "login" and self._shared and self._free:
            index, ipei = _take(self._shared, self._rng)
            person = _take(self._free, self._rng)
            self._busy.append((index, ipei, person))
            typed = {"num": person.num, "pin": person.pin}
            return [{"cmd": "login", "omm": index, "ipei": ipei, **typed}]
        if what == "logout" and self._busy:
            index, ipei, person = _take(self._busy, self._rng)
            self._shared.append((index, ipei))
            self._free.append(person)
            return [{"cmd": "logout", "omm": index, "ipei": ipei}]
        return self._messages() if what == "message" else []

    def _walk(self, ipei: str, index: int) -> dict[str, Any]:
        return {"cmd": "walk", "omm": index, "ipei": ipei}

    def _messages(self) -> list[dict[str, Any]]:
        """Somebody writes to somebody at another site, from where his phone is."""
        ipei, _ = self._rng.choice(self._carried)
        receiver = self._rng.choice(self._numbers)
        index = self._fleet.handsets.where(ipei)
        if not index:
            return []
        state = self._fleet.site(index).omm.state
        device = state.devices.by_unique(ipei)
        sender = state.users.find(device.number("uid")) if device is not None else None
        if device is None or sender is None or state.users.by_unique(receiver) is not None:
            return []
        written = {"num": sender.get("num"), "to": receiver, "content": a_name(self._rng)}
        return [{"cmd": "message", "omm": index, **written}]

    def _other(self, index: int) -> int:
        """A site by chance that is not this one, if there is another."""
        count = len(self._fleet.sites)
        if count == 1:
            return 1
        chosen = self._rng.randrange(1, count)
        return chosen if chosen < index or not index else chosen + 1


def _phones(site: Site) -> list[str]:
    """The phones of the site that somebody carries: subscribed, with a user."""
    devices = site.omm.state.devices
    return [d.get("ipei") for d in devices if d.get("s") == "Yes" and d.number("uid")]


def _shared(site: Site) -> list[tuple[int, str]]:
    """The phones of the site that whoever comes may log in on: subscribed, without user."""
    free = loose(site.omm.state.devices)
    return [(site.identity.index, d.get("ipei")) for d in free if d.get("s") == "Yes"]


def _people(site: Site) -> list[Person]:
    """Who has no phone of its own."""
    return [Person(u.get("num"), u.get("pin")) for u in loose(site.omm.state.users)]


def _take(among: list[Any], rng: random.Random) -> Any:
    """Take one by chance out of a list, whose order does not matter."""
    place = rng.randrange(len(among))
    among[place], among[-1] = among[-1], among[place]
    return among.pop()
