"""Several requests at once over one session.

A refusal is an answer like any other here; only a link that does not carry on ends the exchange.
This module must not know what is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from twisted.internet.defer import Deferred, DeferredList, fail, succeed
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import RequestRefused

Request = Callable[[Element], Deferred[Element]]
"""Sends a request; fails with ``mom.axi.errors.RequestFailed``."""
Answer = Element | RequestRefused
"""What becomes of a request while the link carries on."""
Answers = Mapping[str, Answer]
"""Answers by the names of their requests."""


async def ask(request: Request, element: Element) -> Element | None:
    """Return the answer, or ``None`` if the OMM refuses the request."""
    try:
        return await request(element)
    except RequestRefused:
        return None


async def ask_all(request: Request, elements: Sequence[Element]) -> list[Answer]:
    """Send all requests, then return their answers or refusals in the same order.

    Fails with the first other failure (time out, link lost), after all have come to an end.
    """
    outcomes = await DeferredList([request(element) for element in elements], consumeErrors=True)
    answers: list[Answer] = []
    for succeeded, value in outcomes:
        if succeeded:
            answers.append(value)
            continue
        failure = cast("Failure", value)
        if not isinstance(failure.value, RequestRefused):
            failure.raiseException()
        answers.append(failure.value)
    return answers


async def ask_different(request: Request, elements: Sequence[Element]) -> dict[str, Answer]:
    """The same for requests of different names; return their answers by name."""
    answers = await ask_all(request, elements)
    return {asked.name: answer for asked, answer in zip(elements, answers, strict=True)}


def answered(request: Request, answers: Answers) -> Request:
    """Return a way to send requests that knows the answers to some of them already."""

    def ask_or_know(element: Element) -> Deferred[Element]:
        answer = answers.get(element.name)
        if answer is None:
            return request(element)
        return fail(answer) if isinstance(answer, RequestRefused) else succeed(answer)

    return ask_or_know
