"""Brings a phone or a user to an OMM by one request that waits for nothing else.

The copies must be stored as offered before. What the OMM answers goes through its queue as
everything else that it tells.
"""

import enum
from collections.abc import Awaitable, Callable

import msgspec
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import AxiError, LinkLost, RequestFailed, RequestRefused
from mom.directory.guard import Guard
from mom.directory.roaming.place import Place
from mom.directory.rows import Known, Row
from mom.directory.sending.requests import Recipient, requests, rows_in
from mom.directory.sending.sends import Change
from mom.directory.wire import Record


class Given(enum.Enum):
    """What became of the request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNSENT = "not sent"
    UNANSWERED = "not answered"


class Outcome(msgspec.Struct, frozen=True):
    """What became of the request, and what the OMM said against it ("EInval num")."""

    given: Given
    code: str = ""
    bad: str = ""

    @property
    def why(self) -> str:
        """What the OMM said against it."""
        return " ".join(part for part in (self.code, self.bad) if part)


async def bring(
    place: Place,
    guard: Guard,
    change: Change,
    records: dict[Known, Record],
    then: Callable[[list[Row]], Awaitable[list[Row]]],
) -> Outcome:
    """Send the records of a change in one `SetPP`, as they are in `records`.

    `then` gets what the OMM answered, and tells what of it is to be settled; what it raises about
    the link leaves the outcome open. Returns when the answer is committed.
    """
    if place.closed:
        return Outcome(Given.UNSENT)
    if not place.abilities.set_pp:
        return Outcome(Given.REFUSED, "it does not know SetPP")
    facts = place.port.facts
    recipient = Recipient(facts.key, place.abilities, guard, round(facts.clock_offset))
    keys = [(part.noun, part.number) for part in change.parts]
    place.giving.begin(keys)
    try:
        asked = place.port.request(requests(change, records, recipient)[0][0])
        if _is_unsent(asked):
            asked.addErrback(lambda _: None)
            return Outcome(Given.UNSENT)
        rows = await asked.addCallback(lambda answer: _answered(place, answer, change, records))
        await place.push(await then(rows))
    except RequestRefused as refused:
        return Outcome(Given.REFUSED, refused.code, refused.bad)
    except RequestFailed:
        return Outcome(Given.UNANSWERED)
    except AxiError as unsendable:
        return Outcome(Given.REFUSED, str(unsendable))
    finally:
        for noun, number in place.giving.end(keys):
            place.look(noun, number)
    return Outcome(Given.ACCEPTED)


def _answered(
    place: Place, answer: Element, change: Change, records: dict[Known, Record]
) -> list[Row]:
    """What the answer tells, noted in byte order with the events."""
    rows = rows_in(answer, change.parts, records, numbered=True)
    place.giving.answered(rows)
    return rows


def _is_unsent(asked: "Deferred[Element]") -> bool:
    """Whether a request failed at once, because there is no link any more."""
    result = getattr(asked, "result", None)
    return isinstance(result, Failure) and isinstance(result.value, LinkLost)
