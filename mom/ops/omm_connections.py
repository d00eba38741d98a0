"""Health of the OMM connections: is every enabled OMM connected? Knows no link."""

from collections.abc import Callable, Iterable

from mom.model.omm import Omm, OmmState, OmmStatus, Severity
from mom.ports import Component

COMPONENT = "OMM connections"
NAMED = 5
"""How many OMMs are named; the others are counted."""


class OmmConnections:
    """Compares the enabled records with the connections. Both are read when asked."""

    def __init__(
        self,
        omms: Callable[[], Iterable[Omm]],
        statuses: Callable[[], Iterable[OmmStatus]],
    ) -> None:
        self._omms = omms
        self._statuses = statuses

    def snapshot(self) -> list[Component]:
        """OK, or a warning that names the enabled OMMs that are not connected."""
        connected = {each.id for each in self._statuses() if each.state is OmmState.CONNECTED}
        away = [omm.name for omm in self._omms() if omm.enabled and omm.id not in connected]
        if not away:
            return [Component(COMPONENT, Severity.OK)]
        names, more = ", ".join(away[:NAMED]), len(away) - NAMED
        text = f"OMM not connected: {names}"
        if more > 0:
            text = f"OMM not connected: {names} and {more} more"
        return [Component(COMPONENT, Severity.WARNING, text)]
