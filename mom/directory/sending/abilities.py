"""What one OMM has shown that it can do and which attributes it knows, in one session."""

import functools
import re
from collections.abc import Iterable, Mapping

from mom.directory.credentials import secrets
from mom.model.attribute import Attribute
from mom.model.copy import Noun

_RELEASE = re.compile(r"(\d+)\.(\d+)")
_MOM_RELEASE = (7, 1)
_STAMPS_SINCE = (7, 0)
_MOST_SHOWN = 1024
"""Attributes of a noun that are remembered; the longest real record has 69."""


class Abilities:
    """Learns from what the OMM says; what is newer than its release waits until shown."""

    def __init__(self, omm_version: str, versions: Mapping[str, str]) -> None:
        """`versions` maps message names to versions, empty if the OMM did not tell."""
        found = _RELEASE.search(omm_version)
        self.release = (int(found[1]), int(found[2])) if found else _MOM_RELEASE
        self.proven = "SetPP" in versions
        """The OMM itself says that it knows `SetPP`, so a refusal is about its content."""
        self.set_pp = self.proven or not versions
        self.fixed_pairs = "CreateFixedPP" in versions or not versions
        """The OMM makes a user and its device at once, bound for good."""
        self.kept: set[Noun] = set()
        """Nouns whose system-wide numbers the OMM has shown, not only repeated in an answer."""
        nothing: frozenset[str] = frozenset()
        self._shown = {Noun.USER: nothing, Noun.DEVICE: nothing}

    def show(self, noun: Noun, names: Iterable[str]) -> None:
        """The OMM wrote these attributes of a whole record."""
        shown = self._shown[noun]
        if len(shown) < _MOST_SHOWN and not shown.issuperset(names):
            self._shown[noun] = _shared(shown.union(names))

    def has_shown(self, noun: Noun, name: str) -> bool:
        """Whether the OMM wrote that attribute since it was connected."""
        return name in self._shown[noun]

    def may_send(self, noun: Noun, attribute: Attribute) -> bool:
        """Whether the OMM knows an attribute."""
        return attribute.wire in self._shown[noun] or _since(attribute) <= self.release

    def may_send_secret(self, name: str) -> bool:
        """Whether the OMM knows a secret."""
        return any(a.wire == name and self.may_send(Noun.USER, a) for a in secrets())

    def may_stamp(self, noun: Noun, name: str) -> bool:
        """Whether the OMM takes the time stamp of a group."""
        return name in self._shown[noun] or self.release >= _STAMPS_SINCE


@functools.lru_cache(maxsize=256)
def _shared(names: frozenset[str]) -> frozenset[str]:
    """The same names as one object for all OMMs that wrote them."""
    return names


def _since(attribute: Attribute) -> tuple[int, int]:
    major, _, minor = attribute.attr.since.partition(".")
    return int(major), int(minor or 0)
