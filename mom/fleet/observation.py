"""What is seen of an OMM while its session lasts: components, base stations, clock, permissions.

This module must not know what the desk does with the same events.
"""

from collections.abc import Awaitable, Callable

import msgspec

from mom.axi.element import Element, make
from mom.axi.session import RfpSummary, health_entries, permissions
from mom.fleet.exchange import ask, ask_all
from mom.fleet.health import Findings, merged
from mom.fleet.link import OmmLink
from mom.fleet.opening import check_access, clock_offset, ping
from mom.fleet.surroundings import Surroundings
from mom.fleet.watch import Watch


class Observation:
    """Keeps the findings of one session up to date; ``changed`` is told of each change.

    ``recheck`` runs in each round of health, once a minute.
    """

    def __init__(
        self,
        link: OmmLink,
        surroundings: Surroundings,
        offset: float,
        changed: Callable[[], None],
        recheck: Callable[[], Awaitable[None]],
    ) -> None:
        self._link = link
        self._around = surroundings
        self._changed = changed
        self._recheck = recheck
        self._watch = Watch(
            surroundings.clock, link, surroundings.options, self._ask_health, self._ask_time
        )
        self.findings = Findings(clock_offset=offset)

    def start(self) -> None:
        """Ask for the health now and from then on."""
        self._watch.start()

    def stop(self) -> None:
        """Ask no more."""
        self._watch.stop()

    def after_update(self) -> None:
        """The OMM updates itself: look again soon."""
        self._watch.health_in(self._around.options.health_after_update_seconds)

    def take(self, event: Element) -> None:
        """Take an event; raises ``NoFullAccess`` if the account lost its rights."""
        if event.name == "EventRFPSummary":
            self._update(rfps=self.findings.rfps.updated(RfpSummary.from_element(event)))
        elif event.name == "EventHealthState":
            self._update(entries=merged(self.findings.entries, health_entries(event)))
        elif event.name == "EventPermissionChange":
            check_access(permissions(event))

    def _update(self, **changes: object) -> None:
        findings = msgspec.structs.replace(self.findings, **changes)
        if findings != self.findings:
            self.findings = findings
            self._changed()

    async def _ask_health(self) -> None:
        questions = [make("GetHealthState"), make("GetRFPSummary")]
        health, rfps = await ask_all(self._link.request, questions)
        changes: dict[str, object] = {}
        if isinstance(health, Element):
            changes["entries"] = health_entries(health)
        if isinstance(rfps, Element):
            changes["rfps"] = RfpSummary.from_element(rfps)
        self._update(**changes)
        await self._recheck()

    async def _ask_time(self) -> None:
        answer = await ask(self._link.request, ping(self._around.now()))
        offset = clock_offset(answer, self._around.now()) if answer is not None else None
        if offset is not None:
            self._update(clock_offset=offset)
