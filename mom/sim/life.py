"""Life of its own: by chance things happen at the sites, the same for the same seed.

What happens is chosen here as a command, with weights; how it happens is the commands' business.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from mom.axi.clock import Clock, Timer
from mom.sim.balance import Balance, loose
from mom.sim.commands import Switch
from mom.sim.fleet import Fleet
from mom.sim.population import a_name, a_password
from mom.sim.quirks import Quirk
from mom.sim.records import Book
from mom.sim.site import Site
from mom.sim.state import State

MOST = 1000.0
PACES: Mapping[str, float] = {"off": 0.0, "calm": 1 / 60, "busy": 0.5}
"""Events per second at each OMM."""


def pace_of(text: str) -> float:
    """Read a pace: one of the names, or events per second at each OMM. Raises `ValueError`."""
    if text in PACES:
        return PACES[text]
    pace = float(text)
    if not 0 <= pace <= MOST:
        raise ValueError(f"a pace of 0 to {MOST:g} events per second")
    return pace


_WEIGHTS: Mapping[str, int] = {
    "change-user": 40,
    "change-device": 6,
    "add-user": 6,
    "delete-user": 4,
    "add-device": 4,
    "delete-device": 3,
    "bind": 8,
    "unbind": 8,
    "put-room": 2,
    "walk": 20,
    "subscribe": 3,
    "login": 3,
    "logout": 3,
    "message": 8,
    "bases": 3,
    "cut": 2,
    "restart": 1,
    "failover": 1,
    "clock": 1,
}
_LINK_EVENTS = frozenset({"cut", "restart", "failover", "clock"})


class Life:
    """Makes things happen; `pace` is how many per second at each OMM."""

    def __init__(
        self,
        fleet: Fleet,
        run: Callable[[object], dict[str, Any]],
        clock: Clock,
        pace: float,
        switch: Switch,
        rng: random.Random,
    ) -> None:
        self._fleet = fleet
        self._run = run
        self._clock = clock
        self._pace = pace
        self._switch = switch
        self._rng = rng
        self._balance = Balance(fleet.sites)
        self._new = [
            device.get("ipei")
            for site in fleet.sites
            for device in site.omm.state.devices
            if device.get("s") == "No"
        ]
        self._timer: Timer | None = None

    def start(self) -> None:
        """Let things happen from now on; never, if the pace is 0."""
        rate = self._pace * len(self._fleet.sites)
        if rate > 0:
            self._timer = self._clock.callLater(self._rng.expovariate(rate), self._happen)

    def stop(self) -> None:
        """Let nothing more happen."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def next(self) -> dict[str, Any]:
        """Choose what happens next, as a command."""
        rng = self._rng
        names = list(_WEIGHTS)
        what = rng.choices(names, list(_WEIGHTS.values()))[0]
        if what == "subscribe" and not self._new:
            what = "walk"
        site = rng.choice(self._fleet.sites)
        command = {"cmd": what, "omm": site.identity.index}
        if what in _LINK_EVENTS:
            return command | self._trouble(what)
        what = self._balance.level(what, site)
        return {**command, "cmd": what, **self._arguments(what, site)}

    def _happen(self) -> None:
        if self._switch.is_on:
            command = self.next()
            result = self._run(command)
            if result.get("ok"):
                self._balance.happened(command["cmd"], command["omm"])
            self._switch.happened += 1
            self._switch.history.append({**command, "ok": result.get("ok", False)})
        self.start()

    def _trouble(self, what: str) -> dict[str, Any]:
        if what == "clock":
            return {"seconds": self._rng.choice([0, 0, 5, -5, 90, -90, 3600])}
        return {"seconds": self._rng.choice([0, 1, 5, 20])}

    def _arguments(self, what: str, site: Site) -> dict[str, Any]:
        rng, state = self._rng, site.omm.state
        user, device = self._any(state.users), self._any(state.devices)
        if what == "change-user":
            return {"uid": user, "attrs": _told_apart(state, user, self._user_change())}
        if what == "change-device":
            return {"ppn": device, "attrs": {"encrypt": rng.choice("01")}}
        if what in ("add-user", "add-device"):
            return {}
        if what in ("delete-user", "unbind"):
            return {"uid": user}
        if what in ("delete-device", "logout"):
            return {"ppn": device}
        if what == "bind":
            user, device = self._loose(state.users), self._loose(state.devices)
            return {"uid": user, "ppn": device, "relType": rng.choice(["Dynamic", "Fixed"])}
        if what == "put-room":
            id = rng.randrange(1, 4)
            conference = f"9{state.identity.index:03d}{id}"
            return {"id": id, "attrs": {"name": a_name(rng), "conferenceId": conference}}
        if what == "bases":
            return {"connected": rng.randint(1, state.bases.total)}
        return self._elsewhere(what, site)

    def _elsewhere(self, what: str, site: Site) -> dict[str, Any]:
        """A phone or user of any site appears at this one."""
        other = self._rng.choice(self._fleet.sites).omm.state
        found = other.devices.find(self._any(other.devices))
        ipei = found.get("ipei") if found is not None else "03074 0000000 9"
        if what == "walk":
            return {"ipei": ipei}
        if what == "subscribe":
            return {"ipei": self._rng.choice(self._new)}
        choose = self._loose if what == "login" else self._any
        user = other.users.find(choose(other.users))
        number = user.get("num") if user is not None else "0"
        if what == "login":
            device = self._loose(site.omm.state.devices)
            return {"ppn": device, "num": number, "pin": user.get("pin") if user else ""}
        return {"to": number, "content": a_name(self._rng), "confirm": ["ReadYes", "ReadNo"]}

    def _user_change(self) -> dict[str, str]:
        rng = self._rng
        changes = [
            {"name": a_name(rng)},
            {"hierarchy1": f"Ward {rng.randrange(9)}"},
            {"vip": rng.choice("01")},
            {"forwardState": rng.choice(["Off", "Busy", "All"]), "forwardDest": "100"},
            {"sipPw": a_password(rng)},
            {"pin": f"{rng.randrange(10_000):04d}"},
        ]
        return rng.choice(changes)

    def _loose(self, book: Book) -> int:
        """The number of a record by chance, if possible of one bound to nothing; 0 if none."""
        found = loose(book)
        return self._rng.choice(found).id if found else self._any(book)

    def _any(self, book: Book) -> int:
        """The number of a record by chance; 0 if there is none."""
        found = book.page(self._rng.randrange(book.last + 1), 1) or book.page(0, 1)
        return found[0].id if found else 0


def _told_apart(state: State, user: int, change: dict[str, str]) -> dict[str, str]:
    """A change that can be seen without its event: where secrets are encrypted anew each time, a
    changed one differs from what it was by its time stamp only.
    """
    record = state.users.find(user)
    secret = not change.keys().isdisjoint(("pin", "sipPw"))
    if record is None or not secret or not state.has(Quirk.REENCRYPT):
        return change
    stamp = max(state.now(), record.number("timeStampAdmin") + 1)
    return {**change, "timeStampAdmin": str(stamp)}
