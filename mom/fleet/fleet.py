"""The fleet: a connection for every OMM record, following the records as they change.

This module must not know what happens on a connection.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger

from mom.axi.clock import Clock
from mom.fleet.board import StatusBoard
from mom.fleet.connection import Connection
from mom.fleet.errors import NotConnected
from mom.fleet.figures import Counters, FleetFigures
from mom.fleet.journal import Journal
from mom.fleet.options import FleetOptions, Wishes
from mom.fleet.parks import ParkClaims
from mom.fleet.ports import Dialler, OmmChange, OmmRecords, Subscription, kept
from mom.fleet.surroundings import Surroundings
from mom.fleet.versions import SharedVersions
from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmState, OmmStatus
from mom.ports import Desk, Recorder, Switchboard


class Fleet:
    """All connections; it is the ``FleetPort`` of ``mom.ports``.

    ``clock`` counts time, ``now`` tells seconds since 1970, ``random`` gives numbers from 0 to 1,
    ``wishes`` tells what OMMs are to be set to at this moment.
    """

    log = Logger()

    def __init__(
        self,
        *,
        clock: Clock,
        now: Callable[[], float],
        random: Callable[[], float],
        desk: Desk,
        switchboard: Switchboard,
        records: OmmRecords,
        recorder: Recorder,
        dialler: Dialler,
        wishes: Callable[[], Wishes],
        options: FleetOptions,
    ) -> None:
        self.board = StatusBoard(clock, desk.counts)
        self._counters = Counters()
        self._claims = ParkClaims()
        self._journal = Journal(clock)
        self._records = records
        self._around = Surroundings(
            clock=clock,
            now=now,
            random=random,
            desk=desk,
            switchboard=switchboard,
            records=records,
            recorder=recorder,
            dialler=dialler,
            options=options,
            wishes=wishes,
            claims=self._claims,
            versions=SharedVersions(),
            counters=self._counters,
            journal=self._journal,
            publish=self.board.put,
        )
        self._connections: dict[OmmId, Connection] = {}
        self._leaving: set[Deferred[None]] = set()
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        """Take up all records and begin to connect the enabled ones."""
        self._subscription = self._records.subscribe(self._changed)
        for omm in await self._records.load():
            if omm.id not in self._connections:
                self._claim(omm)
                self._add(omm)

    async def stop(self) -> None:
        """Close all links, without giving control back, and wait until they are gone."""
        if self._subscription is not None:
            self._subscription.stop()
            self._subscription = None
        connections, self._connections = list(self._connections.values()), {}
        for connection in connections:
            connection.steps.halt()
        endings = [Deferred.fromCoroutine(connection.gone()) for connection in connections]
        await DeferredList([*endings, *self._leaving])
        await self._records.flush()
        self._journal.flush()
        self.board.close()

    # What pages, applications and commands ask for.

    def status(self, omm: OmmId) -> OmmStatus:
        """The status of one OMM; state ``disabled`` for one that is not known."""
        return self.board.status(omm)

    def statuses(self) -> list[OmmStatus]:
        """The status of every OMM, by number."""
        return self.board.statuses()

    def omms(self) -> list[Omm]:
        """The records as the fleet knows them, with what was learned a moment ago; by number."""
        return [self._connections[number].omm for number in sorted(self._connections)]

    def reconnect(self, omm: OmmId) -> None:
        """Drop the link, if there is one, and connect now; nothing for a disabled OMM."""
        connection = self._connections.get(omm)
        if connection is not None:
            connection.steps.reconnect()

    async def update(self, omm: OmmId) -> None:
        """Tell the OMM to update its software and configuration.

        Raises ``NotConnected`` if it has no session, ``RequestFailed`` if it does not do so.
        """
        connection = self._connections.get(omm)
        if connection is None:
            raise NotConnected(f"OMM {omm} is not known")
        await connection.update()

    def trace(self, omm: OmmId, minutes: int, by: str) -> None:
        """Write what is said with the OMM into the log for so many minutes; 0 = no more."""
        connection = self._connections.get(omm)
        if connection is not None:
            connection.switch_trace(minutes, by)

    def configure(self) -> None:
        """Make the settings again on all connected OMMs, after what MOM wants has changed."""
        for connection in list(self._connections.values()):
            work = Deferred.fromCoroutine(connection.configure())
            work.addErrback(lambda failure: self.log.failure("a setting was not made", failure))

    def figures(self) -> FleetFigures:
        """The counters of the fleet."""
        return self._counters.figures(self.board.states())

    # The records.

    def _changed(self, change: OmmChange) -> None:
        before, after = change.before, change.after
        omm = after if after is not None else before
        if omm is None:
            return
        connection = self._connections.get(omm.id)
        if after is None:
            self._remove(omm)
        elif connection is None:
            self._add(after)
        else:
            self._edit(connection, kept(connection.omm, before or after, after))

    def _add(self, omm: Omm) -> None:
        connection = Connection(omm, self._around)
        self._connections[omm.id] = connection
        connection.publish()
        if omm.enabled:
            connection.steps.enable()

    def _remove(self, omm: Omm) -> None:
        connection = self._connections.pop(omm.id, None)
        if connection is not None:
            connection.steps.disable()
            leaving = Deferred.fromCoroutine(connection.gone())
            self._leaving.add(leaving)
            leaving.addBoth(lambda _: self._leaving.discard(leaving))
        self._claims.release(omm.id)
        self.board.remove(omm.id)

    def _edit(self, connection: Connection, after: Omm) -> None:
        before, connection.omm = connection.omm, after
        if not after.enabled:
            connection.steps.disable()
            self._claims.release(after.id)
        elif not before.enabled:
            connection.steps.enable()
        elif _must_reconnect(connection, before, after):
            connection.steps.reconnect()
        elif before.missing != after.missing:
            connection.observed()

    def _claim(self, omm: Omm) -> None:
        if omm.enabled and omm.park and not omm.waiting_for:
            self._claims.claim(omm.park, omm.id)


def _must_reconnect(connection: Connection, before: Omm, after: Omm) -> bool:
    """Whether an edit is about what the link stands on, or accepts what was waited for."""
    if before.waiting_for and not after.waiting_for:
        return True
    access = ("port", "username", "password")
    if any(getattr(before, name) != getattr(after, name) for name in access):
        return True
    if before.addresses == after.addresses:
        return False
    waiting = connection.status.state is OmmState.WAITING
    return waiting or connection.address not in after.addresses
