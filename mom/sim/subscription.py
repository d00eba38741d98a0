"""Which events a client wants: one flag for each event type and item.

Source: the published schema. A filter is a number or `-1` for all; a missing filter means no item
of that kind; a trigger or address scheme is a pattern where `*` or nothing means all. This module
must not know what an event says.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from mom.axi.element import Element
from mom.sim.refusal import Refusal, missing
from mom.sim.rules import choice, integer

MOST_AT_ONCE = 20
"""Most flags in one request."""

_ITEMS = ("ppn", "uid", "rfpId", "omm")
_PATTERNS = ("trigger", "scheme")
ALL = -1


class Flags:
    """The flags of one session."""

    def __init__(self) -> None:
        self._flags: dict[str, set[tuple[str, int | str]]] = {}

    def apply(self, items: Iterable[Element], known: Set[str], permissions: Set[str]) -> None:
        """Set and clear flags, all of them or, with a `Refusal`, none.

        `known` are the event types that the OMM has. The refusal names the event type at fault.
        """
        wanted = [self._read(item, known, permissions) for item in items]
        if not 1 <= len(wanted) <= MOST_AT_ONCE:
            raise Refusal("EInval", f"1 to {MOST_AT_ONCE} e", bad="e")
        for on, name, flags in wanted:
            held = self._flags.setdefault(name, set())
            if on:
                held |= flags
            else:
                held -= flags
                if not flags - {("", ALL)}:
                    held.clear()

    def wants(self, name: str) -> bool:
        """Tell whether any flag of this event type is set."""
        return bool(self._flags.get(name))

    def wants_item(self, name: str, item: str, number: int) -> bool:
        """Tell whether the flag is set for this item, for example `ppn` 7."""
        flags = self._flags.get(name)
        return flags is not None and ((item, ALL) in flags or (item, number) in flags)

    @staticmethod
    def _read(
        item: Element, known: Set[str], permissions: Set[str]
    ) -> tuple[bool, str, set[tuple[str, int | str]]]:
        if not item.has("cmd"):
            raise missing("cmd")
        name = item.get("eventType")
        if not name:
            raise missing("eventType")
        on = choice("cmd", item.get("cmd"), ("On", "Off")) == "On"
        if name not in known:
            raise Refusal("EInval", "no such event type", bad="eventType", eventType=name)
        if "AllCnfRead" not in permissions:
            raise Refusal("EPerm", "AllCnfRead is needed", eventType=name)
        flags: set[tuple[str, int | str]] = {("", ALL)}
        flags |= {(key, integer(item.attrs, key)) for key in _ITEMS if item.has(key)}
        flags |= {(key, item.get(key)) for key in _PATTERNS if item.has(key)}
        return on, name, flags
