"""The readings of all OMMs: a few at once, and calm when there is none.

It knows neither OMMs nor what is read.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from twisted.internet.defer import DeferredSemaphore, ensureDeferred

READERS = 8
"""OMMs that are read at once."""
T = TypeVar("T")


class Readings:
    """Lets readings begin, and tells when they are over."""

    def __init__(self, now: Callable[[], int], resume: Callable[[], None]) -> None:
        """`now` gives seconds since 1970; `resume` has those look again who wait for calm: when it
        is there, and once a second before, as some lose patience.
        """
        self._now = now
        self._resume = resume
        self._readers = DeferredSemaphore(READERS)
        self._readings = 0
        self._resumed = 0

    @property
    def calm(self) -> bool:
        """No OMM is being read or waits for it."""
        return not self._readings

    async def run(self, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Read an OMM when it is its turn."""
        self._readings += 1
        try:
            result: T = await self._readers.run(lambda: ensureDeferred(read()))
            return result
        finally:
            self._readings -= 1
            if self.calm or self._now() > self._resumed:
                self._resumed = self._now()
                self._resume()
