"""What goes on at the moment: messages and moves of phones, counted where they happen.

Knows neither browsers nor what is counted.
"""

from collections.abc import Callable

import msgspec

from mom.model.figures import MessagingFigures
from mom.ops.roam_count import RoamFigures


class ActivityView(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of both at one moment."""

    messages: MessagingFigures
    roams: RoamFigures


class Activity:
    """Asks for the figures; they are in memory, so that asking costs nothing."""

    def __init__(
        self, *, messages: Callable[[], MessagingFigures], roams: Callable[[], RoamFigures]
    ) -> None:
        self._messages = messages
        self._roams = roams

    def view(self) -> ActivityView:
        """The figures now."""
        return ActivityView(messages=self._messages(), roams=self._roams())
