"""How long the subscription mode Wildcard lasts, and its end when its minutes are over.

The end and the mode that comes back are settings and stored with them, so that a restart changes
nothing. Knows no OMM.
"""

from collections.abc import Callable, Collection
from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock, Timer
from mom.model.setting import Settings, SubscriptionMode

RETRY_SECONDS = 10.0
"""After how long the end is tried again if it could not be stored."""
_TIMING = frozenset({"subscription", "subscriptionTimeout"})


def timed(before: Settings, after: Settings, named: Collection[str], now: int) -> Settings:
    """The settings `after` a change with the end of Wildcard and the mode that follows it.

    `named` are the settings that the request names: naming one of the two about the mode begins
    the minutes anew. `now` is in seconds since 1970.
    """
    if after.subscription is not SubscriptionMode.WILDCARD:
        return msgspec.structs.replace(after, subscription_until=0)
    former = before.subscription
    if former is not SubscriptionMode.WILDCARD:
        after = msgspec.structs.replace(after, subscription_before=former)
    if _TIMING.isdisjoint(named):
        return after
    minutes = after.subscription_timeout
    return msgspec.structs.replace(after, subscription_until=now + 60 * minutes if minutes else 0)


def ended(settings: Settings, now: float) -> Settings:
    """The settings with the former mode, if the time of Wildcard is over."""
    if not settings.subscription_until or now < settings.subscription_until:
        return settings
    return msgspec.structs.replace(
        settings, subscription=settings.subscription_before, subscription_until=0
    )


class Book(Protocol):
    """The settings as this part needs them."""

    current: Settings

    def listen(self, listener: Callable[[Settings, Settings], None], /) -> Callable[[], None]:
        """Call `listener(before, after)` after each change; returns what stops that."""

    async def end_wildcard(self) -> None:
        """Go back to the former mode, if the time of Wildcard is over."""


class WildcardEnd:
    """Ends Wildcard when its time is over. `now` is in seconds since 1970."""

    _log = Logger()

    def __init__(self, settings: Book, clock: Clock, now: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._now = now
        self._timer: Timer | None = None
        self._unlisten: Callable[[], None] | None = None

    async def start(self) -> None:
        """End what was over while nobody looked, and wait for the next end from now on."""
        await self._settings.end_wildcard()
        self._unlisten = self._settings.listen(lambda _before, _after: self._plan())
        self._plan()

    def stop(self) -> None:
        """Wait for no end any more."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        self._cancel()

    def _plan(self) -> None:
        self._cancel()
        until = self._settings.current.subscription_until
        if until:
            self._timer = self._clock.callLater(max(0.0, until - self._now()), self._due)

    def _cancel(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _due(self) -> None:
        self._timer = None
        done = Deferred.fromCoroutine(self._settings.end_wildcard())
        done.addCallbacks(lambda _: self._look_again(), self._failed)

    def _look_again(self) -> None:
        """The clock was set back: it is not over yet."""
        if self._unlisten is not None and self._timer is None:
            self._plan()

    def _failed(self, failure: Failure) -> None:
        self._log.failure("The end of Wildcard was not stored", failure)
        if self._unlisten is not None:
            self._timer = self._clock.callLater(RETRY_SECONDS, self._due)
