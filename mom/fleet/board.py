"""The status of every OMM, for pages, applications and statistics.

Changes are gathered for a moment, so that the progress of hundreds of readings does not become
thousands of notices. This module must not know why a status changes.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.model.identities import OmmId
from mom.model.omm import OmmState, OmmStatus

Listener = Callable[[Sequence[OmmStatus]], None]

GATHERED_SECONDS = 0.2
"""How long changes are gathered before they are told."""


class BoardSubscription:
    """A listener of the board, until it is stopped."""

    def __init__(self, listeners: "dict[BoardSubscription, Listener]", listener: Listener) -> None:
        self._listeners = listeners
        listeners[self] = listener

    def stop(self) -> None:
        """Tell this listener no more."""
        self._listeners.pop(self, None)


class StatusBoard:
    """Holds the statuses; ``counts`` tells how many users and devices an OMM holds."""

    log = Logger()

    def __init__(self, clock: Clock, counts: Callable[[OmmId], tuple[int, int]]) -> None:
        self._clock = clock
        self._counts = counts
        self._statuses: dict[OmmId, OmmStatus] = {}
        self._changed: set[OmmId] = set()
        self._listeners: dict[BoardSubscription, Listener] = {}
        self._timer: Timer | None = None

    def put(self, status: OmmStatus) -> None:
        """Take a new status; listeners hear of it soon."""
        if self._statuses.get(status.id) == status:
            return
        self._statuses[status.id] = status
        self._changed.add(status.id)
        if self._timer is None and self._listeners:
            self._timer = self._clock.callLater(GATHERED_SECONDS, self._tell)

    def remove(self, omm: OmmId) -> None:
        """Forget an OMM whose record is gone."""
        self._statuses.pop(omm, None)
        self._changed.discard(omm)

    def status(self, omm: OmmId) -> OmmStatus:
        """The status of one OMM; state ``disabled`` for one that is not known."""
        status = self._statuses.get(omm)
        if status is None:
            return OmmStatus(id=omm)
        users, devices = self._counts(omm)
        return msgspec.structs.replace(status, n_users=users, n_devs=devices)

    def statuses(self) -> list[OmmStatus]:
        """The status of every OMM, by number."""
        return [self.status(omm) for omm in sorted(self._statuses)]

    def connected(self) -> set[OmmId]:
        """The OMMs that are connected."""
        statuses = self._statuses.values()
        return {status.id for status in statuses if status.state is OmmState.CONNECTED}

    def states(self) -> dict[str, int]:
        """How many OMMs are in each state that occurs."""
        return dict(Counter(status.state.value for status in self._statuses.values()))

    def subscribe(self, listener: Listener) -> BoardSubscription:
        """Tell ``listener`` the statuses that change, gathered, until it is stopped."""
        return BoardSubscription(self._listeners, listener)

    def close(self) -> None:
        """Tell nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._listeners.clear()

    def _tell(self) -> None:
        self._timer = None
        changed, self._changed = sorted(self._changed), set()
        statuses = [self.status(omm) for omm in changed]
        for listener in list(self._listeners.values()):
            try:
                listener(statuses)
            except Exception:  # noqa: BLE001 - one listener's bug must not silence the others
                self.log.failure("a listener of the status board failed")
