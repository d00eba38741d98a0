"""The clock that is handed in: what this room needs of a reactor.

Twisted's reactor and ``twisted.internet.task.Clock`` both fit. It must not know real time.
"""

from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that was put off."""

    def active(self) -> bool:
        """Tell whether the call is still to come."""

    def cancel(self) -> None:
        """Take the call back; only while it is active."""


class Clock(Protocol):
    """Tells the time and puts calls off."""

    def seconds(self) -> float:
        """Return seconds since a fixed point; only differences mean something."""

    def callLater(self, delay: float, call: Callable[..., object], /, *args: object) -> Timer:
        """Run ``call(*args)`` after ``delay`` seconds."""
