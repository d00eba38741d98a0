"""Subscribing to the events of an OMM, leaving out those it does not have.

The entries of one ``Subscribe`` are applied together or not at all, and a refusal may name the
event type at fault; if it does not, the types are asked one by one. This module must not know what
events mean.
"""

from collections.abc import Sequence

from mom.axi.element import Element, make
from mom.axi.errors import RequestRefused
from mom.axi.mom_profile import MAX_SUBSCRIPTIONS, subscriptions
from mom.fleet.exchange import Answers, Request, ask_different


async def listen(
    request: Request, questions: Sequence[Element] = ()
) -> tuple[frozenset[str], Answers]:
    """Subscribe to all that MOM listens to; return the event types that the OMM refused.

    ``questions`` are for when MOM listens. They are asked right behind the first ``Subscribe``,
    without waiting for its answer. Theirs are returned too, but not if it was refused: what MOM
    did not hear may be newer.
    """
    refused: set[str] = set()
    taken: set[str] = set()
    told: Answers = {}
    most = MAX_SUBSCRIPTIONS
    while True:
        open_entries = [e for e in subscriptions(refused) if e.get("eventType") not in taken]
        if not open_entries:
            return frozenset(refused), told
        batch = open_entries[:most]
        names = [entry.get("eventType") for entry in batch]
        told = await ask_different(request, [make("Subscribe", None, *batch), *questions])
        questions, refusal = (), told["Subscribe"]
        if isinstance(refusal, RequestRefused):
            told = {}
            named = refusal.response.get("eventType") or refusal.bad
            if named in names:
                refused.add(named)
            elif len(batch) == 1:
                refused.update(names)
            else:
                most = 1
        else:
            taken.update(names)
