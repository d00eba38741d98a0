"""What an OMM told of one record, and what must be known beside it to decide. Pure data.

It knows no copies, and decides nothing.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from mom.directory.credentials import Opener
from mom.directory.fingerprints import Raw
from mom.directory.guard import Guard
from mom.directory.wire import Told, Value
from mom.model.identities import OmmId
from mom.model.secret import Sealed, Secret

NOT_SENT = -3
"""Stands for the revision of a group that a request of ours did not carry."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision needs to know beside the records.

    `offset` is the OMM's clock minus MOM's in seconds, `now` MOM's clock; `ari` and `key` (the
    fingerprint) are the OMM's; `home_of` finds the OMM with an ARI, 0 if MOM knows none.
    """

    omm: OmmId
    now: int
    offset: int = 0
    ari: str = ""
    key: str = ""
    opener: Opener
    guard: Guard
    home_of: Callable[[str], OmmId]

    def at(self, ari: Value) -> OmmId:
        """The OMM with that ARI; the one that tells if there is none that MOM knows."""
        return (self.home_of(str(ari)) if ari else OmmId(0)) or self.omm

    def own_time(self, stamp: int) -> int:
        """A raw stamp of the OMM by MOM's clock; 0 stays 0."""
        return max(stamp - self.offset, 1) if stamp else 0

    def sealed(self, cipher: str) -> Secret:
        """A secret as the OMM wrote it: opened if MOM can, else sealed for the OMM's key."""
        text = self.opener.open(cipher, self.key)
        if text is not None:
            return Secret(text)
        return Secret(None, (Sealed(cipher, self.key),))


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What an OMM told of one record, and how it came.

    `raw` is there for a whole record; a partial event has none. `live` = an event. `sent` are the
    revisions that a request of ours carried, for its answer: `NOT_SENT` for groups that it did not
    carry, empty if this is no answer; `numbered`: the request told the system-wide number. `past`
    are values that MOM had before, by Python name.
    """

    told: Told
    attrs: Mapping[str, str]
    raw: Raw | None = None
    live: bool = False
    sent: tuple[int, ...] = ()
    numbered: bool = False
    past: Mapping[str, Collection[object]] = {}

    def answers(self, place: int) -> bool:
        """Whether this is the answer to a request of ours that carried the group at that place of
        `mom.model.agreement.GROUPS`.
        """
        return bool(self.sent) and self.sent[place] != NOT_SENT
