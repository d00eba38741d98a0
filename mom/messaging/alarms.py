"""Alarm triggers: the same for everybody, with the numbers of the system.

This module must not know who wants them.
"""

from __future__ import annotations

from mom.axi.element import Element
from mom.axi.errors import BadValue
from mom.model.identities import OmmId
from mom.ports import Whereabouts

REMEMBERED = 1000
"""The latest alarms, so that one that comes back from an OMM does not go round."""
_IDENTITY = ("sendTime", "id", "trigger", "fromAddr", "toAddr")


class Alarms:
    """Takes alarm triggers of OMMs."""

    def __init__(self, whereabouts: Whereabouts) -> None:
        self._whereabouts = whereabouts
        self._latest: dict[tuple[str, ...], None] = {}

    def take(self, omm: OmmId, event: Element) -> Element | None:
        """The alarm with system-wide numbers; `None` for one that is known.

        A number that MOM does not know becomes 0. Raises `BadValue`.
        """
        identity = tuple(map(event.get, _IDENTITY))
        if identity in self._latest:
            return None
        numbers = {"uid": self._whereabouts.user_number, "ppn": self._whereabouts.device_number}
        told = {name: number(omm, _local(event, name)) for name, number in numbers.items()}
        self._latest[identity] = None
        if len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]
        return event.having({name: number for name, number in told.items() if event.has(name)})


def _local(event: Element, name: str) -> int:
    local = event.number(name)
    if not 0 <= local < 2**31:
        raise BadValue(name, "a local number")
    return local
