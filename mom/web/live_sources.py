"""Where live updates come from: commits, states of OMMs, settings, health, ends of sessions.

Tells the hub what has changed; knows no browser.
"""

from collections.abc import Callable
from typing import Any, Protocol

from mom.admin.jobs import JobBook
from mom.admin.licences import LicenceBook
from mom.admin.sessions import SessionBook
from mom.admin.settings import SettingsBook
from mom.admin.tokens import TokenBook
from mom.axi.clock import Clock, Timer
from mom.model.copy import Noun
from mom.ops.health import HealthBoard
from mom.store.changes import ChangeFeed
from mom.web.activity import Activity, ActivityView
from mom.web.live import LiveHub

COUNT_SECONDS = 2.0
"""How often browsers are told of what is only counted."""


class Stoppable(Protocol):
    """The handle of a listener."""

    def stop(self) -> None:
        """Hear nothing any more."""


class StatusSubject(Protocol):
    """Tells listeners the statuses of OMMs that have changed."""

    def subscribe(self, listener: Callable[[Any], None], /) -> Stoppable:
        """Listen from now on."""


class LiveSources:
    """Listens for the hub between `start` and `stop`."""

    def __init__(
        self,
        hub: LiveHub,
        *,
        feed: ChangeFeed,
        statuses: StatusSubject,
        settings: SettingsBook,
        licences: LicenceBook,
        health: HealthBoard,
        sessions: SessionBook,
        jobs: JobBook,
        tokens: TokenBook,
        activity: Activity,
        clock: Clock,
    ) -> None:
        self._hub = hub
        self._feed = feed
        self._statuses = statuses
        self._settings = settings
        self._licences = licences
        self._health = health
        self._sessions = sessions
        self._jobs = jobs
        self._tokens = tokens
        self._activity = activity
        self._clock = clock
        self._counted: ActivityView | None = None
        self._timer: Timer | None = None
        self._stops: list[Callable[[], None]] = []

    def start(self) -> None:
        """Listen to everything that browsers are shown."""
        hub = self._hub
        self._stops = [
            self._feed.subscribe(hub.committed).stop,
            self._statuses.subscribe(lambda _: hub.changed({Noun.STATUS})).stop,
            self._settings.listen(lambda _before, _after: hub.settings_changed()),
            self._licences.listen(lambda _before, _after: hub.changed({Noun.LICENCE})),
            self._jobs.listen(lambda: hub.changed({Noun.JOB})),
            self._health.listen(lambda _: hub.changed({Noun.HEALTH})),
            self._sessions.on_end(lambda session: hub.end_session(session.key)),
            self._tokens.on_end(lambda token: hub.end_session(token.key)),
        ]
        self._count()

    def stop(self) -> None:
        """Listen no more, and disconnect all browsers."""
        stops, self._stops = self._stops, []
        for stop in stops:
            stop()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._hub.stop()

    def _count(self) -> None:
        """Messages tell nobody that they are counted: look now and then whether they were."""
        counted = self._activity.view()
        if counted != self._counted:
            self._counted = counted
            self._hub.changed(())
        self._timer = self._clock.callLater(COUNT_SECONDS, self._count)
