"""The settings of the directory: what administrators and the licence decide for all OMMs."""

from sys import maxsize

import msgspec

from mom.model.setting import SubscriptionMode


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the directory.

    `deletes_stick`: a record deleted while its OMM was away is deleted there too, instead of
    coming back. `after_import`: the database was just imported; nothing is deleted by the first
    reading of each OMM. `licensed`: there is a licence, and with it the common identity that
    phones roam by; `max_users`: how many users it allows, None = any number. `most_permanent`: how
    many users may be kept on all OMMs. `subscription` and `auto_create`: which phones may
    subscribe.
    """

    deletes_stick: bool = False
    after_import: bool = False
    licensed: bool = False
    max_users: int | None = None
    most_permanent: int = 512
    subscription: SubscriptionMode = SubscriptionMode.OFF
    auto_create: bool = False

    def room(self, users: int) -> int:
        """How many users the licence allows beside so many."""
        return maxsize if self.max_users is None else max(0, self.max_users - users)
