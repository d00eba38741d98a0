"""The fleet: builds its OMMs from a plan, opens and closes them, and looks after them.

The same seed gives the same OMMs. Reactor, clock and listeners are handed in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from mom.axi.clock import Clock
from mom.axi.secrets import PrivateKey
from mom.sim.drawer import Drawer
from mom.sim.handsets import Handsets
from mom.sim.omm import Omm, all_handlers
from mom.sim.population import Amounts, populate, warm
from mom.sim.quirks import Quirk, Quirks, at_random
from mom.sim.refusal import no_entry
from mom.sim.requests.handler import Handler
from mom.sim.requests.settings import end_mode, start_settings
from mom.sim.site import Listen, Site
from mom.sim.snapshot import capture, restore
from mom.sim.state import Account, Identity, State
from mom.sim.traffic import Traffic

Dice = Callable[[str], random.Random]
"""Gives randomness for a seed; always the same for the same."""

ROUNDS_SECONDS = 5.0
"""How often the fleet looks for idle links, ended modes and what has to be kept."""

FIRST_PARI = 0x10290001
"""The PARI of the first OMM; each further one is 1 higher."""

_LAGS_ROUNDS = 4


class Plan(msgspec.Struct, frozen=True):
    """What fleet is wished.

    `quirks` `None` gives each OMM some at random; `standby` is how many of the OMMs (the
    first ones) are pairs; `own_addresses` gives each OMM an address of its own (127.1.x.y) and the
    same port.
    """

    omms: int = 3
    amounts: Amounts = Amounts()
    base_port: int = 12700
    own_addresses: bool = False
    standby: int = 0
    seed: int = 1
    sari: str = ""
    quirks: Quirks | None = frozenset()
    key_bits: int = 512
    username: str = "omm"
    password: str = "omm"
    protocol: int = 45
    warm: bool = True


class Fleet:
    """All OMMs; `sites` are they in order, the first has index 1. `handsets` are the phones."""

    log = Logger()

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        now: Callable[[], float],
        listen: Listen,
        dice: Dice,
        drawer: Drawer | None = None,
    ) -> None:
        self.plan = plan
        self.now = now
        self._drawer = drawer
        self._clock = clock
        self._dice = dice
        self._listen = listen
        self._round = 0
        self._rounds = LoopingCall(self._look_after)
        self._rounds.clock = cast("Any", clock)
        self.key = self._key("vendor", dice(f"key {plan.seed}"))
        handlers = all_handlers()
        self.sites = [self._site(index, handlers) for index in range(1, plan.omms + 1)]
        self.handsets = Handsets(self.sites, now)
        self.traffic = Traffic(self.sites, clock, dice(f"traffic {plan.seed}"))

    def start(self) -> None:
        """Open all sites."""
        for site in self.sites:
            if self.plan.warm:
                warm(site.omm.state)
            site.synchronise_standby()
            site.open()
        self._rounds.start(ROUNDS_SECONDS, now=False)

    def stop(self) -> Deferred[Any]:
        """Close all sites and keep their state; fires when all is closed."""
        if self._rounds.running:
            self._rounds.stop()
        self.traffic.stop()
        self.save()
        return DeferredList([site.close() for site in self.sites])

    def site(self, index: int) -> Site:
        """Return the site of that place, from 1. Raises `Refusal`."""
        if not 1 <= index <= len(self.sites):
            raise no_entry(f"no OMM {index}")
        return self.sites[index - 1]

    def save(self) -> None:
        """Keep what changed since the last time, if there is a place for it."""
        for site in self.sites:
            state = site.omm.state
            if self._drawer is not None and state.is_dirty:
                self._drawer.save(site.identity.index, capture(state))
                state.is_dirty = False

    def _look_after(self) -> None:
        self._round += 1
        for site in self.sites:
            site.close_idle()
            end_mode(site.omm.state)
            site.flush()
            if self._round % _LAGS_ROUNDS == 0:
                site.synchronise_standby()
        self.handsets.look_after()
        self.save()

    def _site(self, index: int, handlers: Mapping[str, Handler]) -> Site:
        plan = self.plan
        rng = self._dice(f"{plan.seed} {index}")
        quirks = at_random(rng) if plan.quirks is None else plan.quirks
        key = self.key
        if Quirk.OWN_KEY in quirks:
            key = self._key(f"key-{index:04d}", self._dice(f"key {plan.seed} {index}"))
        state = State(self._identity(index, quirks), quirks, key, self.now, rng)
        state.account = Account(plan.username, plan.password)
        state.protocol_version = plan.protocol
        self._fill(state, self._dice(f"people {plan.seed} {index}"))
        omm = Omm(state, handlers)
        return Site(omm, self._clock, self._listen, standby_refuses=index % 2 == 1)

    def _fill(self, state: State, rng: random.Random) -> None:
        index = state.identity.index
        state.settings = start_settings(state, self.plan.sari, f"Site {index}")
        kept = self._drawer.load(index) if self._drawer is not None else None
        if kept is not None:
            restore(state, kept)
        else:
            populate(state, self.plan.amounts, rng)
            state.is_dirty = True

    def _identity(self, index: int, quirks: Quirks) -> Identity:
        plan = self.plan
        high, low = divmod(index - 1, 250)
        first, second = "127.0.0.1", "127.0.0.2"
        port = plan.base_port + index if plan.base_port else 0
        if plan.own_addresses:
            first, second = f"127.1.{high}.{low + 1}", f"127.2.{high}.{low + 1}"
            port = plan.base_port
        addresses = (first, second) if index <= plan.standby else (first,)
        return Identity(
            index,
            f"1F{FIRST_PARI + index - 1:08X}",
            addresses,
            port,
            Quirk.OWN_CERTIFICATE in quirks,
        )

    def _key(self, name: str, rng: random.Random) -> PrivateKey:
        kept = self._drawer.key(name) if self._drawer is not None else None
        key = kept or PrivateKey.generate(self.plan.key_bits, rng.randbytes)
        if kept is None and self._drawer is not None:
            self._drawer.save_key(name, key)
        return key
