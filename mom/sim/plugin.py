"""`twistd -n ommsim`: its options, and the service that runs a fleet.

The only module of the simulator that knows the reactor, the wall clock and the file system.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet import reactor as installed_reactor
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory
from twisted.python import usage

from mom.model.identities import IdentityError, park
from mom.sim.commands import Commands, Switch
from mom.sim.control import ControlFactory
from mom.sim.drawer import Drawer
from mom.sim.fleet import Fleet, Plan
from mom.sim.life import Life, pace_of
from mom.sim.population import Amounts
from mom.sim.quirks import parse
from mom.sim.script import ScriptRun, parse_script
from mom.sim.site import Listen
from mom.sim.state import Identity
from mom.sim.tls import server_options
from mom.sim.working_day import WorkingDay, length_of

BACKLOG = 50


class Options(usage.Options):
    """Command line of the simulator."""

    optParameters = [
        ["omms", "n", 3, "How many OMMs", int],
        ["users", "u", 100, "Users of each OMM", int],
        ["devices", "d", 100, "Devices of each OMM, bound to the users", int],
        ["unbound-users", None, 0, "Further users without device", int],
        ["unbound-devices", None, 0, "Further devices, not subscribed", int],
        ["base-port", "p", 12700, "OMM i listens on this port + i", int],
        ["seed", None, 1, "The same seed gives the same fleet", int],
        ["state", None, None, "Folder where the fleet rests; without it all is fresh"],
        ["control", None, None, "Path of the unix socket for commands"],
        ["script", None, None, "File of commands with times"],
        ["quirks", None, "none", "none, random, or names with commas"],
        [
            "life",
            None,
            "off",
            "What happens by itself: off, calm, busy, events per second at each OMM, "
            "working-day, or working-day:SECONDS for a shorter day",
        ],
        ["sari", None, "", "SARI that all OMMs have already, such as 1F1028D085"],
        ["key-bits", None, 512, "Size of the RSA key for secrets", int],
        ["username", None, "omm", "Account of each OMM"],
        ["password", None, "omm", "Its password"],
        ["standby", None, 0, "How many of the OMMs are pairs with a standby", int],
        ["protocol", None, 45, "protocolVersion in OpenResp", int],
    ]
    optFlags = [
        ["plain", None, "Plain TCP instead of TLS"],
        ["addresses", None, "Each OMM has an address of its own (127.1.x.y) and the base port"],
        ["lazy", None, "Encode records when they are first asked for instead of at the start"],
    ]

    def postOptions(self) -> None:
        """Check what can be wrong; called by Twisted."""
        try:
            parse(self["quirks"])
            if length_of(self["life"]) is None:
                pace_of(self["life"])
            self["sari"] = park(self["sari"]) if self["sari"] else ""
        except (ValueError, IdentityError) as error:
            raise usage.UsageError(str(error)) from error
        if not 0 <= self["standby"] <= self["omms"]:
            raise usage.UsageError("standby: at most as many as there are OMMs")


def plan_of(options: Mapping[str, Any]) -> Plan:
    """The fleet that the options wish."""
    return Plan(
        omms=options["omms"],
        amounts=Amounts(
            options["users"],
            options["devices"],
            options["unbound-users"],
            options["unbound-devices"],
        ),
        base_port=options["base-port"],
        own_addresses=bool(options["addresses"]),
        standby=options["standby"],
        seed=options["seed"],
        sari=options["sari"],
        quirks=parse(options["quirks"]),
        key_bits=options["key-bits"],
        username=options["username"],
        password=options["password"],
        protocol=options["protocol"],
        warm=not options["lazy"],
    )


def listener(reactor: Any, seed: int, *, plain: bool) -> Listen:
    """How OMMs listen: plain, or with TLS under one certificate, or their own if they wish."""
    shared = None if plain else server_options("ommsim", random.Random(f"tls {seed}"))

    def listen(identity: Identity, factory: Factory, address: str) -> IListeningPort:
        if shared is None:
            port: IListeningPort = reactor.listenTCP(identity.port, factory, BACKLOG, address)
            return port
        context = shared
        if identity.has_own_certificate:
            rng = random.Random(f"tls {seed} {identity.index} {address}")
            context = server_options(f"ommsim-{identity.index}", rng)
        secure: IListeningPort = reactor.listenSSL(
            identity.port, factory, context, BACKLOG, address
        )
        return secure

    return listen


class FleetService(Service):
    """Runs a fleet, its control socket, script and life, for as long as the process runs."""

    def __init__(self, options: Mapping[str, Any], reactor: Any) -> None:
        self._options = options
        self._reactor = reactor
        self._parts: list[ScriptRun | Life | WorkingDay] = []
        self._control: Any = None
        self.fleet: Fleet | None = None

    def startService(self) -> None:
        """Build and open the fleet; called by Twisted. The process ends if a port is taken."""
        super().startService()  # type: ignore[no-untyped-call]
        options, reactor = self._options, self._reactor
        plan = plan_of(options)
        drawer = Drawer(Path(options["state"])) if options["state"] else None
        listen = listener(reactor, plan.seed, plain=bool(options["plain"]))
        fleet = self.fleet = Fleet(plan, reactor, reactor.seconds, listen, random.Random, drawer)
        switch = Switch(True)
        commands = Commands(fleet, switch)
        rng = random.Random(f"life {plan.seed}")
        length = length_of(options["life"])
        if length is None:
            pace = pace_of(options["life"])
            self._parts.append(Life(fleet, commands.run, reactor, pace, switch, rng))
        else:
            self._parts.append(WorkingDay(fleet, commands.run, reactor, length, switch, rng))
        if options["script"]:
            steps = parse_script(Path(options["script"]).read_text("utf-8"))
            self._parts.append(ScriptRun(reactor, steps, commands.run))
        try:
            fleet.start()
        except CannotListenError as error:
            why = error.socketError.strerror
            raise SystemExit(f"ommsim: port {error.port} cannot be opened: {why}") from error
        gc.collect()
        gc.freeze()
        if options["control"]:
            factory = ControlFactory(commands.run_text)
            self._control = reactor.listenUNIX(
                options["control"], factory, mode=0o600, wantPID=True
            )
        for part in self._parts:
            part.start()

    def stopService(self) -> Deferred[Any] | None:
        """Close the fleet; called by Twisted."""
        super().stopService()  # type: ignore[no-untyped-call]
        for part in self._parts:
            part.stop()
        closing = [] if self._control is None else [maybeDeferred(self._control.stopListening)]
        if self.fleet is not None:
            closing.append(self.fleet.stop())
        return DeferredList(closing)


def makeService(options: Mapping[str, Any]) -> Service:
    """Make the service for `twistd`."""
    return FleetService(options, installed_reactor)
