"""Reading a list page by page, as pure steps.

A page starts at the first record whose key is not below the start, and brings at most ``records``
of them in ascending order; ``ENoEnt`` or an empty page ends the list. A short page is not taken for
the end, because some servers give shorter pages than asked for. This module must not know who asks.
"""

from __future__ import annotations

from collections.abc import Mapping

from mom.axi.element import Element, make
from mom.axi.errors import BadValue

PAGE = 20
"""Most records of one page (``records`` of LimitsResp)."""

_KEYS: Mapping[str, str] = {
    "GetPPUser": "uid",
    "GetPPDev": "ppn",
    "GetActivePPDev": "ppn",
}


def key_of(request: str) -> str:
    """Return the key attribute of a list: ``uid`` for users, ``ppn`` for devices, else ``id``."""
    return _KEYS.get(request, "id")


def page_request(request: str, start: int) -> Element:
    """Build the request for the page that starts at key ``start``."""
    return make(request, {key_of(request): start, "maxRecords": PAGE})


def next_start(request: str, page: Element, start: int) -> int | None:
    """Return where the page after this one starts, or ``None`` if the list has ended.

    Raises ``BadValue`` if a record has no valid key, or the keys do not go up from ``start``:
    following such an answer could go on for ever.
    """
    key = key_of(request)
    if not page.children:
        return None
    last = page.children[-1].number(key, -1)
    if last < start:
        raise BadValue(key, f"a key from {start} upwards")
    return last + 1
