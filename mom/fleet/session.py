"""One session with one OMM, from the first address to the end of the link.

It is the ``OmmPort`` that the desk talks through. Its sequence: get in, learn who the OMM is,
listen, make the settings, have everything read, follow. Events go to the desk in byte order with
the answers. This module must not know when the next session is tried.
"""

from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import LinkLost, RequestFailed
from mom.axi.mom_profile import ControlState, mom_control
from mom.axi.session import StandbyState
from mom.fleet.configuring import Configurator
from mom.fleet.entry import enter, learn_standby
from mom.fleet.errors import Broken, Hindrance, MustAccept, NotConnected, Unreachable
from mom.fleet.link import OmmLink
from mom.fleet.listening import listen
from mom.fleet.machine import Steps
from mom.fleet.observation import Observation
from mom.fleet.opening import learn_facts
from mom.fleet.ports import Learned
from mom.fleet.settings import SETTING_EVENTS, identity, wanted
from mom.fleet.surroundings import Surroundings
from mom.fleet.trust import PARK
from mom.model.omm import Omm
from mom.ports import ReadingResult, SessionFacts, Sitting


class Host(Protocol):
    """The connection that a session belongs to."""

    steps: Steps
    omm: Omm
    configurator: Configurator

    def learn(self, learned: Learned) -> None:
        """Take what the session taught about the OMM."""

    def progress(self, done: int, total: int) -> None:
        """Take how far the reading is."""

    def observed(self) -> None:
        """The observation of the session has changed."""

    def ended(self, session: "Session", cause: Hindrance) -> None:
        """The session is over, for this cause."""


