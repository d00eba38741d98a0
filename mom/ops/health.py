"""The health board: asks every part how it is and tells who listens when that changes.

Knows no part beyond `Reporter`; a part that fails to answer is itself a finding.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from twisted.internet.defer import ensureDeferred
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer
from mom.model.omm import Severity
from mom.ports import Component, Reporter

CHECK_SECONDS = 30.0
"""How often what has to be measured is measured."""

Listener = Callable[[list[Component]], None]


@runtime_checkable
class Probe(Protocol):
    """A reporter that has to measure, which takes a moment; `snapshot` gives the last result."""

    async def check(self) -> None:
        """Measure now."""

    def snapshot(self) -> list[Component]:
        """What was found last."""


class HealthBoard:
    """Collects the health of all components, in the order in which reporters were added."""

    _log = Logger()

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reporters: list[Reporter] = []
        self._listeners: list[Listener] = []
        self._told: list[Component] = []
        self._timer: Timer | None = None
        self._running = False

    def add(self, reporter: Reporter) -> None:
        """Ask this part too, from now on."""
        self._reporters.append(reporter)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with all components when any has changed; returns what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def snapshot(self) -> list[Component]:
        """The health of all components at this moment."""
        return [component for reporter in self._reporters for component in self._ask(reporter)]

    def refresh(self) -> None:
        """Ask all, and tell the listeners if anything is other than when they were told last."""
        components = self.snapshot()
        if components != self._told:
            self._told = components
            for listener in tuple(self._listeners):
                with self._log.failuresHandled("A listener to health failed"):
                    listener(components)

    async def check(self) -> None:
        """Let all that measure do so, one after the other, and refresh."""
        for reporter in tuple(self._reporters):
            if isinstance(reporter, Probe):
                with self._log.failuresHandled("A health check failed"):
                    await reporter.check()
        self.refresh()

    async def start(self) -> None:
        """Check now and then regularly until `stop`."""
        self._running = True
        await self.check()
        self._check_later()

    def stop(self) -> None:
        """Check no more."""
        self._running = False
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _ask(self, reporter: Reporter) -> Sequence[Component]:
        try:
            return reporter.snapshot()
        except Exception:  # noqa: BLE001 - one part's mistake must not hide how the others are
            name = type(reporter).__name__
            self._log.failure("{reporter} cannot tell how it is", reporter=name)
            return [Component(name, Severity.ERROR, "It cannot tell how it is")]

    def _check_later(self) -> None:
        if self._running:
            self._timer = self._clock.callLater(CHECK_SECONDS, self._check_again)

    def _check_again(self) -> None:
        checked = ensureDeferred(self.check())
        checked.addErrback(lambda failure: self._log.failure("Checking health failed", failure))
        checked.addCallback(lambda _: self._check_later())
