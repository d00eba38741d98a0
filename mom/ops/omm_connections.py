"""Health of the OMM connections: is every enabled OMM connected? Knows no link."""

from collections.abc import Callable, Collection, Iterable

from mom.model.identities import OmmId
from mom.model.omm import Omm, Severity
from mom.ports import Component

COMPONENT = "OMM connections"
NAMED = 5
"""How many OMMs are named; the others are counted."""


class OmmConnections:
    """Compares the enabled records with the connections. Both are read when asked."""

    def __init__(
        self,
        omms: Callable[[], Iterable[Omm]],
        connected: Callable[[], Collection[OmmId]],
    ) -> None:
        self._omms = omms
        self._connected = connected

    def snapshot(self) -> list[Component]:
        """OK, or a warning that names the enabled OMMs that are not connected."""
        connected = self._connected()
        away = [omm.name for omm in self._omms() if omm.enabled and omm.id not in connected]
        if not away:
            return [Component(COMPONENT, Severity.OK)]
        names, more = ", ".join(away[:NAMED]), len(away) - NAMED
        text = f"OMM not connected: {names}"
        if more > 0:
            text = f"OMM not connected: {names} and {more} more"
        return [Component(COMPONENT, Severity.WARNING, text)]
