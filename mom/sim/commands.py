"""What can be done to a running fleet from outside: the commands of socket and script.

A command is a JSON object with `cmd` and arguments; most name an OMM by `omm`, its place from 1.
The result is a JSON object with `ok`. Everything that happens here happens locally at the OMM, as
if an administrator or a phone on the site did it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mom.model.identities import IdentityError
from mom.sim import applications, deeds
from mom.sim.fleet import Fleet
from mom.sim.refusal import Refusal
from mom.sim.site import Site
from mom.sim.snapshot import capture, restore
from mom.sim.traffic import message_stats

Args = Mapping[str, Any]
Result = dict[str, Any]

RESTART_SECONDS = 5.0
"""How long a restart takes if nothing is said."""


HISTORY = 1000
"""How many of the last things that happened by themselves are kept."""


class Switch:
    """Whether life goes on, and what happened by itself so far, with how it went."""

    def __init__(self, is_on: bool) -> None:
        self.is_on = is_on
        self.happened = 0
        self.history: deque[Result] = deque(maxlen=HISTORY)


class Commands:
    """Carries out commands on a fleet. `life` is switched by pause and resume."""

    def __init__(self, fleet: Fleet, life: Switch) -> None:
        self._fleet = fleet
        self._life = life
        self._table: dict[str, Callable[[Args], Result]] = {
            "status": self._status,
            "stats": self._stats,
            "dump": self._dump,
            "pause": lambda args: self._switch(False),
            "history": lambda args: {"history": list(self._life.history)},
            "resume": lambda args: self._switch(True),
            "clock": self._clock,
            "cut": self._cut,
            "restart": self._restart,
            "failover": self._fail_over,
            "reset": self._reset,
            "backup": self._backup,
            "restore": self._restore,
            "slow": self._slow,
            "garbage": self._garbage,
            "account": self._account,
            "protocol": self._protocol,
            "limit": self._limit,
            "health": self._health,
            "bases": self._bases,
            "key": self._key,
            "walk": fleet.handsets.walk,
            "locate": fleet.handsets.walk,
            "subscribe": fleet.handsets.subscribe,
            "phones": fleet.handsets.report,
            "application": self._application,
            "traffic": self._traffic,
        }
        local = {**deeds.DEEDS, "heard": applications.heard, "hang-up": applications.hang_up}
        for name, deed in local.items():
            self._table[name] = self._local(deed)

    def run(self, command: object) -> Result:
        """Carry out one command; what is wrong with it is told in the result."""
        if not isinstance(command, dict):
            return {"ok": False, "error": "a JSON object is expected"}
        what = self._table.get(str(command.get("cmd")))
        if what is None:
            known = ", ".join(sorted(self._table))
            return {"ok": False, "error": f"no such command; known are {known}"}
        try:
            return {"ok": True, **what(command)}
        except Refusal as refusal:
            return {"ok": False, "error": str(refusal), **refusal.attrs}
        except KeyError as missing:
            return {"ok": False, "error": f"{missing.args[0]}=... is expected"}
        except (ValueError, TypeError, IdentityError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def run_text(self, text: bytes) -> bytes:
        """Carry out one command given as JSON; return the result as JSON."""
        try:
            command = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            return msgspec.json.encode({"ok": False, "error": f"no JSON: {error}"})
        return msgspec.json.encode(self.run(command))

    def _site(self, args: Args) -> Site:
        return self._fleet.site(int(args["omm"]))

    def _sites(self, args: Args) -> list[Site]:
        return [self._site(args)] if "omm" in args else self._fleet.sites

    def _local(self, deed: deeds.Deed) -> Callable[[Args], Result]:
        def run(args: Args) -> Result:
            return self._site(args).do(lambda state: deed(state, args))

        return run

    def _switch(self, on: bool) -> Result:
        self._life.is_on = on
        return {"life": on}

    def _status(self, args: Args) -> Result:
        omms = [_status(site) for site in self._sites(args)]
        return {"omms": omms, "happened": self._life.happened}

    def _stats(self, args: Args) -> Result:
        requests: dict[str, int] = {}
        links = connections = received = sent = 0
        for site in self._sites(args):
            links += len(site.links)
            connections += site.connections
            received += site.bytes_in + sum(link.protocol.bytes_in for link in site.links)
            sent += site.bytes_out + sum(link.protocol.bytes_out for link in site.links)
            for name, count in site.omm.state.counters.items():
                requests[name] = requests.get(name, 0) + count
        states = [site.omm.state for site in self._sites(args)]
        waited = deeds.delays(states)
        if args.get("forget"):
            for state in states:
                state.delays.clear()
        return {
            "links": links,
            "connections": connections,
            "bytesIn": received,
            "bytesOut": sent,
            "counters": dict(sorted(requests.items())),
            "delays": waited,
            "messages": message_stats(self._sites(args)),
        }

    def _dump(self, args: Args) -> Result:
        return {"omms": [_dump(site) for site in self._sites(args)]}

    def _clock(self, args: Args) -> Result:
        for site in self._sites(args):
            site.omm.state.clock_offset = float(args["seconds"])
        return {}

    def _cut(self, args: Args) -> Result:
        for site in self._sites(args):
            site.cut(float(args.get("seconds", 0)))
        return {}

    def _restart(self, args: Args) -> Result:
        for site in self._sites(args):
            site.restart(float(args.get("seconds", RESTART_SECONDS)))
        return {}

    def _fail_over(self, args: Args) -> Result:
        site = self._site(args)
        site.fail_over(float(args.get("seconds", 0)))
        return {"active": site.identity.addresses[site.active]}

    def _reset(self, args: Args) -> Result:
        site = self._site(args)
        site.omm.state.clear()
        site.omm.state.is_dirty = True
        site.restart(float(args.get("seconds", RESTART_SECONDS)))
        return {}

    def _backup(self, args: Args) -> Result:
        for site in self._sites(args):
            site.backups[str(args.get("name", ""))] = capture(site.omm.state)
        return {}

    def _restore(self, args: Args) -> Result:
        site = self._site(args)
        offset = site.omm.state.clock_offset
        restore(site.omm.state, site.backups[str(args.get("name", ""))])
        site.omm.state.clock_offset = offset
        site.omm.state.is_dirty = True
        site.restart(float(args.get("seconds", RESTART_SECONDS)))
        return {}

    def _slow(self, args: Args) -> Result:
        for site in self._sites(args):
            site.delay = float(args["seconds"])
        return {}

    def _garbage(self, args: Args) -> Result:
        site = self._site(args)
        data = str(args.get("text", "<EventPPCnf><user uid=\0")).encode("utf-8", "replace")
        for link in site.links:
            link.write_raw(data)
        return {"links": len(site.links)}

    def _account(self, args: Args) -> Result:
        for site in self._sites(args):
            account = site.omm.state.account
            account.username = str(args.get("username", account.username))
            account.password = str(args.get("password", account.password))
            account.permissions = frozenset(args.get("permissions", account.permissions))
        return {}

    def _protocol(self, args: Args) -> Result:
        for site in self._sites(args):
            state = site.omm.state
            state.protocol_version = int(args.get("version", state.protocol_version))
            state.omm_version = str(args.get("ommVersion", state.omm_version))
        return {}

    def _limit(self, args: Args) -> Result:
        for site in self._sites(args):
            state = site.omm.state
            name, most = str(args["name"]), int(args["most"])
            state.limits[name] = most
            if name == "ppnNum":
                state.users.limit = state.devices.limit = most
            state.rules.shorten(name, most)
        return {}

    def _health(self, args: Args) -> Result:
        state = self._site(args).omm.state
        severity = str(args["severity"])
        state.health[str(args["component"])] = (severity, str(args.get("reason", "")))
        return {}

    def _bases(self, args: Args) -> Result:
        site = self._site(args)
        deeds.set_bases(site.omm.state, args)
        site.flush()
        return {}

    def _application(self, args: Args) -> Result:
        site = self._site(args)
        result, others = applications.ask(site.omm, args)
        site.deliver(others)
        site.flush()
        return result

    def _traffic(self, args: Args) -> Result:
        self._fleet.traffic.start(float(args["rate"]), float(args.get("seconds", 10)))
        return {}

    def _key(self, args: Args) -> Result:
        return {"pem": self._site(args).omm.state.key.to_pem().decode("ascii")}


def _status(site: Site) -> Result:
    state = site.omm.state
    return {
        "omm": site.identity.index,
        "park": site.identity.park,
        "addresses": list(site.identity.addresses),
        "active": site.identity.addresses[site.active],
        "port": site.identity.port,
        "isShut": site.is_shut,
        "links": len(site.links),
        "controlledBy": state.controller_name,
        "users": len(state.users),
        "devices": len(state.devices),
        "clockOffset": state.clock_offset,
        "quirks": sorted(quirk.value for quirk in state.quirks),
    }


def _dump(site: Site) -> Result:
    state = site.omm.state
    return {
        "omm": site.identity.index,
        "park": site.identity.park,
        "ari": site.identity.ari,
        "users": [record.all() for record in state.users],
        "devices": [record.all() for record in state.devices],
        "rooms": {str(key): room for key, room in state.rooms.items()},
        "settings": state.settings,
    }
