"""What life keeps level at each site: its numbers of users and devices, and how many are paired.

Chance alone lets a fleet drift: what is deleted or unbound is seldom what was added or bound. A
deed that would lead further away is turned into its opposite. This module must not know how often
what happens, nor to which records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mom.sim.records import Book, Record
from mom.sim.site import Site
from mom.sim.state import State

_ADDED = {"add-user": "user", "add-device": "device"}
_DELETED = {"delete-user": "user", "delete-device": "device"}
_BOUND = {"bind": "unbind", "login": "logout"}
_UNBOUND = {opposite: deed for deed, opposite in _BOUND.items()}


class Balance:
    """Remembers how the sites were at first, and what life added since."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._shares = {site.identity.index: _share(site.omm.state) for site in sites}
        self._added: Counter[tuple[int, str]] = Counter()

    def level(self, deed: str, site: Site) -> str:
        """Return the deed, or its opposite if that leads back to how the site was.

        Only what life itself added is deleted again: records that others make stay.
        """
        kind = _ADDED.get(deed) or _DELETED.get(deed)
        if kind is not None:
            surplus = self._added[site.identity.index, kind]
            turned = f"delete-{kind}" if surplus > 0 else f"add-{kind}"
            return turned if surplus else deed
        if deed in _BOUND or deed in _UNBOUND:
            away = _share(site.omm.state) - self._shares[site.identity.index]
            turned = (_BOUND if away > 0 else _UNBOUND).get(deed, deed)
            return turned if away else deed
        return deed

    def happened(self, deed: str, index: int) -> None:
        """Note that a deed was done at the OMM of that place."""
        if deed in _ADDED:
            self._added[index, _ADDED[deed]] += 1
        elif deed in _DELETED:
            self._added[index, _DELETED[deed]] -= 1


def loose(book: Book) -> list[Record]:
    """Return the records of a book that are bound to nothing."""
    return [record for record in book if not record.number(book.kind.other)]


def _share(state: State) -> float:
    """Return how many of the devices have a user, 0 to 1."""
    total = len(state.devices)
    return (total - len(loose(state.devices))) / total if total else 0.0
