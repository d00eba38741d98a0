"""The change feed: tells what was committed, in commit order, to whoever listens.

Only the store announces, and only after the commit. It knows no database and no listener.
"""

from collections.abc import Callable, Collection, Sequence, Set

import msgspec
from twisted.logger import Logger

from mom.model.copy import Noun


class Change(msgspec.Struct, frozen=True):
    """One record as it was and as it is now; `None` = it was not there, it is gone.

    `cause` says in words what made the change, empty if nobody said.
    """

    noun: Noun
    id: int | str
    before: object
    after: object
    cause: str = ""


class Many(msgspec.Struct, frozen=True):
    """Many records of one noun changed at once: read again what matters to you."""

    noun: Noun
    ids: tuple[int, ...]
    cause: str = ""


Listener = Callable[[Sequence[Change | Many]], None]
"""Called on the reactor's thread with what one commit changed; must return soon."""


class Subscription:
    """The handle of one listener."""

    def __init__(
        self, feed: "ChangeFeed", listener: Listener, nouns: Collection[Noun] | None
    ) -> None:
        self._feed = feed
        self.listener = listener
        self._nouns = None if nouns is None else frozenset(nouns)

    def is_about(self, nouns: Set[Noun]) -> bool:
        """Whether changes of these nouns concern the listener."""
        return self._nouns is None or not self._nouns.isdisjoint(nouns)

    def stop(self) -> None:
        """Hear nothing any more, from now on; stopping twice is harmless."""
        self._feed.drop(self)


class ChangeFeed:
    """Hands each commit to its listeners: the first ones (the index) first, then the others.

    Listeners that came with `first=True` get every single `Change`; to the others those of a bulk
    import come as one `Many`.
    """

    _log = Logger()

    def __init__(self) -> None:
        self._first: tuple[Subscription, ...] = ()
        self._others: tuple[Subscription, ...] = ()

    def subscribe(
        self, listener: Listener, first: bool = False, nouns: Collection[Noun] | None = None
    ) -> Subscription:
        """Listen from the next commit on; whoever is added while one is told hears the next.

        With `nouns`, only commits that change a record of one of these are told, as a whole.
        """
        subscription = Subscription(self, listener, nouns)
        if first:
            self._first = (*self._first, subscription)
        else:
            self._others = (*self._others, subscription)
        return subscription

    def drop(self, subscription: Subscription) -> None:
        """Take a listener out."""
        self._first = tuple(kept for kept in self._first if kept is not subscription)
        self._others = tuple(kept for kept in self._others if kept is not subscription)

    def publish(
        self, changes: Sequence[Change | Many], summary: Sequence[Change | Many] | None = None
    ) -> None:
        """Tell all: `changes` to the first listeners, `summary` (else the same) to the others."""
        first, others = self._first, self._others
        for told, subscriptions in (
            (changes, first),
            (changes if summary is None else summary, others),
        ):
            nouns = {change.noun for change in told}
            for subscription in subscriptions:
                if told and subscription.is_about(nouns):
                    self._tell(subscription, told)

    def _tell(self, subscription: Subscription, changes: Sequence[Change | Many]) -> None:
        if subscription not in self._first and subscription not in self._others:
            return
        try:
            subscription.listener(changes)
        except Exception:  # noqa: BLE001 - one listener's mistake must not keep others uninformed
            self._log.failure(
                "The listener {listener} failed on {count} changes, the first of {noun} {id}",
                listener=subscription.listener,
                count=len(changes),
                noun=changes[0].noun.value,
                id=changes[0].id if isinstance(changes[0], Change) else changes[0].ids[:5],
            )
