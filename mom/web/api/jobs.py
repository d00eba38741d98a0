"""The jobs of the last hour: work on many records, with its progress."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from mom.admin.jobs import Job, JobBook, JobState, Result
from mom.web.call import Call
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.route import API, Access, Reply, route

T = TypeVar("T")


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it is shown in lists. Times are seconds since 1970, `ended` 0 = not yet.

    `done` of `total` records have been looked at, `failed` of which were refused.
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
    error: str


class WholeJobView(JobView, frozen=True, kw_only=True):
    """A job with what became of each record, in their order."""

    results: list[Result]


def job_view(job: Job) -> JobView:
    """A job as it is shown in lists."""
    return JobView(**msgspec.structs.asdict(job))


def begin(
    jobs: JobBook,
    call: Call,
    what: str,
    items: Sequence[T],
    work: Callable[[Sequence[T]], Awaitable[Sequence[Result]]],
) -> Reply:
    """Begin what was ordered; the answer is the job that does it, and where it can be followed."""
    job = jobs.start(what, call.by, call.signed_in.account.id, items, work)
    return Reply(body=job_view(job), headers={"location": f"{API}/jobs/{job.id}"})


class JobRoutes:
    """`/jobs`."""

    def __init__(self, *, jobs: JobBook) -> None:
        self._jobs = jobs

    async def views(self) -> list[JobView]:
        """All jobs by number."""
        return [job_view(job) for job in self._jobs.all()]

    @route(
        "GET",
        "/jobs",
        access=Access.READ,
        summary="The jobs of the last hour",
        query=ListQuery,
        answer=listing_of(JobView),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the jobs."""
        return query.select(await self.views())

    @route(
        "GET",
        "/jobs/<number:number>",
        access=Access.READ,
        summary="One job with a result per record",
        answer=WholeJobView,
    )
    async def one(self, call: Call, number: int) -> WholeJobView:
        """One job."""
        job, results = self._jobs.get(number)
        return WholeJobView(**msgspec.structs.asdict(job), results=results)

    @route(
        "DELETE",
        "/jobs/<number:number>",
        access=Access.WRITE,
        summary="Cancel a job: what is done stays done",
    )
    async def cancel(self, call: Call, number: int) -> None:
        """Cancel a job."""
        self._jobs.cancel(number)
