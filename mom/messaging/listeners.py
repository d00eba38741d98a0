"""Which events applications want: one flag for each event type and pattern.

The filters are those of the published `Subscribe`. This module must not know what an event says.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from mom.axi.element import Element
from mom.messaging.errors import Refused, invalid, missing
from mom.messaging.party import Party

MOST_AT_ONCE = 20
"""Most `e` elements in one request."""
MOST_PATTERNS = 100
"""Most patterns of one OMM or application for one event type."""
MAX_PATTERN = 255
"""Most characters of a pattern: a long one takes seconds to compile."""
FILTERS = {"MessageProgress": "", "MessageConfirmation": "ppn", "AlarmTrigger": "trigger"}
"""The event types that can be subscribed to, and the filter of each."""
ALL = "*"


class Listeners:
    """The flags of all applications."""

    def __init__(self) -> None:
        self._flags: dict[str, dict[Party, set[str]]] = {name: {} for name in FILTERS}

    def apply(self, party: Party, request: Element) -> None:
        """Set and clear flags: all that the request names or, with `Refused`, none."""
        if not 1 <= len(request.children) <= MOST_AT_ONCE:
            raise invalid("e", f"1 to {MOST_AT_ONCE}")
        wanted = [_read(item) for item in request.children]
        for name, on, pattern in wanted:
            held = self._flags[name].get(party, set())
            if on and pattern not in held and len(held) >= MOST_PATTERNS:
                raise Refused("ENoMem", f"at most {MOST_PATTERNS} patterns")
        for name, on, pattern in wanted:
            held = self._flags[name].setdefault(party, set())
            if on:
                held.add(pattern)
            elif pattern == ALL:
                held.clear()
            else:
                held.discard(pattern)
            if not held:
                del self._flags[name][party]

    def drop(self, party: Party) -> None:
        """The connection of somebody has ended."""
        for flags in self._flags.values():
            flags.pop(party, None)

    def wanting(self, name: str, text: str = "") -> Iterator[Party]:
        """Who wants an event of that type, about that text (a trigger)."""
        for party, patterns in self._flags[name].items():
            if any(p == ALL or fnmatchcase(text.casefold(), p) for p in patterns):
                yield party


def _read(item: Element) -> tuple[str, bool, str]:
    name, cmd = item.get("eventType"), item.get("cmd")
    if item.name != "e" or not name:
        raise missing("eventType")
    if name not in FILTERS:
        raise invalid("eventType", f"one of {', '.join(FILTERS)}, not {name}")
    if cmd not in ("On", "Off"):
        raise invalid("cmd", "On or Off")
    kind = FILTERS[name]
    if kind == "ppn" and item.get("ppn", "-1") != "-1":
        raise invalid("ppn", "-1, which is all")
    pattern = item.get(kind) if kind == "trigger" else ALL
    if len(pattern) > MAX_PATTERN:
        raise invalid("trigger", f"at most {MAX_PATTERN} characters")
    return name, cmd == "On", pattern.casefold() or ALL
