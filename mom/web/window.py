"""What one browser follows: windows of collections, the status, and what it was sent of them.

Pure: computes the differences that bring a browser up to date. Knows no clock and no socket.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec

from mom.model.copy import Noun
from mom.model.setting import Suppression
from mom.web.paging import Listing, ListQuery

STATUS = "status"
_ALWAYS_NEW = frozenset({"now"})
"""Fields of the status that are no reason to send it."""


class Link(Protocol):
    """One browser's connection."""

    def send(self, message: bytes) -> None:
        """Send one message (JSON)."""

    def ping(self) -> None:
        """Ask for a sign of life."""

    def close(self, reason: str) -> None:
        """End the connection and say why."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A collection that can be followed.

    `read` gives a page of it, whose records have a number under `key`. It changes with `nouns`;
    under the suppressions `held_by` it is only said that there is something new.
    """

    read: Callable[[ListQuery], Awaitable[Listing]]
    key: str
    nouns: frozenset[Noun]
    held_by: frozenset[Suppression] = frozenset({Suppression.ALL})


class Window:
    """What one browser looks at, and what it was sent of it."""

    def __init__(self, topic: str, query: ListQuery) -> None:
        self.topic = topic
        self.query = query
        self.dirty = True
        self.wanted = True
        """The browser has just asked: it is sent the records even if updates are suppressed."""
        self.told_stale = False
        self._rows: dict[Any, bytes] = {}
        self._order: list[Any] = []
        self._total = -1

    def difference(self, rows: Mapping[Any, bytes], total: int) -> dict[str, Any] | None:
        """The message that brings the browser to these rows; `None` if it has them already."""
        order = list(rows)
        changed = [row for number, row in rows.items() if self._rows.get(number) != row]
        message: dict[str, Any] = {
            "topic": self.topic,
            "changed": [msgspec.Raw(row) for row in changed],
        }
        if order != self._order or self._total < 0:
            message["order"] = order
        if not changed and "order" not in message and total == self._total:
            return None
        message["total"] = total
        self._rows, self._order, self._total = dict(rows), order, total
        return message


class Client:
    """One browser that follows live."""

    def __init__(self, link: Link, session: str) -> None:
        self.link = link
        self.session = session
        self.paused = False
        self.silent = False
        """It was asked for a sign of life and has given none yet."""
        self.status_due = True
        self.windows: dict[str, Window] = {}
        self._status: dict[str, bytes] = {}
        self._sites: dict[int, bytes] = {}

    @property
    def is_due(self) -> bool:
        """Whether there is something to bring to it."""
        windows = self.windows.values()
        return not self.paused and (self.status_due or any(window.dirty for window in windows))

    def status_difference(
        self, fields: Mapping[str, bytes], sites: Mapping[int, bytes]
    ) -> dict[str, Any] | None:
        """The message with the fields of the status that it does not have; `None` if it has all.

        The map of sites comes whole when there are others than before, else what changed of it.
        """
        self.status_due = False
        new: dict[str, Any] = {
            name: msgspec.Raw(value)
            for name, value in fields.items()
            if self._status.get(name) != value
        }
        changed = [number for number in sites if self._sites.get(number) != sites[number]]
        if not self._status or list(sites) != list(self._sites):
            new["sites"] = [msgspec.Raw(site) for site in sites.values()]
        elif changed:
            new["changedSites"] = [msgspec.Raw(sites[number]) for number in changed]
        if _ALWAYS_NEW.issuperset(new):
            return None
        self._status, self._sites = dict(fields), dict(sites)
        return {"topic": STATUS, **new}
