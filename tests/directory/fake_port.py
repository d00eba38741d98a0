"""The session of a fake OMM. Answers and events come one at a time, when the test pumps: in the
order of a real link.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from twisted.internet.defer import Deferred, fail

from mom.axi.element import Element
from mom.axi.errors import LinkLost, RequestRefused, RequestTimeout
from mom.axi.mould import Mould
from mom.model.omm import Omm
from mom.ports import SessionFacts
from tests.directory.fake_quirks import Quirks


class Site(Protocol):
    """The OMM at the other end."""

    quirks: Quirks

    def answer(self, request: Element) -> Element:
        """What it answers to a request."""


class FakePort:
    """The session of a fake OMM: what it says waits until the test pumps it."""

    def __init__(self, site: Site, omm: Omm, facts: SessionFacts) -> None:
        self.site, self.omm, self.facts = site, omm, facts
        self.take: Callable[[Element], None] = lambda event: None
        self.held = False
        self.holds = 0
        self.lost = False
        self.given_up = ""
        self._moulds: dict[tuple[str, ...], Mould] = {}
        self._line: deque[Callable[[], None]] = deque()
        self._open: set[Deferred[Element]] = set()

    def request(self, element: Element) -> Deferred[Element]:
        if self.lost:
            return fail(LinkLost(element.name))
        answer: Deferred[Element] = Deferred()
        self._open.add(answer)
        self._line.append(lambda: self._perform(element, answer))
        return answer

    @property
    def is_asked(self) -> bool:
        """A request waits for its answer."""
        return bool(self._open)

    def hold(self) -> None:
        self.held = True
        self.holds += 1

    def release(self) -> None:
        self.held = False

    def give_up(self, why: str) -> None:
        self.given_up = why

    def deliver(self, event: Element) -> None:
        if not self.lost:
            self._line.append(lambda: self.take(event))

    def lose(self) -> None:
        """The link breaks: open requests fail, nothing more arrives."""
        self.lost = True
        self._line.clear()
        waiting, self._open = self._open, set()
        for answer in waiting:
            answer.errback(LinkLost("request"))

    def time_out(self) -> None:
        """What was asked is never answered; the link stays."""
        self._line.clear()
        waiting, self._open = self._open, set()
        for answer in waiting:
            answer.errback(RequestTimeout("request", 10))

    def step(self) -> bool:
        """Let the next thing happen on the link; False if nothing waits."""
        if not self._line or self.held:
            return False
        self._line.popleft()()
        return True

    def _perform(self, element: Element, answer: Deferred[Element]) -> None:
        """The OMM works the request off now; what it says about it comes after what it said."""
        if element.name in self.site.quirks.deaf:
            return
        response = self._as_read(self.site.answer(element))
        if element.name in self.site.quirks.silent:
            return

        def fire() -> None:
            self._open.discard(answer)
            if "errCode" in response.attrs:
                answer.errback(RequestRefused(element.name, response))
            else:
                answer.callback(response)

        self._line.append(fire)

    def _as_read(self, response: Element) -> Element:
        """The answer as a link reads it: of records that are alike only the values are kept."""
        children = response.children
        forms = {(child.name, *child.attrs) for child in children}
        texts = [text for child in children for text in child.attrs.values()]
        if len(forms) != 1 or any(set(text) & set('"<&\n') for text in texts):
            return response
        (form,) = forms
        name, *names = form
        mould = self._moulds.setdefault(form, Mould(name, names))
        attrs = ["".join(f' {n}="{v}"' for n, v in child.attrs.items()) for child in children]
        written = "".join([f"<{name}{each}/>" for each in attrs]) + "</all>"
        for _ in range(2):
            found = mould.take(written, 0, len(children))
        assert found == children
        return Element(response.name, response.attrs, found or children)
