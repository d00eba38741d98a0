"""What makes one OMM behave differently from the next: individually chosen or at random.

Each quirk is something that a client has to live with. This module must not know how a quirk is
carried out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from enum import StrEnum


class Quirk(StrEnum):
    """One deviation from the plainest OMM; the value is its name on the command line."""

    REENCRYPT = "reencrypt"
    """Each answer carries freshly encrypted secrets."""
    NO_ECHO = "no-echo"
    """A client is not told by events of what it changed itself."""
    ECHO_FIRST = "echo-first"
    """Events of a client's own change come before the answer instead of after it."""
    RESTAMP = "restamp"
    """SetPP stamps a changed group with the OMM's own clock, whatever stamps it carries."""
    RANDOM_PAGES = "random-pages"
    """A page has a random size of 1 to 20 records, even if more are there."""
    NO_MOM = "no-mom"
    """The messages and event types for a MOM are unknown."""
    NO_SETPP = "no-setpp"
    """SetPP is unknown: users and devices are created and set apart."""
    NO_PPCNF = "no-ppcnf"
    """The event type PPCnf is refused; changes come as EventPPUserCnf and EventPPDevCnf."""
    WORDS = "words"
    """Booleans are written `true` and `false`."""
    SHUFFLED = "shuffled"
    """Attributes come in another order each time."""
    STRANGE = "strange"
    """Records and answers carry attributes that nobody knows."""
    INTERLEAVE = "interleave"
    """An event comes before each answer."""
    DRIBBLE = "dribble"
    """Answers and events arrive byte by byte."""
    SLOW = "slow"
    """Each answer takes half a second."""
    OWN_KEY = "own-key"
    """Secrets are under a key that no other OMM has."""
    OWN_CERTIFICATE = "own-certificate"
    """The TLS certificate is that of this OMM alone."""
    STALE_STANDBY = "stale-standby"
    """After a fail-over the OMM has forgotten the last changes."""
    WHOLE_EVENTS = "whole-events"
    """Events carry whole records instead of what changed."""
    NEWER = "newer"
    """Records have the attributes of release 9."""
    NO_NUMBERS = "no-numbers"
    """System-wide numbers are taken and not kept."""


Quirks = frozenset[Quirk]
"""The quirks of one OMM."""

_RARE = (
    Quirk.DRIBBLE,
    Quirk.SLOW,
    Quirk.NO_SETPP,
    Quirk.NO_MOM,
    Quirk.NO_PPCNF,
    Quirk.NO_NUMBERS,
)
_CHANCE = 0.25
_RARE_CHANCE = 0.05


def parse(text: str) -> Quirks | None:
    """Read `none`, `random` (gives `None`) or names with commas.

    Raises `ValueError` naming an unknown quirk and the known ones.
    """
    if text == "random":
        return None
    names = [name.strip() for name in text.split(",") if name.strip() not in ("", "none")]
    return of_names(names)


def of_names(names: Iterable[str]) -> Quirks:
    """Return the quirks of these names; raises `ValueError` naming an unknown one."""
    known = {quirk.value: quirk for quirk in Quirk}
    quirks = set()
    for name in names:
        if name not in known:
            raise ValueError(f"no quirk {name!r}; there are: {', '.join(known)}")
        quirks.add(known[name])
    return frozenset(quirks)


def at_random(rng: random.Random) -> Quirks:
    """Choose some quirks; those that cost much time or ability are rare."""
    return frozenset(
        quirk for quirk in Quirk if rng.random() < (_RARE_CHANCE if quirk in _RARE else _CHANCE)
    )
