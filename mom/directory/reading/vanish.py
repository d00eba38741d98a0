"""The guard of rule 3: when too many copies are missing at once, nothing is deleted. Pure."""

import msgspec

from mom.model.copy import Copy, CopyState

_AT_LEAST = 3
_ALL_OF_AT_LEAST = 2


class Loss(msgspec.Struct, frozen=True):
    """How many of an OMM's held copies a reading did not find."""

    missing: int
    held: int

    @property
    def suspicious(self) -> bool:
        """At least 3 and more than a third of the copies, or all of at least 2."""
        if self.missing == self.held:
            return self.held >= _ALL_OF_AT_LEAST
        return self.missing >= _AT_LEAST and self.missing * 3 > self.held


def lapsed(since: int, now: int, seconds: int = 600) -> bool:
    """Whether an offered copy that did not appear is forgotten; times since 1970."""
    return now - since >= seconds


def over(copy: Copy, now: int) -> bool:
    """Whether a copy that is not on the OMM is forgotten without a consequence."""
    if copy.state is CopyState.REMOVING:
        return True
    return copy.state is CopyState.OFFERED and lapsed(copy.since, now)
