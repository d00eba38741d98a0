"""Live updates: windows of collections that browsers look at, read again after changes.

A window is a topic with a query. After a commit that concerns its topic, at most twice a second and
once per distinct query for all browsers, it is read again, and each browser is sent what differs
from what it was sent before. A browser that cannot keep up is skipped and later sent one
difference instead of many. Knows no websocket: a `Link` carries the messages.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.model.copy import Noun
from mom.model.setting import Suppression
from mom.store.changes import Change, Many
from mom.web.body import read_json
from mom.web.errors import ApiError, Problem
from mom.web.paging import ListQuery
from mom.web.refusals import refusal
from mom.web.window import Client, Link, Topic, Window

INTERVAL = 0.5
"""Seconds between two readings of the same window."""
PULSE = 30.0
"""Seconds in which a browser must give a sign of life, and after which sessions are checked."""
SIGNED_OUT = "signed out"


class LiveHub:
    """All browsers that follow live.

    `status` gives the status, `suppression` the setting of this moment, `is_open` whether a
    session or token (by its key) still stands.
    """

    _log = Logger()

    def __init__(
        self,
        *,
        clock: Clock,
        topics: Mapping[str, Topic],
        status: Callable[[], msgspec.Struct],
        suppression: Callable[[], Suppression],
        is_open: Callable[[str], bool],
    ) -> None:
        self._clock = clock
        self._topics = topics
        self._status = status
        self._suppression = suppression
        self._is_open = is_open
        self._clients: list[Client] = []
        self._timer: Timer | None = None
        self._pulse: Timer | None = None
        self._busy = False
        self._last = -INTERVAL

    def __len__(self) -> int:
        """How many browsers follow."""
        return len(self._clients)

    # -- browsers

    def join(self, link: Link, session: str) -> Client:
        """A browser has connected; it is sent the status without asking."""
        client = Client(link, session)
        self._clients.append(client)
        self._soon()
        if self._pulse is None:
            self._pulse = self._clock.callLater(PULSE, self._feel_pulse)
        return client

    def leave(self, client: Client) -> None:
        """A browser is gone."""
        if client in self._clients:
            self._clients.remove(client)
        if not self._clients:
            self._rest_now()

    def take(self, client: Client, message: bytes) -> None:
        """A browser has sent a message; a wrong one is answered with what is wrong."""
        try:
            order = read_json(message, _Order)
            query = msgspec.convert(order.query, ListQuery, strict=False)
        except (ApiError, msgspec.ValidationError) as error:
            self._refuse(client, "", Problem(error=str(error), code="BadRequest"))
            return
        if order.unsubscribe:
            client.windows.pop(order.unsubscribe, None)
        if order.subscribe and order.subscribe not in self._topics:
            known = ", ".join(self._topics)
            text = f"there is no such topic; known are {known}"
            self._refuse(client, order.subscribe[:50], Problem(error=text, code="ENoEnt"))
        elif order.subscribe:
            client.windows[order.subscribe] = Window(order.subscribe, query)
            self._soon()

    def resume(self, client: Client) -> None:
        """A browser that was too slow takes messages again."""
        client.paused = False
        self._soon()

    def end_session(self, session: str) -> None:
        """A session has ended: its browsers are disconnected."""
        for client in [each for each in self._clients if each.session == session]:
            self._dismiss(client, SIGNED_OUT)

    def stop(self) -> None:
        """Disconnect all and do nothing more."""
        for client in tuple(self._clients):
            self._dismiss(client, "MOM stops")

    # -- changes

    def committed(self, changes: Sequence[Change | Many]) -> None:
        """A commit (a listener of the store's change feed)."""
        self.changed({change.noun for change in changes})

    def changed(self, nouns: Iterable[Noun]) -> None:
        """Something of these nouns has changed."""
        nouns = set(nouns)
        for client in self._clients:
            for window in client.windows.values():
                if not nouns.isdisjoint(self._topics[window.topic].nouns):
                    window.dirty = True
            client.status_due = True
        if self._clients:
            self._soon()

    def settings_changed(self) -> None:
        """Updates may no longer be suppressed: who was told of something new gets it then."""
        for client in self._clients:
            client.status_due = True
            for window in client.windows.values():
                window.dirty = window.dirty or window.told_stale
        if self._clients:
            self._soon()

    def _feel_pulse(self) -> None:
        """Part with browsers that are dead or whose session has ended; ask the others."""
        self._pulse = None
        for client in tuple(self._clients):
            if not self._is_open(client.session):
                self._dismiss(client, SIGNED_OUT)
            elif client.silent:
                self._dismiss(client, "no sign of life")
            else:
                client.silent = True
                client.link.ping()
        if self._clients:
            self._pulse = self._clock.callLater(PULSE, self._feel_pulse)

    def _dismiss(self, client: Client, reason: str) -> None:
        self.leave(client)
        client.link.close(reason)

    def _rest_now(self) -> None:
        """Nobody is left: nothing is planned any more."""
        for timer in (self._timer, self._pulse):
            if timer is not None and timer.active():
                timer.cancel()
        self._timer = self._pulse = None

    def _soon(self) -> None:
        if self._timer is None and not self._busy:
            wait = max(0.0, self._last + INTERVAL - self._clock.seconds())
            self._timer = self._clock.callLater(wait, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._busy = True
        self._last = self._clock.seconds()
        done = Deferred.fromCoroutine(self._flush())
        done.addErrback(lambda failure: self._log.failure("Live updates failed", failure))
        done.addCallback(lambda _: self._rest())

    def _rest(self) -> None:
        self._busy = False
        if any(client.is_due for client in self._clients):
            self._soon()

    async def _flush(self) -> None:
        """Bring every browser that listens up to date."""
        self._send_status()
        due: dict[tuple[str, ListQuery], list[tuple[Client, Window]]] = {}
        for client in self._clients:
            for window in client.windows.values():
                if window.dirty and not client.paused and not self._held(client, window):
                    window.dirty = False
                    due.setdefault((window.topic, window.query), []).append((client, window))
        for (topic, query), watchers in due.items():
            await self._refresh(topic, query, watchers)

    def _held(self, client: Client, window: Window) -> bool:
        """Whether a window waits for *Refresh*; the browser is told once."""
        if window.wanted or self._suppression() not in self._topics[window.topic].held_by:
            return False
        window.dirty = False
        if not window.told_stale:
            window.told_stale = True
            self._send(client, {"topic": window.topic, "stale": True})
        return True

    async def _refresh(
        self, topic: str, query: ListQuery, watchers: Sequence[tuple[Client, Window]]
    ) -> None:
        key = self._topics[topic].key
        try:
            listing = await self._topics[topic].read(query)
        except Exception as error:  # noqa: BLE001 - one window's failure must not end the others
            self._failed(topic, error, watchers)
            return
        rows = {_number(row, key): msgspec.json.encode(row) for row in listing.items}
        for client, window in watchers:
            window.wanted, window.told_stale = False, False
            message = window.difference(rows, listing.total)
            if message is not None and client in self._clients:
                self._send(client, message)

    def _failed(
        self, topic: str, error: Exception, watchers: Sequence[tuple[Client, Window]]
    ) -> None:
        known = refusal(error)
        if known is None:
            self._log.failure("Reading {topic} for live updates failed", topic=topic)
        for client, window in watchers:
            if client.windows.get(topic) is window:
                del client.windows[topic]
            problem = known.problem if known else Problem(error="failed", code="Failed")
            self._refuse(client, topic, problem)

    def _send_status(self) -> None:
        waiting = [client for client in self._clients if client.status_due and not client.paused]
        if not waiting:
            return
        status = msgspec.to_builtins(self._status())
        sites = {site["id"]: msgspec.json.encode(site) for site in status.pop("sites", ())}
        fields = {name: msgspec.json.encode(value) for name, value in status.items()}
        for client in waiting:
            message = client.status_difference(fields, sites)
            if message is not None:
                self._send(client, message)

    def _refuse(self, client: Client, topic: str, problem: Problem) -> None:
        """Say what is wrong; whoever asks on and on without reading the answers must go."""
        if client.paused:
            self._dismiss(client, "too slow")
            return
        self._send(client, {"topic": topic, "problem": problem})

    def _send(self, client: Client, message: Mapping[str, Any]) -> None:
        client.link.send(msgspec.json.encode(message))


class _Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a browser may send."""

    subscribe: str = ""
    unsubscribe: str = ""
    query: dict[str, Any] = {}


def _number(row: Any, key: str) -> Any:
    return row[key] if isinstance(row, dict) else getattr(row, key)
