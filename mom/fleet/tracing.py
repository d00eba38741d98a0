"""Writes down what MOM and one OMM say to each other, for a limited time.

Secrets are masked, and what people write to each other is left out. It ends by itself, so that
nobody forgets it. This module must not know links.
"""

from collections.abc import Callable

from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.axi.codec import encode
from mom.axi.element import Element
from mom.axi.errors import Unencodable
from mom.axi.redaction import MASK, masked

_PERSONAL = frozenset({"content", "data"})
"""What people write, and what applications exchange."""


class AxiTrace:
    """The trace of one OMM; ``until`` is its end in seconds since 1970, 0 while it is off."""

    log = Logger()

    def __init__(self, clock: Clock, now: Callable[[], float], name: Callable[[], str]) -> None:
        """``name`` is that of the OMM, for the lines."""
        self._clock = clock
        self._now = now
        self._name = name
        self._timer: Timer | None = None
        self.until = 0

    def switch(self, minutes: int, ended: Callable[[], None]) -> None:
        """Trace for so many minutes from now on, 0 = no more; ``ended`` hears of the end."""
        self.stop()
        if minutes > 0:
            self.until = int(self._now()) + 60 * minutes
            self._timer = self._clock.callLater(60.0 * minutes, self._expire, ended)

    def stop(self) -> None:
        """Trace no more."""
        self.until = 0
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def sent(self, element: Element) -> None:
        """MOM says this to the OMM."""
        if self.until:
            self._write("to", element)

    def heard(self, element: Element) -> None:
        """The OMM says this to MOM."""
        if self.until:
            self._write("from", element)

    def _write(self, direction: str, element: Element) -> None:
        self.log.info(
            "{direction} {omm}: {message}",
            direction=direction,
            omm=self._name(),
            message=in_words(element),
        )

    def _expire(self, ended: Callable[[], None]) -> None:
        self.stop()
        ended()


def in_words(element: Element) -> str:
    """The message as it is on the wire, without secrets and without what people write."""
    try:
        return encode(_veiled(element)).decode()
    except Unencodable:
        return repr(_veiled(element))


def _veiled(element: Element) -> Element:
    attrs = {n: MASK if n in _PERSONAL and t else t for n, t in masked(element.attrs).items()}
    children = tuple(_veiled(child) for child in element.children)
    return Element(element.name, attrs, children, element.text)
