"""The health of all OMM connections as one component.

Pure. This module must not know connections.
"""

from collections.abc import Sequence

from mom.model.omm import Omm, OmmState, OmmStatus, Severity
from mom.ports import Component

NAME = "OMM connections"
MAX_NAMES = 20
"""Most names that are listed; further ones are counted."""


def omm_connections(omms: Sequence[tuple[Omm, OmmStatus]]) -> Component:
    """A warning with the names of the enabled OMMs that are not connected, if there are any."""
    away = sorted(
        omm.name for omm, status in omms if omm.enabled and status.state is not OmmState.CONNECTED
    )
    if not away:
        return Component(NAME, Severity.OK)
    names = ", ".join(away[:MAX_NAMES])
    more = f" and {len(away) - MAX_NAMES} more" if len(away) > MAX_NAMES else ""
    return Component(NAME, Severity.WARNING, f"OMM not connected: {names}{more}")
