"""Subscribing to the events of an OMM, leaving out those it does not have.

The entries of one ``Subscribe`` are applied together or not at all, and a refusal may name the
event type at fault; if it does not, the types are asked one by one. This module must not know what
events mean.
"""

from mom.axi.element import make
from mom.axi.errors import RequestRefused
from mom.axi.mom_profile import MAX_SUBSCRIPTIONS, subscriptions
from mom.fleet.exchange import Request


async def listen(request: Request) -> frozenset[str]:
    """Subscribe to all that MOM listens to; return the event types that the OMM refused."""
    refused: set[str] = set()
    taken: set[str] = set()
    most = MAX_SUBSCRIPTIONS
    while True:
        open_entries = [e for e in subscriptions(refused) if e.get("eventType") not in taken]
        if not open_entries:
            return frozenset(refused)
        batch = open_entries[:most]
        names = [entry.get("eventType") for entry in batch]
        try:
            await request(make("Subscribe", None, *batch))
        except RequestRefused as refusal:
            named = refusal.response.get("eventType") or refusal.bad
            if named in names:
                refused.add(named)
            elif len(batch) == 1:
                refused.update(names)
            else:
                most = 1
        else:
            taken.update(names)
