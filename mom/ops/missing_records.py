"""Health of what the OMMs hold: does anything that vanished wait for a decision? Knows no link."""

from collections.abc import Callable, Iterable

from mom.model.omm import Omm, Severity
from mom.ports import Component

COMPONENT = "Missing records"
NAMED = 5
"""How many OMMs are named; the others are counted."""


class MissingRecords:
    """Looks at the enabled OMM records when asked."""

    def __init__(self, omms: Callable[[], Iterable[Omm]]) -> None:
        self._omms = omms

    def snapshot(self) -> list[Component]:
        """OK, or an error that names the OMMs whose records are to be restored or accepted."""
        asking = [omm for omm in self._omms() if omm.enabled and omm.missing]
        if not asking:
            return [Component(COMPONENT, Severity.OK)]
        texts = [_question(omm) for omm in asking[:NAMED]]
        more = len(asking) - NAMED
        if more > 0:
            texts.append(f"and on {more} more")
        return [Component(COMPONENT, Severity.ERROR, "; ".join(texts))]


def _question(omm: Omm) -> str:
    if omm.missing == 1:
        return f"1 record missing on {omm.name}: restore or accept?"
    return f"{omm.missing} records missing on {omm.name}: restore or accept?"
