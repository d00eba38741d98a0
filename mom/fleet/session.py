"""One session with one OMM: its link, its events, its end.

It is the ``OmmPort`` that the desk talks through, and the ``OmmWire`` of the switchboard; events go
to both in byte order with the answers. What is done in which order is in ``mom.fleet.stages``. This
module must not know when the next session is tried.
"""

from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element
from mom.axi.errors import LinkLost, RequestFailed
from mom.axi.mom_profile import ControlState, mom_control
from mom.axi.session import StandbyState
from mom.fleet.configuring import Configurator
from mom.fleet.entry import learn_standby
from mom.fleet.errors import GivenUp, Hindrance, NotConnected, Unreachable
from mom.fleet.link import OmmLink, lost_in_words
from mom.fleet.machine import Steps
from mom.fleet.observation import Observation
from mom.fleet.ports import Learned
from mom.fleet.settings import SETTING_EVENTS, differs_in, identity, wanted
from mom.fleet.surroundings import Surroundings
from mom.fleet.tracing import AxiTrace
from mom.model.omm import Omm
from mom.ports import Line, SessionFacts, Sitting


class Host(Protocol):
    """The connection that a session belongs to."""

    steps: Steps
    omm: Omm
    configurator: Configurator
    trace: AxiTrace

    def learn(self, learned: Learned) -> None:
        """Take what the session taught about the OMM."""

    def progress(self, done: int, total: int) -> None:
        """Take how far the reading is."""

    def observed(self) -> None:
        """The observation of the session has changed."""

    def ended(self, session: "Session", cause: Hindrance) -> None:
        """The session is over, for this cause."""


