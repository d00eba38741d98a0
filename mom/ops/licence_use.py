"""Health of the licence: is it in order, and is it enough for the users of all OMMs?"""

from collections.abc import Callable, Mapping

from mom.model.identities import OmmId
from mom.model.omm import Severity
from mom.ports import Component, Reporter

NAMED = 5
"""How many OMMs are named; the others are counted."""


class LicenceUse:
    """What the licence says of itself; while that is well, whether it keeps users on their OMMs.

    `most` is how many users it allows, `beyond` how many more connected OMMs have; both are read
    when asked.
    """

    def __init__(
        self,
        licence: Reporter,
        most: Callable[[], int | None],
        beyond: Callable[[], Mapping[OmmId, int]],
    ) -> None:
        self._licence = licence
        self._most = most
        self._beyond = beyond

    def snapshot(self) -> list[Component]:
        """The licence's own component, or a warning that names the OMMs with users beyond it."""
        own, beyond = self._licence.snapshot(), self._beyond()
        if not beyond:
            return own
        omms = [f"OMM {omm:04d} ({users})" for omm, users in beyond.items()]
        names, more = ", ".join(omms[:NAMED]), len(omms) - NAMED
        text = f"The licence allows {self._most()} users; more are on {names}"
        if more > 0:
            text = f"The licence allows {self._most()} users; more are on {names} and {more} others"
        return [
            Component(each.name, Severity.WARNING, text) if each.severity is Severity.OK else each
            for each in own
        ]
