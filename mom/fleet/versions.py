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
        self._lists: list[Mapping[str, str]] = []

    def shared(self, versions: Mapping[str, str]) -> Mapping[str, str]:
        """Return an equal mapping: the first of its kind that was seen."""
        for known in self._lists:
            if known == versions:
                return known
        if len(self._lists) >= MAX_LISTS:
            self._lists.clear()
        self._lists.append(versions)
        return versions