class Session:
    """One try, and the session it comes to."""

    log = Logger()

    def __init__(self, host: Host, surroundings: Surroundings) -> None:
        self._host = host
        self._around = surroundings
        self._link: OmmLink | None = None
        self._dialling: Deferred[str] | None = None
        self._sitting: Sitting | None = None
        self._facts: SessionFacts | None = None
        self.closed = False
        self.observation: Observation | None = None
        self.steps = host.steps
        self.address = ""

    # The port of the desk.

    @property
    def omm(self) -> Omm:
        """The record of the OMM as it is now."""
        return self._host.omm

    @property
    def facts(self) -> SessionFacts:
        """What the OMM told about itself; raises ``NotConnected`` before it did."""
        if self._facts is None:
            raise NotConnected("the OMM has not told who it is yet")
        return self._facts

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        """Send a request; see ``mom.ports.OmmPort.request``."""
        if self._link is None:
            raise NotConnected(f"{element.name}: there is no link to the OMM")
        return self._link.request(element, timeout)

    def hold(self) -> None:
        """Stop reading from the OMM until ``release``."""
        if self._link is not None:
            self._link.hold()

    def release(self) -> None:
        """Read from the OMM again."""
        if self._link is not None:
            self._link.release()

    # The door that is entered.

    def new_link(self, address: str) -> OmmLink:
        """Make the link to the next address."""

        def ended(reason: str) -> None:
            if self._link is link:
                self._finish(Unreachable(reason))

        options = self._around.options
        link = OmmLink(self._around.clock, self._take, ended, options.request_timeout_seconds)
        self._link, self.address = link, address
        return link

    def leave_link(self) -> None:
        """Give up the present link."""
        link, self._link = self._link, None
        if link is not None:
            link.shut(self._around.options.farewell_seconds)

    def dialling(self, attempt: Deferred[str]) -> Deferred[str]:
        """Remember the attempt, so that closing the session cancels it."""
        self._dialling = attempt
        return attempt

    def learn(self, learned: Learned) -> None:
        """Hand on what was learned, unless the session is over."""
        if not self.closed:
            self._host.learn(learned)

    # The life of the session.

    def start(self) -> None:
        """Begin, unless it was closed before."""
        if not self.closed:
            Deferred.fromCoroutine(self._run())

    def close(self) -> Deferred[None]:
        """End the session; the Deferred fires when its link is gone. Nothing is told any more."""
        self.closed = True
        if self.observation is not None:
            self.observation.stop()
        if self._sitting is not None:
            self._sitting.close()
            self._sitting = None
        if self._dialling is not None:
            self._dialling.cancel()
        link = self._link
        return succeed(None) if link is None else link.shut(self._around.options.farewell_seconds)

    async def farewell(self) -> None:
        """Give control back to the OMM, then end the session."""
        link = self._link
        if link is not None and self._facts is not None and not self.closed:
            self.closed = True
            back = mom_control(ControlState.DISABLED, self._around.wishes().mom_name)
            try:
                await link.request(back, self._around.options.farewell_seconds)
            except RequestFailed as failure:
                self.log.info(
                    "{omm}: control not given back: {why}", omm=self.omm.name, why=failure
                )
        await self.close()

    async def configure(self) -> None:
        """Make the settings that MOM wants now; may end the session to let the OMM restart."""
        host = self._host
        try:
            wishes = self._around.wishes()
            await host.configurator.restart_if_needed(self.request, identity(wishes))
            await host.configurator.make(self.request, wanted(wishes))
        except LinkLost:
            return
        except (RequestFailed, Hindrance) as failure:
            self._finish(_as_hindrance(failure))
        host.observed()

    async def _run(self) -> None:
        try:
            await self._live()
        except LinkLost as lost:
            self._finish(Unreachable(f"connection lost ({lost.reason.rstrip('.')})"))
        except (RequestFailed, Hindrance) as failure:
            self._finish(_as_hindrance(failure))
        except Exception:  # noqa: BLE001 - a bug in one session must leave the OMM to be tried again
            if not self.closed:
                self.log.failure("the session with {omm} failed", omm=self.omm.name)
            self._finish(Broken())

    async def _live(self) -> None:
        around, host = self._around, self._host
        entrance = await enter(self, lambda: self.omm, around.dialler, around.options)
        facts = await learn_facts(self.request, entrance.response, around.now)
        facts = msgspec.structs.replace(facts, versions=around.versions.shared(facts.versions))
        self._identify(facts)
        learn_standby(self, self.omm, entrance.response.omm_stb_addr)
        self._facts = facts
        self.observation = Observation(
            entrance.link, around, facts.clock_offset, host.observed, self._recheck
        )
        self.steps.opened()
        await self._prepare()
        self.steps.configured()
        self.observation.start()
        await self._read()

    async def _prepare(self) -> None:
        """Settings that restart the OMM first; then listen, then all other settings."""
        configurator, wishes = self._host.configurator, self._around.wishes()
        configurator.begin()
        await configurator.restart_if_needed(self.request, identity(wishes))
        self._sitting = self._around.desk.open(self)
        refused = await listen(self.request)
        if refused:
            names = ", ".join(sorted(refused))
            self.log.info("{omm}: no events of {names}", omm=self.omm.name, names=names)
        await configurator.make(self.request, wanted(wishes))
        profile = not configurator.without_profile
        self._facts = msgspec.structs.replace(self.facts, profile=profile)

    async def _read(self) -> None:
        sitting = self._sitting
        if sitting is None:
            return
        began = self._around.clock.seconds()
        result: ReadingResult = await sitting.read(self._host.progress)
        if self.closed:
            return
        seconds = self._around.clock.seconds() - began
        self._around.counters.synchronised(seconds)
        now = int(self._around.now())
        self.learn(
            Learned(last_sync=now, last_sync_seconds=round(seconds, 3), missing=result.missing)
        )
        self.steps.read()
        sitting.follow()

    def _identify(self, facts: SessionFacts) -> None:
        """Make sure that this is the OMM of the record, and no other record's."""
        omm = self.omm
        holder = self._around.claims.claim(facts.park, omm.id)
        if holder != omm.id:
            text = (
                f"PARK {facts.park} belongs to OMM {holder:04d} already; accept it or disable one"
            )
            raise MustAccept(PARK, facts.park, text)
        if omm.park and omm.park != facts.park:
            self._around.claims.release(omm.id)
            text = f"PARK {facts.park} instead of {omm.park}; accept it if the OMM was replaced"
            raise MustAccept(PARK, facts.park, text)
        self.learn(
            Learned(
                park=facts.park,
                omm_version=facts.omm_version,
                protocol_version=facts.protocol_version,
                waiting_for="",
                seen="",
            )
        )

    def _take(self, event: Element) -> None:
        if self.closed or self.observation is None:
            return
        try:
            self.observation.take(event)
        except Hindrance as hindrance:
            self._finish(hindrance)
            return
        if event.name == "EventStbStateChange":
            learn_standby(self, self.omm, StandbyState.from_element(event).address)
        if event.name in SETTING_EVENTS:
            Deferred.fromCoroutine(self._restore(event)).addErrback(self._log_failure)
        if self._sitting is not None:
            self._sitting.take(event)

    async def _restore(self, event: Element) -> None:
        """Put back a setting that was changed on the OMM."""
        wishes = self._around.wishes()
        try:
            await self._host.configurator.restore(self.request, event, wanted(wishes))
        except LinkLost:
            return
        except RequestFailed as failure:
            self._finish(_as_hindrance(failure))
        self._host.observed()

    async def _recheck(self) -> None:
        """Once in a health round: make again what the OMM had changed back."""
        if self._host.configurator.outstanding:
            await self.configure()

    def _log_failure(self, failure: Failure) -> None:
        self.log.failure("working on {omm} failed", failure, omm=self.omm.name)

    def _finish(self, cause: Hindrance) -> None:
        if not self.closed:
            self._host.ended(self, cause)


def _as_hindrance(failure: RequestFailed | Hindrance) -> Hindrance:
    return failure if isinstance(failure, Hindrance) else Unreachable(str(failure))
