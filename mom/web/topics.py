"""The collections that browsers can follow live, and what makes each of them change."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from mom.admin.accounts import AccountBook
from mom.model.copy import Noun
from mom.model.setting import Suppression
from mom.ops.events import EventLog
from mom.web.api.accounts import account_view
from mom.web.api.jobs import JobRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.paging import Listing, ListQuery
from mom.web.records import Records
from mom.web.window import Topic

_ALL = frozenset({Suppression.ALL})
_RECORDS = frozenset({Suppression.ALL, Suppression.USERS_AND_DEVICES})


def topics(
    *,
    records: Records,
    omms: OmmRoutes,
    accounts: AccountBook,
    events: EventLog,
    jobs: JobRoutes,
) -> Mapping[str, Topic]:
    """The topics by name."""

    async def all_accounts() -> Sequence[msgspec.Struct]:
        return [account_view(account) for account in accounts.all()]

    both = frozenset({Noun.USER, Noun.DEVICE})
    return {
        "users": Topic(read=records.users, key="uid", nouns=both, held_by=_RECORDS),
        "devices": Topic(
            read=records.devices, key="ppn", nouns=frozenset({Noun.DEVICE}), held_by=_RECORDS
        ),
        "pairs": Topic(read=records.pairs, key="id", nouns=both, held_by=_RECORDS),
        "conference-rooms": Topic(
            read=records.rooms, key="id", nouns=frozenset({Noun.ROOM}), held_by=_ALL
        ),
        "roams": Topic(read=records.roams, key="id", nouns=frozenset({Noun.ROAM}), held_by=_ALL),
        "lines": Topic(read=records.decisions, key="id", nouns=both | {Noun.ROOM}, held_by=_ALL),
        "omms": Topic(
            read=selecting(omms.views),
            key="id",
            nouns=frozenset({Noun.OMM, Noun.STATUS}),
            held_by=_ALL,
        ),
        "accounts": Topic(
            read=selecting(all_accounts), key="id", nouns=frozenset({Noun.ACCOUNT}), held_by=_ALL
        ),
        "jobs": Topic(
            read=selecting(jobs.views), key="id", nouns=frozenset({Noun.JOB}), held_by=frozenset()
        ),
        "events": Topic(
            read=selecting(events.newest), key="id", nouns=frozenset({Noun.EVENT}), held_by=_ALL
        ),
    }


def selecting(
    rows: Callable[[], Awaitable[Sequence[msgspec.Struct]]],
) -> Callable[[ListQuery], Awaitable[Listing]]:
    """Reads pages of a collection that is in memory as a whole."""

    async def read(query: ListQuery) -> Listing:
        return query.select(await rows())

    return read
