"""Jobs: portions in turn, a result for each record, an end in any case."""

from collections.abc import Sequence

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from mom.admin.errors import NotFound, Refused
from mom.admin.jobs import KEPT_SECONDS, MOST_KEPT, MOST_RUNNING, PORTION, JobBook, JobState, Result
from mom.model.account import AccountId
from mom.store.errors import NotStored

ANN, EVE = AccountId(2), AccountId(3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(clock: Clock) -> JobBook:
    return JobBook(clock, clock.seconds, lambda account: account == ANN)


async def odd(portion: Sequence[int]) -> list[Result]:
    return [Result(n, n % 2 == 1, "" if n % 2 else "even") for n in portion]


def test_portions_follow_one_another_with_everything_else_in_between(
    jobs: JobBook, clock: Clock
) -> None:
    told: list[int] = []
    order: list[str] = []

    async def work(portion: Sequence[int]) -> list[Result]:
        order.append(f"portion of {len(portion)}")
        clock.callLater(0, order.append, "something else")
        return await odd(portion)

    job = jobs.start("count", "ann", ANN, range(2 * PORTION + 1), work)
    jobs.listen(lambda: told.append(jobs.all()[0].done))
    assert (job.state, job.done, job.total) == (JobState.RUNNING, 0, 2 * PORTION + 1)
    clock.advance(0)
    full = [f"portion of {PORTION}", "something else"]
    assert order == [*full, *full, "portion of 1", "something else"]
    assert told == [PORTION, 2 * PORTION, 2 * PORTION + 1, 2 * PORTION + 1]
    now, results = jobs.get(job.id)
    assert (now.state, now.failed) == (JobState.DONE, PORTION + 1)
    assert results[:2] == [Result(0, False, "even"), Result(1, True)]


def test_a_cancelled_job_begins_no_further_portion_and_keeps_what_is_done(
    jobs: JobBook, clock: Clock
) -> None:
    waiting: list[Deferred[list[Result]]] = []

    def work(portion: Sequence[int]) -> "Deferred[list[Result]]":
        waiting.append(Deferred())
        return waiting[-1]

    job = jobs.start("wait", "ann", ANN, range(3 * PORTION), work)
    clock.advance(0)
    assert jobs.cancel(job.id).state is JobState.CANCELLED
    waiting[0].callback([Result(0, True)])
    clock.advance(0)
    assert len(waiting) == 1
    now, results = jobs.get(job.id)
    assert (now.state, len(results)) == (JobState.CANCELLED, 1)
    assert jobs.cancel(job.id).ended == now.ended


def test_the_end_of_mom_cancels_all(jobs: JobBook, clock: Clock) -> None:
    waiting: Deferred[list[Result]] = Deferred()
    job = jobs.start("wait", "ann", ANN, [1], lambda portion: waiting)
    clock.advance(0)
    jobs.stop()
    waiting.errback(ValueError("stopped"))
    clock.advance(0)
    assert jobs.get(job.id)[0].state is JobState.CANCELLED


def test_a_job_fails_when_the_database_takes_no_more(jobs: JobBook, clock: Clock) -> None:
    async def work(portion: Sequence[int]) -> list[Result]:
        if portion[0]:
            raise NotStored("the disk is full")
        return await odd(portion)

    job = jobs.start("count", "ann", ANN, range(3 * PORTION), work)
    for _ in range(4):
        clock.advance(0)
    now, results = jobs.get(job.id)
    assert (now.state, now.error, len(results)) == (JobState.FAILED, "the disk is full", PORTION)


@ensureDeferred
async def test_jobs_are_forgotten_an_hour_after_their_end_or_when_there_are_too_many(
    jobs: JobBook, clock: Clock
) -> None:
    first = jobs.start("count", "ann", ANN, [1], odd)
    clock.advance(0)
    clock.advance(0)
    clock.advance(KEPT_SECONDS + 1)
    assert jobs.all() == []
    with pytest.raises(NotFound):
        jobs.get(first.id)
    for _ in range(MOST_KEPT + 5):
        jobs.start("count", "ann", ANN, [1], odd)
        clock.advance(0)
        clock.advance(0)
    assert len(jobs.all()) == MOST_KEPT


def test_no_further_portion_is_begun_for_an_account_that_may_change_nothing_any_more(
    clock: Clock,
) -> None:
    allowed = {EVE}
    jobs = JobBook(clock, clock.seconds, lambda account: account in allowed)
    done: list[Sequence[int]] = []

    async def work(portion: Sequence[int]) -> list[Result]:
        done.append(portion)
        allowed.clear()
        return [Result(n, True) for n in portion]

    job = jobs.start("delete", "eve (token t)", EVE, range(3 * PORTION), work)
    clock.advance(0)
    now, results = jobs.get(job.id)
    assert (now.state, now.done, len(results)) == (JobState.FAILED, PORTION, PORTION)
    assert now.error == "eve (token t) may not change anything any more"
    assert len(done) == 1


def test_so_many_jobs_may_run_at_once_and_one_more_when_one_has_ended(
    jobs: JobBook, clock: Clock
) -> None:
    waiting: Deferred[list[Result]] = Deferred()
    started = [
        jobs.start("wait", "ann", ANN, [1], lambda portion: waiting) for _ in range(MOST_RUNNING)
    ]
    with pytest.raises(Refused, match=f"{MOST_RUNNING} jobs are under way"):
        jobs.start("wait", "ann", ANN, [1], odd)
    jobs.cancel(started[0].id)
    assert jobs.start("count", "ann", ANN, [1], odd).state is JobState.RUNNING
    jobs.stop()
