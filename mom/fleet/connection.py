"""The connection of one OMM: tries, sessions and waits, for as long as the record is enabled.

The states are in ``mom.fleet.machine``; this is what happens in them. This module must not know
what a session does.
"""

from collections.abc import Mapping

import msgspec
from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger

from mom.axi.clock import Timer
from mom.axi.element import make
from mom.fleet.configuring import Configurator
from mom.fleet.errors import Hindrance, MustAccept, NotConnected, Restarting, Unfit
from mom.fleet.health import Findings, rolled_up
from mom.fleet.machine import Effects, Steps, connection_machine
from mom.fleet.ports import Learned
from mom.fleet.retry import RetryPlan
from mom.fleet.session import Session
from mom.fleet.stages import begin
from mom.fleet.surroundings import Surroundings
from mom.fleet.tracing import AxiTrace
from mom.model.omm import Omm, OmmState, OmmStatus, Severity

SUBSYSTEM = "OMM"
"""The subsystem of the fleet's entries in the event log."""
_TRYING = frozenset({OmmState.CONNECTING, OmmState.OPENING, OmmState.CONFIGURING})
_SETTLED = frozenset({OmmState.CONNECTED, OmmState.DISABLED})
_CONFIGURABLE = frozenset({OmmState.CONFIGURING, OmmState.SYNCHRONISING, OmmState.CONNECTED})


