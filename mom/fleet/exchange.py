"""Several requests at once over one session.

A refusal is an answer like any other here; only a link that does not carry on ends the exchange.
This module must not know what is asked.
"""

from collections.abc import Callable, Sequence
from typing import cast

from twisted.internet.defer import Deferred, DeferredList
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import RequestRefused

Request = Callable[[Element], Deferred[Element]]
"""Sends a request; fails with ``mom.axi.errors.RequestFailed``."""


async def ask(request: Request, element: Element) -> Element | None:
    """Return the answer, or ``None`` if the OMM refuses the request."""
    try:
        return await request(element)
    except RequestRefused:
        return None


async def ask_all(request: Request, elements: Sequence[Element]) -> list[Element | RequestRefused]:
    """Send all requests, then return their answers or refusals in the same order.

    Fails with the first other failure (time out, link lost), after all have come to an end.
    """
    outcomes = await DeferredList([request(element) for element in elements], consumeErrors=True)
    answers: list[Element | RequestRefused] = []
    for succeeded, value in outcomes:
        if succeeded:
            answers.append(value)
            continue
        failure = cast("Failure", value)
        if not isinstance(failure.value, RequestRefused):
            failure.raiseException()
        answers.append(failure.value)
    return answers
