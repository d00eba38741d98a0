"""Health of the licence: is it in order, and is it enough for all OMMs and their users?"""

from collections.abc import Callable, Mapping
from typing import Protocol

from mom.model.identities import OmmId
from mom.model.licence import Licence
from mom.model.omm import Severity
from mom.ports import Component, Reporter

NAMED = 5
"""How many OMMs are named; the others are counted."""


class LicenceReporter(Reporter, Protocol):
    """The licence in force, and what it says of itself."""

    current: Licence | None


class LicenceUse:
    """What the licence says of itself; while that is well, whether it is large enough.

    `size` tells how many OMM records and users there are, `beyond` how many more users connected
    OMMs keep; both are read when asked.
    """

    def __init__(
        self,
        licence: LicenceReporter,
        size: Callable[[], tuple[int, int]],
        beyond: Callable[[], Mapping[OmmId, int]],
    ) -> None:
        self._licence = licence
        self._size = size
        self._beyond = beyond

    def snapshot(self) -> list[Component]:
        """The licence's own component, or a warning that says what is more than it allows."""
        own, text = self._licence.snapshot(), self._excess()
        if not text:
            return own
        return [
            Component(each.name, Severity.WARNING, text) if each.severity is Severity.OK else each
            for each in own
        ]

    def _excess(self) -> str:
        licence, beyond = self._licence.current, self._beyond()
        if licence is None:
            return ""
        sites, users = self._size()
        if licence.exceeded(sites, users):
            return licence.exceeded(sites, users + sum(beyond.values()))
        return _staying(licence.max_users, beyond) if beyond else ""


def _staying(most: int | None, beyond: Mapping[OmmId, int]) -> str:
    omms = [f"OMM {omm:04d} ({users})" for omm, users in beyond.items()]
    names, more = ", ".join(omms[:NAMED]), len(omms) - NAMED
    if more > 0:
        return f"The licence allows {most} users; more are on {names} and {more} others"
    return f"The licence allows {most} users; more are on {names}"