class Connection:
    """One OMM record's connection. ``omm`` is the record with all that was learned so far."""

    log = Logger()

    def __init__(self, omm: Omm, surroundings: Surroundings) -> None:
        self.omm = omm
        self._around = surroundings
        self.configurator = Configurator(surroundings.clock.seconds, self._record_warning)
        options = surroundings.options
        self._retry = RetryPlan(options.reconnect_seconds, surroundings.random)
        self.trace = AxiTrace(surroundings.clock, surroundings.now, lambda: self.omm.name)
        self._session: Session | None = None
        self._endings: set[Deferred[object]] = set()
        self._timer: Timer | None = None
        self._cause: Hindrance | None = None
        self._recorded = ""
        self._told_profile = False
        self._status = OmmStatus(id=omm.id, since=int(surroundings.now()))
        self.steps: Steps = connection_machine(
            Effects(self._show, self._begin, self._drop, self._farewell, self._plan, self._unplan)
        )

    # What the fleet asks for.

    @property
    def status(self) -> OmmStatus:
        """The status as last published."""
        return self._status

    @property
    def address(self) -> str:
        """The address of the session under way; empty without one."""
        return self._session.address if self._session is not None else ""

    def publish(self) -> None:
        """Publish the status as it is."""
        self._around.publish(self._status)

    async def gone(self) -> None:
        """Wait until no link is left."""
        self.trace.stop()
        await DeferredList(list(self._endings))

    async def configure(self) -> None:
        """Make the settings that MOM wants now, if there is a session that got so far."""
        if self._session is not None and self._status.state in _CONFIGURABLE:
            await self._session.configure()

    async def update(self) -> None:
        """Tell the OMM to update itself.

        Raises ``NotConnected`` if it has no session, ``RequestFailed`` if it does not do so.
        """
        session = self._session
        if session is None or session.observation is None:
            raise NotConnected(f"OMM {self.omm.name} is not connected")
        await session.request(make("SoftwareUpdate"))
        session.observation.after_update()

    def switch_trace(self, minutes: int, by: str) -> None:
        """Write what is said on the link into the log for so many minutes; 0 = no more."""
        self.trace.switch(minutes, lambda: self._change({}))
        on = f"AXI trace on for {minutes} min by {by}"
        self._record(Severity.OK, on if minutes else f"AXI trace off by {by}")
        self._change({})

    # What a session tells.

    def learn(self, learned: Learned) -> None:
        """Take over what was learned and have it stored, if it is new."""
        before, self.omm = self.omm, learned.applied(self.omm)
        if self.omm is not before:
            self._around.records.learn(self.omm.id, learned)

    def progress(self, done: int, total: int) -> None:
        """Publish how far the reading is; nothing else follows from it."""
        if self._status.state is OmmState.SYNCHRONISING:
            self._status = msgspec.structs.replace(
                self._status, done=done, total=total, reason=f"{done} of {total}"
            )
            self.publish()

    def observed(self) -> None:
        """Publish what the session has seen."""
        self._note_profile()
        self._change({})

    def ended(self, session: Session, cause: Hindrance) -> None:
        """Take the end of the session, unless it is an old one."""
        if session is self._session:
            self.steps.failed(cause)

    # What the machine has done.

    def _show(self, state: OmmState, reason: str) -> None:
        if state is OmmState.CONNECTED:
            self._arrived()
        elif state is OmmState.DISABLED:
            self._cause, self._recorded = None, ""
            self._around.journal.forget(self.omm.id)
        if self._cause is not None and state in _TRYING:
            reason = str(self._cause)
        now = int(self._around.now())
        self._change(
            {
                "state": state,
                "reason": reason,
                "since": self._status.since if _alike(state, self._status.state) else now,
                "done": 0,
                "total": 0,
                "next_try": 0,
                "address": self.address,
            }
        )

    def _arrived(self) -> None:
        self._around.counters.connected += 1
        self._around.journal.connected(self.omm)
        self._retry.connected()
        self._cause = None
        self._note_profile()
        if self._recorded:
            self._recorded = ""
            self._record(Severity.OK, "connected again")

    def _begin(self) -> None:
        self._around.counters.tries += 1
        session = Session(self, self._around)
        self._session = session
        DeferredList(list(self._endings)).addCallback(lambda _: begin(session))

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._await(session.close())

    def _farewell(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._await(Deferred.fromCoroutine(session.farewell()))

    def _await(self, ending: Deferred[None]) -> None:
        """Keep an ending until it is over: the next session begins only then."""
        if ending.called:
            return
        waited: Deferred[object] = Deferred()
        self._endings.add(waited)

        def over(_: object) -> None:
            self._endings.discard(waited)
            waited.callback(None)

        ending.addBoth(over)

    def _plan(self, cause: Hindrance, was_connected: bool) -> None:
        self._cause = cause
        self._count(cause, was_connected)
        clock, now = self._around.clock, self._around.clock.seconds()
        quiet = self._retry.quiet(now)
        delay = self._retry.delay(cause, now, was_connected)
        next_try = 0
        if delay is not None:
            self._timer = clock.callLater(delay, self._due)
            next_try = int(self._around.now() + delay + 0.5)
        self._change({"next_try": next_try})
        if not quiet:
            self._around.journal.not_connected(self.omm, str(cause))
            if not isinstance(cause, Restarting):
                self._record_cause(cause)
        if isinstance(cause, MustAccept):
            self.learn(Learned(waiting_for=cause.waiting_for, seen=cause.seen))

    def _unplan(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _due(self) -> None:
        self._timer = None
        self.steps.due()

    # Status and event log.

    def _change(self, changes: Mapping[str, object]) -> None:
        """Publish the status with these fields changed, and with what is seen at this moment."""
        findings = self._findings()
        health, reasons = self._health(findings)
        self._status = msgspec.structs.replace(
            self._status,
            **changes,
            health=health,
            health_reasons=reasons,
            n_rfps=findings.rfps.configured or 0,
            n_rfps_connected=findings.rfps.connected or 0,
            clock_offset=findings.clock_offset,
            trace_until=self.trace.until,
        )
        self.publish()

    def _findings(self) -> Findings:
        session = self._session
        if session is None or session.observation is None:
            return Findings()
        notes = (*self.configurator.notes, *session.notes)
        return msgspec.structs.replace(
            session.observation.findings, notes=notes, missing=self.omm.missing
        )

    def _health(self, findings: Findings) -> tuple[Severity, tuple[str, ...]]:
        """The worst of connection and components."""
        if self._cause is not None:
            return self._cause.severity, (f"OMM not connected: {self._cause}",)
        return rolled_up(findings, self._around.options.clock_tolerance)

    def _count(self, cause: Hindrance, was_connected: bool) -> None:
        counters = self._around.counters
        counters.lost += was_connected
        counters.restarts += isinstance(cause, Restarting)
        counters.refused += isinstance(cause, Unfit)

    def _record_cause(self, cause: Hindrance) -> None:
        """One entry for each change of the reason; the event log counts what an OMM repeats."""
        text = str(cause)
        if text != self._recorded or isinstance(cause, Unfit):
            self._recorded = text
            self._record(cause.severity, f"not connected: {text}")

    def _note_profile(self) -> None:
        if self.configurator.without_profile and not self._told_profile:
            self._told_profile = True
            self._record_warning("roaming and central subscription not available")

    def _record_warning(self, text: str) -> None:
        self._record(Severity.WARNING, text)

    def _record(self, severity: Severity, text: str) -> None:
        self._around.recorder.record(severity, SUBSYSTEM, f"{self.omm.name}: {text}")


def _alike(one: OmmState, other: OmmState) -> bool:
    """Whether both are connected, disabled, or on the way to a connection."""
    return one is other or not {one, other} & _SETTLED
