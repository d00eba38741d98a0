"""Work on many records that takes a while: done in portions, told as it goes on, cancelled at will.

A job lives in memory only: what its portions have done is stored, the job itself is forgotten an
hour after its end, and when MOM ends. Knows neither pages nor records.
"""

import enum
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import CooperativeTask, Cooperator
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.admin.errors import NotFound, Refused
from mom.axi.clock import Clock
from mom.model.account import AccountId
from mom.store.errors import StoreError

PORTION = 200
"""Records in one portion, after which everything else has its turn."""
KEPT_SECONDS = 3600
"""How long a job that has ended is remembered."""
MOST_RUNNING = 20
"""Jobs at the same time: each may hold a file of 16 MiB."""
MOST_KEPT = 100
"""Jobs that are remembered at most."""

T = TypeVar("T")


class JobState(enum.Enum):
    """Where a job stands. One of whose records some were refused is done all the same."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Result(msgspec.Struct, frozen=True):
    """What became of one record: its number, or the line of a file; `error` says why not."""

    id: int
    ok: bool
    error: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job at one moment. Times are seconds since 1970, `ended` 0 = not yet.

    `failed` counts the records that were refused; `error` is why a job failed as a whole.
    """

    id: int
    what: str
    by: str
    state: JobState
    done: int
    failed: int
    total: int
    started: int
    ended: int
    error: str = ""


class _Run:
    """One job as it runs."""

    def __init__(self, job: Job, account: AccountId) -> None:
        self.job = job
        self.account = account
        self.results: list[Result] = []
        self.task: CooperativeTask[Iterator[Deferred[None]]] | None = None

    @property
    def is_running(self) -> bool:
        return self.job.state is JobState.RUNNING

    def now(self, **changes: Any) -> None:
        self.job = msgspec.structs.replace(self.job, **changes)


class JobBook:
    """The jobs of the last hour. `clock` gives the turns, `now` seconds since 1970.

    `may_change` tells whether an account may still change anything: no further portion is begun for
    one that may not.
    """

    _log = Logger()

    def __init__(
        self, clock: Clock, now: Callable[[], float], may_change: Callable[[AccountId], bool]
    ) -> None:
        self._now = now
        self._may_change = may_change
        self._runs: dict[int, _Run] = {}
        self._last = 0
        self._listeners: list[Callable[[], None]] = []
        self._cooperator = Cooperator(
            terminationPredicateFactory=lambda: lambda: True,
            scheduler=lambda call: cast(IDelayedCall, clock.callLater(0, call)),
        )

    def start(
        self,
        what: str,
        by: str,
        account: AccountId,
        items: Sequence[T],
        work: Callable[[Sequence[T]], Awaitable[Sequence[Result]]],
    ) -> Job:
        """Begin a job: `work` is called with portion after portion of `items`.

        `what` says in words what is done, `by` who wants it, with which `account`. Raises `Refused`
        if there are too many already.
        """
        self._forget()
        if sum(run.is_running for run in self._runs.values()) >= MOST_RUNNING:
            most = f"{MOST_RUNNING} jobs are under way; wait for one of them, or cancel one"
            raise Refused("ENoMem", most)
        self._last += 1
        job = Job(
            id=self._last,
            what=what,
            by=by,
            state=JobState.RUNNING,
            done=0,
            failed=0,
            total=len(items),
            started=int(self._now()),
            ended=0,
        )
        run = self._runs[job.id] = _Run(job, account)
        run.task = self._cooperator.cooperate(self._steps(run, items, work))
        self._tell()
        return job

    def all(self) -> list[Job]:
        """All jobs that are remembered, by number."""
        self._forget()
        return [run.job for run in self._runs.values()]

    def get(self, number: int) -> tuple[Job, list[Result]]:
        """A job and its results so far. Raises `NotFound`."""
        run = self._find(number)
        return run.job, list(run.results)

    def cancel(self, number: int) -> Job:
        """Begin no further portion; one that has ended stays as it is. Raises `NotFound`."""
        run = self._find(number)
        if run.is_running:
            self._end(run, JobState.CANCELLED)
        return run.job

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener()` after each portion; returns what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def stop(self) -> None:
        """Cancel all: MOM ends."""
        for run in self._runs.values():
            if run.is_running:
                self._end(run, JobState.CANCELLED)

    def _steps(
        self,
        run: _Run,
        items: Sequence[T],
        work: Callable[[Sequence[T]], Awaitable[Sequence[Result]]],
    ) -> "Iterator[Deferred[None]]":
        for start in range(0, len(items), PORTION):
            if run.is_running and not self._may_change(run.account):
                self._end(run, JobState.FAILED, f"{run.job.by} may not change anything any more")
            if run.is_running:
                portion = self._portion(run, items[start : start + PORTION], work)
                yield ensureDeferred(portion).addErrback(self._broken, run)
        if run.is_running:
            self._end(run, JobState.DONE)

    async def _portion(
        self,
        run: _Run,
        items: Sequence[T],
        work: Callable[[Sequence[T]], Awaitable[Sequence[Result]]],
    ) -> None:
        results = await work(items)
        run.results += results
        failed = run.job.failed + sum(not result.ok for result in results)
        run.now(done=len(run.results), failed=failed)
        self._tell()

    def _broken(self, failure: Failure, run: _Run) -> None:
        """A portion was not done; if nobody cancelled the job, that is its end."""
        if not run.is_running:
            self._log.info("{what} ended: {why}", what=run.job.what, why=str(failure.value))
        elif isinstance(failure.value, StoreError):
            self._end(run, JobState.FAILED, str(failure.value))
        else:
            self._log.failure("{what} failed", failure, what=run.job.what)
            self._end(run, JobState.FAILED, "Something went wrong in MOM; its log says what")

    def _end(self, run: _Run, state: JobState, error: str = "") -> None:
        run.now(state=state, error=error, ended=int(self._now()))
        task, run.task = run.task, None
        if task is not None and state is JobState.CANCELLED:
            task.stop()
        self._tell()

    def _find(self, number: int) -> _Run:
        self._forget()
        if number not in self._runs:
            raise NotFound(f"job {number}")
        return self._runs[number]

    def _forget(self) -> None:
        ended = [number for number, run in self._runs.items() if not run.is_running]
        before = self._now() - KEPT_SECONDS
        surplus = len(self._runs) - MOST_KEPT
        for place, number in enumerate(ended):
            if place < surplus or self._runs[number].job.ended < before:
                del self._runs[number]

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            with self._log.failuresHandled("A listener to the jobs failed"):
                listener()
