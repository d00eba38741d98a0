"""The message versions that OMMs tell, kept once for all OMMs that tell the same.

An OMM lists more than 400 of them, and most OMMs of an installation run one release. This module
must not know what a version means.
"""

from collections.abc import Mapping

MAX_LISTS = 64
"""Most different lists that are shared; past that, sharing starts anew."""


class SharedVersions:
    """Hands out one mapping for equal ones."""

    def __init__(self) -> None:
        self._lists: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}

    def shared(self, versions: Mapping[str, str]) -> Mapping[str, str]:
        """Return an equal mapping: the first of its kind that was seen."""
        if len(self._lists) >= MAX_LISTS:
            self._lists.clear()
        return self._lists.setdefault(tuple(versions.items()), versions)
