"""Reads one noun of an OMM page by page, a few requests in flight.

Answers are handed on in the order in which they come; what they mean is not known here.
"""

from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mom.axi.element import Element, Uniform, make
from mom.axi.errors import RequestFailed, RequestRefused
from mom.directory import wire
from mom.directory.reading.pager import PAGE, Pager
from mom.model.copy import Noun
from mom.ports import OmmPort

LISTS = {
    Noun.USER: ("GetPPUser", "GetPPUserSummary"),
    Noun.DEVICE: ("GetPPDev", "GetPPDevSummary"),
}
"""The requests for a page of a list, and for how many records there are."""
MOST_RECORDS = 50_000
"""Records of one list that are read; an OMM 7.1 holds 10,000. One that goes on and on is broken."""
Take = Callable[[Noun, Sequence[int], Sequence[Element]], None]


class ListReading:
    """One list while it is read."""

    def __init__(self, port: OmmPort, noun: Noun, take: Take) -> None:
        """`take` gets each record once, a page at a time, with their local numbers in order."""
        self._port = port
        self._noun = noun
        self._take = take
        self._pager = Pager()
        self._under_way = 0
        self._failed = False
        self.total = 0
        """Records that the OMM says it has; 0 as long as it does not tell."""
        self.done = 0
        """Records read so far."""
        self.finished: Deferred[None] = Deferred()

    def start(self) -> "Deferred[None]":
        """Begin: ask how many there are, and for the first of them.

        Fires when the list is complete, fails with the first failed request.
        """
        self._under_way += 1
        asked = self._port.request(make(LISTS[self._noun][1]))
        asked.addCallbacks(self._told, self._untold)
        asked.addErrback(self._fail)
        self._go_on()
        return self.finished

    def _told(self, answer: Element) -> None:
        """The number of records was told, or not."""
        self.total = counted(answer)
        self._under_way -= 1
        self._go_on()

    def _untold(self, why: Failure) -> None:
        if not isinstance(why.value, RequestRefused):
            why.raiseException()
        self._told(Element("", {}))

    def _go_on(self) -> None:
        if self._failed:
            return
        left = self.total - self.done if self.total else None
        for start in self._pager.next(left):
            key = wire.local_name(self._noun)
            name = LISTS[self._noun][0]
            self._under_way += 1
            asked = self._port.request(make(name, {key: start, "maxRecords": PAGE}))
            asked.addCallbacks(self._page, self._refused, (start,), {}, (start,))
            asked.addErrback(self._fail)
        if self._pager.done and not self._under_way and not self.finished.called:
            self.finished.callback(None)

    def _page(self, answer: Element, start: int) -> None:
        self._under_way -= 1
        if self._failed:
            return
        children = answer.all(wire.child_name(self._noun))
        locals = wire.locals_of(self._noun, children)
        fresh = self._pager.answer(start, [local for local in locals if local > 0])
        self.done += len(fresh)
        if fresh:
            self._take(self._noun, fresh, _at(fresh, locals, children))
        if self.done > MOST_RECORDS:
            raise RequestFailed(LISTS[self._noun][0], f"more than {MOST_RECORDS} records")
        self._go_on()

    def _refused(self, why: Failure, start: int) -> None:
        error = why.value
        if not isinstance(error, RequestRefused) or error.code != "ENoEnt":
            why.raiseException()
        self._page(Element("", {}), start)

    def _fail(self, why: Failure) -> None:
        self._failed = True
        if not self.finished.called:
            self.finished.errback(why)


def counted(summary: Element) -> int:
    """How many records an OMM says that it has; 0 if it does not tell."""
    text = summary.get("nRecords")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _at(
    wanted: Sequence[int], locals: Sequence[int], elements: Sequence[Element]
) -> Sequence[Element]:
    """The elements with the local numbers that are wanted, the last one of each."""
    if wanted == locals:
        return elements
    last = {local: place for place, local in enumerate(locals)}
    places = [last[local] for local in wanted]
    if isinstance(elements, Uniform):
        return elements.part(places)
    return [elements[place] for place in places]
