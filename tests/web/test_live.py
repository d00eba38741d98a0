"""Windows that browsers follow: what is sent when, and to whom."""

from typing import Any

import msgspec
import pytest
from twisted.internet.task import Clock

from mom.model.copy import Noun
from mom.model.setting import Suppression
from mom.store.changes import Change, ChangeFeed, Many
from mom.web.live import LiveHub
from mom.web.paging import Listing, ListQuery
from mom.web.window import Client, Topic
from tests.conftest import LoggedErrors


class Row(msgspec.Struct, frozen=True):
    id: int
    name: str


class Totals(msgspec.Struct, frozen=True):
    now: float
    users: int


class Screen:
    """A link that keeps what it was sent."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.closed = ""
        self.pings = 0

    def send(self, message: bytes) -> None:
        self.got.append(msgspec.json.decode(message))

    def ping(self) -> None:
        self.pings += 1

    def close(self, reason: str) -> None:
        self.closed = reason

    def take(self) -> list[Any]:
        got, self.got = self.got, []
        return got


class Theatre:
    def __init__(self) -> None:
        self.clock = Clock()
        self.rows = {1: "a", 2: "b"}
        self.readings = 0
        self.suppression = Suppression.OFF
        self.open = {"s1", "s2"}
        self.failure: Exception | None = None
        users = Topic(
            read=self.read,
            key="id",
            nouns=frozenset({Noun.USER}),
            held_by=frozenset({Suppression.ALL, Suppression.USERS_AND_DEVICES}),
        )
        self.hub = LiveHub(
            clock=self.clock,
            topics={"users": users},
            status=lambda: Totals(self.clock.seconds(), len(self.rows)),
            suppression=lambda: self.suppression,
            is_open=self.open.__contains__,
        )
        self.feed = ChangeFeed()
        self.feed.subscribe(self.hub.committed)

    async def read(self, query: ListQuery) -> Listing:
        self.readings += 1
        if self.failure is not None:
            raise self.failure
        return query.select([Row(number, name) for number, name in sorted(self.rows.items())])

    def visit(self, session: str = "s1", **query: Any) -> tuple[Screen, Client]:
        screen = Screen()
        client = self.hub.join(screen, session)
        order = {"subscribe": "users", "query": query}
        self.hub.take(client, msgspec.json.encode(order))
        self.clock.advance(0.5)
        return screen, client

    def change(self, number: int, name: str | None) -> None:
        if name is None:
            del self.rows[number]
        else:
            self.rows[number] = name
        self.feed.publish([Change(Noun.USER, number, None, None)])


@pytest.fixture
def theatre() -> Theatre:
    return Theatre()


def test_a_browser_is_sent_status_unasked_and_the_window_it_asks_for(theatre: Theatre) -> None:
    screen, _ = theatre.visit()
    status, window = screen.take()
    assert (status["topic"], status["users"]) == ("status", 2)
    assert window == {
        "topic": "users",
        "changed": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
        "order": [1, 2],
        "total": 2,
    }


@pytest.mark.feature("F111")
def test_a_change_elsewhere_sends_what_differs(theatre: Theatre) -> None:
    screen, _ = theatre.visit()
    screen.take()
    theatre.change(2, "B")
    theatre.clock.advance(0.5)
    changed = {"topic": "users", "changed": [{"id": 2, "name": "B"}], "total": 2}
    assert screen.take() == [changed]
    theatre.change(1, None)
    theatre.clock.advance(0.5)
    status, gone = screen.take()
    assert status["users"] == 1
    assert gone == {"topic": "users", "changed": [], "order": [2], "total": 1}


def test_a_change_outside_of_the_window_sends_nothing(theatre: Theatre) -> None:
    screen, _ = theatre.visit(limit=1)
    screen.take()
    theatre.change(2, "B")
    theatre.feed.publish([Change(Noun.DEVICE, 1, None, None)])
    theatre.clock.advance(0.5)
    assert screen.take() == []


def test_many_changes_are_read_at_most_twice_a_second_and_once_for_all(theatre: Theatre) -> None:
    screens = [theatre.visit(session)[0] for session in ("s1", "s2", "s1")]
    theatre.visit(limit=1)
    theatre.readings = 0
    for step in range(40):
        theatre.change(2, f"name {step}")
        theatre.clock.advance(0.05)
    assert theatre.readings <= 2 * 5
    theatre.clock.advance(0.5)
    for screen in screens:
        assert screen.take()[-1]["changed"] == [{"id": 2, "name": "name 39"}]


def test_ten_browsers_at_the_same_window_share_one_reading(theatre: Theatre) -> None:
    screens = [theatre.visit(f"s{number % 2 + 1}", sort="name")[0] for number in range(10)]
    theatre.clock.advance(0.5)
    for screen in screens:
        screen.take()
    theatre.readings = 0
    theatre.change(1, "changed")
    theatre.clock.advance(0.5)
    assert theatre.readings == 1
    for screen in screens:
        assert screen.take()[-1]["changed"] == [{"id": 1, "name": "changed"}]


def test_a_bulk_import_is_one_reading(theatre: Theatre) -> None:
    theatre.visit()
    theatre.readings = 0
    theatre.feed.publish([Many(Noun.USER, tuple(range(5000)))])
    theatre.clock.advance(0.5)
    assert theatre.readings == 1


@pytest.mark.feature("F195")
def test_while_updates_are_suppressed_it_is_only_said_that_there_is_news(theatre: Theatre) -> None:
    theatre.suppression = Suppression.USERS_AND_DEVICES
    screen, client = theatre.visit()
    assert [message["topic"] for message in screen.take()] == ["status", "users"]
    for name in ("x", "y"):
        theatre.change(1, name)
        theatre.clock.advance(0.5)
    assert screen.take() == [{"topic": "users", "stale": True}]
    theatre.hub.take(client, b'{"subscribe":"users"}')
    theatre.clock.advance(0.5)
    assert screen.take()[0]["changed"][0] == {"id": 1, "name": "y"}
    theatre.change(1, "z")
    theatre.clock.advance(0.5)
    theatre.suppression = Suppression.OFF
    theatre.hub.settings_changed()
    theatre.clock.advance(0.5)
    assert screen.take()[-1]["changed"] == [{"id": 1, "name": "z"}]


def test_a_slow_browser_is_skipped_and_gets_one_difference_later(theatre: Theatre) -> None:
    screen, client = theatre.visit()
    screen.take()
    client.paused = True
    for name in ("x", "y", "z"):
        theatre.change(1, name)
        theatre.clock.advance(0.5)
    assert screen.take() == []
    theatre.hub.resume(client)
    theatre.clock.advance(0.5)
    assert screen.take()[-1]["changed"] == [{"id": 1, "name": "z"}]


def test_the_end_of_a_session_ends_its_websockets(theatre: Theatre) -> None:
    one, _ = theatre.visit("s1")
    other, _ = theatre.visit("s2")
    theatre.hub.end_session("s1")
    assert (one.closed, other.closed) == ("signed out", "")
    theatre.open.clear()
    theatre.clock.advance(30)
    assert other.closed == "signed out"
    assert len(theatre.hub) == 0


def test_a_browser_that_gives_no_sign_of_life_is_parted_with(theatre: Theatre) -> None:
    screen, client = theatre.visit()
    dead, _ = theatre.visit()
    for _ in range(3):
        theatre.clock.advance(30)
        client.silent = False
    assert (screen.pings, screen.closed) == (3, "")
    assert (dead.pings, dead.closed) == (1, "no sign of life")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"subscribe":"nothing"}',
        b'{"subscribe":"users","query":{"limit":"x"}}',
        b'{"subscribe":"users","query":{"filter":["name:like:x"]}}',
        b'{"subscribe":"users","query":{"sort":"colour"}}',
        b'{"nonsense":1}',
        b"[" * 9000,
    ],
)
def test_a_wrong_message_is_answered_with_what_is_wrong(theatre: Theatre, message: bytes) -> None:
    screen = Screen()
    client = theatre.hub.join(screen, "s1")
    theatre.hub.take(client, message)
    theatre.clock.advance(0.5)
    problems = [each["problem"] for each in screen.take() if "problem" in each]
    assert len(problems) == 1
    assert problems[0]["error"]


def test_a_failed_reading_is_logged_and_others_go_on(
    theatre: Theatre, logged_errors: LoggedErrors
) -> None:
    screen, _ = theatre.visit()
    screen.take()
    theatre.failure = ValueError("hunter2")
    theatre.change(1, "x")
    theatre.clock.advance(0.5)
    assert screen.take() == [
        {"topic": "users", "problem": {"error": "failed", "fields": {}, "code": "Failed"}}
    ]
    assert len(logged_errors.flush(ValueError)) == 1


def test_nothing_is_scheduled_without_browsers_and_after_the_stop(theatre: Theatre) -> None:
    theatre.change(1, "x")
    assert theatre.clock.getDelayedCalls() == []
    screen, _ = theatre.visit()
    theatre.change(1, "y")
    theatre.hub.stop()
    assert theatre.clock.getDelayedCalls() == []
    assert screen.closed == "MOM stops"


def test_a_browser_that_asks_nonsense_without_reading_the_answers_is_disconnected(
    theatre: Theatre,
) -> None:
    screen, client = theatre.visit()
    client.paused = True
    theatre.hub.take(client, b"nonsense")
    assert (screen.closed, len(theatre.hub)) == ("too slow", 0)


@pytest.mark.parametrize(
    "message",
    [
        b'{"subscribe": "\\ud800"}',
        b'{"unsubscribe": "\\u0000"}',
        b'{"subscribe": "users", "query": {"q": "\\udfff"}}',
        b'{"subscribe": "users", "query": {"filter": ["name:eq:\\u0000"]}}',
        b"[" * 10_000,
        b"\xff",
        b"",
    ],
)
def test_texts_that_are_none_are_answered_with_what_is_wrong(
    theatre: Theatre, message: bytes
) -> None:
    screen, client = theatre.visit()
    screen.take()
    theatre.hub.take(client, message)
    (answer,) = screen.take()
    assert answer["problem"]["code"] == "BadRequest"


def test_of_the_map_of_sites_only_what_changed_is_sent() -> None:
    client = Client(Screen(), "s1")
    fields = {"version": b'"1"'}
    first = client.status_difference(fields, {1: b'{"id":1}', 2: b'{"id":2}'})
    assert told(first) == {"version": "1", "sites": [{"id": 1}, {"id": 2}]}
    changed = client.status_difference(fields, {1: b'{"id":1}', 2: b'{"id":2,"state":"x"}'})
    assert told(changed) == {"changedSites": [{"id": 2, "state": "x"}]}
    assert client.status_difference(fields, {1: b'{"id":1}', 2: b'{"id":2,"state":"x"}'}) is None
    fewer = client.status_difference(fields, {2: b'{"id":2,"state":"x"}'})
    assert told(fewer) == {"sites": [{"id": 2, "state": "x"}]}


def told(message: dict[str, Any] | None) -> dict[str, Any]:
    """What a message about the status says."""
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message))
    assert read.pop("topic") == "status"
    return read