class Session:
    """One try, and the session it comes to.

    Nothing is told to the host any more once it is ``closed``.
    """

    log = Logger()

    def __init__(self, host: Host, surroundings: Surroundings) -> None:
        self.host = host
        self.around = surroundings
        self._link: OmmLink | None = None
        self._dialling: Deferred[str] | None = None
        self._sitting: Sitting | None = None
        self._line: Line | None = None
        self._facts: SessionFacts | None = None
        self.closed = False
        self.observation: Observation | None = None
        self.steps = host.steps
        self.address = ""

    # The port of the desk.

    @property
    def omm(self) -> Omm:
        """The record of the OMM as it is now."""
        return self.host.omm

    @property
    def facts(self) -> SessionFacts:
        """What the OMM told about itself; raises ``NotConnected`` before it did."""
        if self._facts is None:
            raise NotConnected("the OMM has not told who it is yet")
        return self._facts

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        """Send a request; see ``mom.ports.OmmPort.request``."""
        if self._link is None or self.closed:
            return fail(LinkLost(element.name))
        return self._link.request(element, timeout)

    @property
    def unsent(self) -> int:
        """About how many bytes wait to leave; see ``mom.ports.OmmWire``."""
        return self._link.unsent if self._link is not None else 0

    def hold(self) -> None:
        """Stop reading from the OMM until ``release``."""
        if self._link is not None:
            self._link.hold()

    def release(self) -> None:
        """Read from the OMM again."""
        if self._link is not None:
            self._link.release()

    def give_up(self, why: str) -> None:
        """End the session; see ``mom.ports.OmmPort.give_up``."""
        self.finish(GivenUp(why))

    # The door that is entered.

    def new_link(self, address: str) -> OmmLink:
        """Make the link to the next address."""

        def ended(reason: str) -> None:
            if self._link is link:
                self.finish(Unreachable(reason))

        options = self.around.options
        link = OmmLink(
            self.around.clock, self._take, ended, options.request_timeout_seconds, self.host.trace
        )
        self._link, self.address = link, address
        return link

    def leave_link(self) -> None:
        """Give up the present link."""
        link, self._link = self._link, None
        if link is not None:
            link.shut(self.around.options.farewell_seconds)

    def dialling(self, attempt: Deferred[str]) -> Deferred[str]:
        """Remember the attempt, so that closing the session cancels it."""
        self._dialling = attempt
        return attempt

    def learn(self, learned: Learned) -> None:
        """Hand on what was learned, unless the session is over."""
        if not self.closed:
            self.host.learn(learned)

    # The life of the session.

    def close(self) -> Deferred[None]:
        """End the session; the Deferred fires when its link is gone. Nothing is told any more."""
        self.closed = True
        if self.observation is not None:
            self.observation.stop()
        if self._sitting is not None:
            self._sitting.close()
            self._sitting = None
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._dialling is not None:
            self._dialling.cancel()
        link = self._link
        return succeed(None) if link is None else link.shut(self.around.options.farewell_seconds)

    async def farewell(self) -> None:
        """Give control back to the OMM, then end the session."""
        link = self._link
        if link is not None and self._facts is not None and not self.closed:
            self.closed = True
            back = mom_control(ControlState.DISABLED, self.around.wishes().mom_name)
            try:
                await link.request(back, self.around.options.farewell_seconds)
            except RequestFailed as failure:
                self.log.info(
                    "{omm}: control not given back: {why}", omm=self.omm.name, why=failure
                )
        await self.close()

    def introduce(self, facts: SessionFacts, link: OmmLink) -> None:
        """The OMM has told who it is: from now on it is observed."""
        self._facts = facts
        self.observation = Observation(
            link, self.around, facts.clock_offset, self.host.observed, self._recheck
        )

    def observe(self) -> None:
        """Ask for health and clock from now on."""
        if self.observation is not None:
            self.observation.start()

    def told_profile(self, profile: bool) -> None:
        """Note whether the OMM takes the messages of a MOM."""
        self._facts = msgspec.structs.replace(self.facts, profile=profile)

    def sit(self) -> Sitting:
        """Open the desk and the line to the switchboard: from now on events go there."""
        self._sitting = self.around.desk.open(self)
        self._line = self.around.switchboard.open(self)
        return self._sitting

    @property
    def notes(self) -> tuple[str, ...]:
        """What the desk cannot bring to the OMM, in words."""
        return self._sitting.notes if self._sitting is not None else ()

    def finish(self, cause: Hindrance | RequestFailed) -> None:
        """The session is over for this cause, unless it was over before."""
        if self.closed:
            return
        if isinstance(cause, LinkLost):
            cause = Unreachable(lost_in_words(cause.reason))
        elif isinstance(cause, RequestFailed):
            cause = Unreachable(str(cause))
        self.host.ended(self, cause)

    async def configure(self) -> None:
        """Make the settings that MOM wants now; may end the session to let the OMM restart."""
        host = self.host
        wishes = self.around.wishes()
        try:
            await host.configurator.restart_if_needed(self.request, identity(wishes))
            await host.configurator.make(self.request, wanted(wishes))
        except LinkLost:
            return
        except (RequestFailed, Hindrance) as failure:
            self.finish(failure)
        host.observed()

    def _take(self, event: Element) -> None:
        if self.closed or self.observation is None:
            return
        try:
            self.observation.take(event)
        except Hindrance as hindrance:
            self.finish(hindrance)
            return
        if event.name == "EventStbStateChange":
            learn_standby(self, self.omm, StandbyState.from_element(event).address)
        if event.name in SETTING_EVENTS and differs_in(event, wanted(self.around.wishes())):
            Deferred.fromCoroutine(self._restore(event)).addErrback(self._log_failure)
        if self._sitting is not None:
            self._sitting.take(event)
        if self._line is not None:
            self._line.take(event)

    async def _restore(self, event: Element) -> None:
        """Put back a setting that was changed on the OMM."""
        wishes = self.around.wishes()
        try:
            await self.host.configurator.restore(self.request, event, wanted(wishes))
        except LinkLost:
            return
        except RequestFailed as failure:
            self.finish(failure)
        self.host.observed()

    async def _recheck(self) -> None:
        """Once in a health round: make again what the OMM changed back, or would soon end."""
        if self.host.configurator.is_due(wanted(self.around.wishes())):
            await self.configure()

    def _log_failure(self, failure: Failure) -> None:
        self.log.failure("working on {omm} failed", failure, omm=self.omm.name)
