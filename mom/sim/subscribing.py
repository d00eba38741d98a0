"""A phone is there, or subscribes: what the OMM notes about it, and whom it tells."""

from __future__ import annotations

from mom.sim.kinds import SUBSCRIPTION
from mom.sim.phones import Phones
from mom.sim.population import appearance, subscription
from mom.sim.records import Record
from mom.sim.state import State
from mom.sim.telling import tell_changes, tell_summaries


def complete_subscription(state: State, device: Record) -> None:
    """The phone of this data set has subscribed: it has a key now, and shows its model."""
    uak = f"{state.rng.getrandbits(128):032X}"
    ari = state.identity.ari
    home = {"ommId": ari, "ommIdAck": ari, "roaming": "RoamingComplete"}
    values = subscription(state, uak) | home | {SUBSCRIPTION: str(state.now())}
    state.deregistered.discard(device.id)
    phones = Phones(state)
    phones.change(device, values, stamped=True)
    see(phones, device)
    tell_changes(state, phones.changes.values())
    tell_summaries(state, phones.changes.values())


def see(phones: Phones, device: Record) -> None:
    """The phone of this data set shows itself: who has not seen it before notes its model."""
    if device.get("hwType") == "Unknown":
        phones.change(device, appearance(device.get("ipei")))
