"""The ordered life of the service: parts start one after the other and stop in reverse.

Each step is awaited before the next one. Knows no part by name; what they are is the duty of
`mom.service`.
"""

import enum
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

import msgspec
from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred, maybeDeferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.clock import Clock

log = Logger(namespace="mom")
STOP_SECONDS = 10.0
"""Within this time everything has stopped, or is left behind with an error in the log."""

Action = Callable[[], Awaitable[object] | None]


class StartFailed(Exception):
    """A part did not start; the text names it and says why. What had started is stopped again."""


class Step(msgspec.Struct, frozen=True):
    """One part: how it starts, how it stops, and its name for people."""

    name: str
    start: Action
    stop: Action


class Sequencer:
    """Starts the steps in turn, and stops those that were started in reverse."""

    def __init__(self, steps: Sequence[Step], clock: Clock) -> None:
        self._steps = tuple(steps)
        self._clock = clock
        self._started: list[Step] = []

    async def start(self) -> None:
        """Start all; raises `StartFailed` (or `CancelledError`) after stopping what had started.

        Why a part did not start is logged, too, while there is a log.
        """
        for step in self._steps:
            self._started.append(step)
            try:
                await _run(step.start)
            except CancelledError:
                await self.stop()
                raise
            except Exception as error:
                refusal = StartFailed(f"{step.name} did not start: {error}")
                log.critical("{refusal}", refusal=refusal)
                await self.stop()
                raise refusal from error

    async def stop(self) -> None:
        """Stop what was started, a failed step included; a failure is logged and not in the way."""
        deadline = self._clock.seconds() + STOP_SECONDS
        while self._started:
            step = self._started.pop()
            stopping = _run(step.stop)
            seconds = max(0.1, deadline - self._clock.seconds())
            stopping.addTimeout(seconds, cast(IReactorTime, self._clock))
            with log.failuresHandled("{name} did not stop cleanly", name=step.name):
                await stopping


def _run(action: Action) -> Deferred[object]:
    async def awaited() -> object:
        result = action()
        return await result if result is not None else None

    return maybeDeferred(awaited)


class Ending:
    """The end of a process: asked for as often as one likes, it is begun once."""

    def __init__(self) -> None:
        self._begun = False

    def begin(self, end: Callable[[], object]) -> None:
        """Call `end` if nobody has begun to end the process yet."""
        if self._begun:
            log.info("MOM is stopping already")
            return
        self._begun = True
        end()


class _State(enum.Enum):
    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"


class RootService(Service):
    """The one service that twistd sees.

    `make_steps` is called at each start, so that start, stop, start works. `on_failed` is told a
    `StartFailed` or any other failure; the service is idle then.
    """

    name = "mom"

    def __init__(
        self,
        make_steps: Callable[[], Sequence[Step]],
        clock: Clock,
        on_failed: Callable[[Failure], None],
    ) -> None:
        self._make_steps = make_steps
        self._clock = clock
        self._on_failed = on_failed
        self._state = _State.IDLE
        self._sequencer = Sequencer((), clock)
        self._starting: Deferred[None] = succeed(None)

    def startService(self) -> None:
        """Begin to start; returns at once."""
        super().startService()  # type: ignore[no-untyped-call]
        self._state = _State.STARTING
        self._starting = ensureDeferred(self._start())
        self._starting.addErrback(self._failed)

    def stopService(self) -> Deferred[None]:
        """Stop; fires when all is stopped, or after `STOP_SECONDS`."""
        super().stopService()  # type: ignore[no-untyped-call]
        return ensureDeferred(self._stop())

    async def _start(self) -> None:
        self._sequencer = Sequencer(self._make_steps(), self._clock)
        await self._sequencer.start()
        self._state = _State.RUNNING

    def _failed(self, failure: Failure) -> None:
        self._state = _State.IDLE
        if not isinstance(failure.value, CancelledError):
            self._on_failed(failure)

    async def _stop(self) -> None:
        if self._state is _State.STARTING:
            self._starting.cancel()
            await self._starting
        self._state = _State.IDLE
        await self._sequencer.stop()
