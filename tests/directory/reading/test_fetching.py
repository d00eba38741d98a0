"""Asking an OMM for records that events told only in part."""

from collections.abc import Iterable
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import LinkLost, RequestRefused
from mom.directory.reading.fetching import MOST_ASKED, Fetches
from mom.model.copy import Noun


class Session:
    """A port that answers when the test says so, or fails at once if it is lost."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Deferred[Element]]] = []
        self.rows: list[Any] = []
        self.lost = False
        self.fetches = Fetches(self, self.push, self.absent)  # type: ignore[arg-type]

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        if self.lost:
            return fail(LinkLost(element.name))
        answer: Deferred[Element] = Deferred()
        self.asked.append((element.number("uid"), answer))
        return answer

    async def absent(self, row: Any) -> None:
        self.rows.append(row)

    def push(self, rows: Iterable[Any]) -> Deferred[None]:
        self.rows.extend(rows)
        return succeed(None)


def test_a_storm_of_events_asks_a_few_at_once_and_each_record_once() -> None:
    session = Session()
    done: list[object] = []
    for local in [*range(1, 1001), *range(500, 1001)]:
        session.fetches.fetch(Noun.USER, local).addCallback(done.append)
    assert len(session.asked) == MOST_ASKED
    for place in range(1000):
        local, answer = session.asked[place]
        answer.callback(make("GetPPUserResp", {}, make("user", {"uid": local})))
    assert [local for local, _ in session.asked] == list(range(1, 1001))
    assert (len(done), len(session.rows)) == (1501, 1000)
    assert session.fetches.idle


def test_what_is_not_there_is_told_as_missing() -> None:
    session = Session()
    session.fetches.fetch(Noun.USER, 7)
    refusal = RequestRefused("GetPPUser", make("GetPPUserResp", {"errCode": "ENoEnt"}))
    session.asked[0][1].errback(Failure(refusal))
    (row,) = session.rows
    assert (row.local, row.missing) == (7, True)


def test_a_link_that_is_lost_ends_all_that_waits() -> None:
    session = Session()
    done: list[object] = []
    for local in range(1, 10_001):
        session.fetches.fetch(Noun.USER, local).addCallback(done.append)
    session.lost = True
    for _, answer in list(session.asked):
        answer.errback(Failure(LinkLost("GetPPUser")))
    assert len(done) == 10_000
    assert session.fetches.idle


def test_after_the_end_nothing_is_asked_any_more() -> None:
    session = Session()
    waiting = session.fetches.fetch(Noun.USER, 1)
    for local in range(2, 100):
        session.fetches.fetch(Noun.USER, local)
    session.fetches.close()
    assert session.fetches.fetch(Noun.USER, 200).called
    session.asked[0][1].callback(make("GetPPUserResp"))
    assert waiting.called
    assert len(session.asked) == MOST_ASKED
