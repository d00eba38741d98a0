"""The phones themselves: where each of them is, apart from what any OMM knows about it.

A phone is at one site or out of reach. Where it appears and is not served it registers its
location; while it stays without service it tries again, so that an answer that got lost costs it
some seconds and no more. There is no timer for a phone: the fleet looks after all of them in one
round, and only those without service cost anything there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from mom.model.identities import ipei_key
from mom.sim import deeds
from mom.sim.refusal import no_entry
from mom.sim.site import Site
from mom.sim.state import State

Args = Mapping[str, Any]
Result = dict[str, Any]

ANSWER_SECONDS = 10.0
"""How long a phone waits for an answer before it registers its location again."""
REFUSED_SECONDS = 30.0
"""How much longer a phone waits that was refused."""


class Handset(msgspec.Struct):
    """A phone: `omm` is the place of the site where it is, 0 if it is out of reach of all."""

    ipei: str
    omm: int = 0


class Handsets:
    """All phones of a fleet, by IPEI; at first each is where an OMM has it at home."""

    def __init__(self, sites: Sequence[Site], now: Callable[[], float]) -> None:
        self._sites = {site.identity.index: site for site in sites}
        self._now = now
        self._phones: dict[str, Handset] = {}
        self._here: dict[int, dict[str, None]] = {index: {} for index in self._sites}
        self._due: dict[str, float] = {}
        self._started = {index: site.omm.state.started for index, site in self._sites.items()}
        for site in sites:
            for device in site.omm.state.devices:
                if deeds.is_active(site.omm.state, device):
                    self._put(device.get("ipei"), site.identity.index)

    def where(self, ipei: str) -> int:
        """The place of the site where a phone is; 0 if it is out of reach or unknown."""
        phone = self._phones.get(ipei_key(ipei))
        return phone.omm if phone is not None else 0

    def walk(self, args: Args) -> Result:
        """A phone (`ipei`) goes to the site `omm`, 0 = out of reach, and registers there.

        The OMM that it leaves notices nothing. The result says what the new one does: it has
        `served` it, `told` its MOM, `taken` a permanent user's phone by itself, or `refused` it.
        """
        index, ipei = int(args["omm"]), str(args["ipei"])
        if index and index not in self._sites:
            raise no_entry(f"no OMM {index}")
        key = self._put(ipei, index)
        if not index:
            self._due.pop(key, None)
            return {"result": "away"}
        return self._register(key)

    def subscribe(self, args: Args) -> Result:
        """A phone (`ipei`, maybe `addId`) subscribes at the site `omm`, and is there then."""
        site = self._sites[int(args["omm"])]
        self._due.pop(self._put(str(args["ipei"]), site.identity.index), None)
        return site.do(lambda state: deeds.subscribe(state, args))

    def report(self, args: Args) -> Result:
        """How many phones are where: `served`, `waiting`, `refused`, `away`; of `omm` each one."""
        one = self._sites[int(args["omm"])].identity.index if "omm" in args else None
        counts = dict.fromkeys(("served", "waiting", "refused", "away"), 0)
        listed = []
        for phone in self._phones.values():
            if one is None or phone.omm == one:
                how = self._how(phone)
                counts[how] += 1
                listed.append({"ipei": phone.ipei, "omm": phone.omm, "is": how})
        return {**counts, **({} if one is None else {"phones": listed})}

    def look_after(self) -> None:
        """Phones that lost their service, or still have none, try again if it is time."""
        now = self._now()
        for index, site in self._sites.items():
            for key in self._unsettled(index, site.omm.state):
                phone = self._phones.get(key)
                waits = key in site.omm.state.located
                if phone is not None and phone.omm == index and not waits:
                    self._due[key] = now
        for key, due in list(self._due.items()):
            phone = self._phones[key]
            if self._is_served(phone):
                del self._due[key]
            elif now >= due + (REFUSED_SECONDS if self._reason(phone) else 0):
                self._register(key)

    def _unsettled(self, index: int, state: State) -> list[str]:
        """The phones that an OMM may not serve any more: all of a site after a restart."""
        lost, state.lost = state.lost, {}
        if state.started == self._started[index]:
            return list(lost)
        self._started[index] = state.started
        return list(self._here[index])

    def _register(self, key: str) -> Result:
        phone = self._phones[key]
        site = self._sites[phone.omm]
        result = site.do(lambda state: deeds.locate(state, {"ipei": phone.ipei}))
        if result["result"] in ("told", "refused"):
            self._due[key] = self._now() + ANSWER_SECONDS
        else:
            self._due.pop(key, None)
        return result

    def _put(self, ipei: str, index: int) -> str:
        """Note where a phone is from now on; returns its key."""
        key = ipei_key(ipei)
        phone = self._phones.setdefault(key, Handset(ipei))
        if phone.omm and phone.omm != index:
            del self._here[phone.omm][key]
            deeds.leave(self._sites[phone.omm].omm.state, ipei)
        phone.omm = index
        if index:
            self._here[index][key] = None
        return key

    def _is_served(self, phone: Handset) -> bool:
        state = self._sites[phone.omm].omm.state
        device = state.devices.by_unique(phone.ipei)
        return device is not None and deeds.is_active(state, device)

    def _reason(self, phone: Handset) -> str:
        state = self._sites[phone.omm].omm.state
        return state.refused_phones.get(ipei_key(phone.ipei), "")

    def _how(self, phone: Handset) -> str:
        if not phone.omm:
            return "away"
        if self._is_served(phone):
            return "served"
        return "refused" if self._reason(phone) else "waiting"
