"""Whatever browsers are shown reaches the hub, and nothing does after the stop."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.admin.jobs import Result
from mom.model.account import DEFAULT_ACCOUNT
from mom.model.copy import Noun
from mom.store.changes import Change
from mom.web.window import Client
from tests.web.api.house import House


class Screen:
    def __init__(self) -> None:
        self.got: list[Any] = []
        self.closed = ""

    def send(self, message: bytes) -> None:
        self.got.append(msgspec.json.decode(message))

    def ping(self) -> None:
        """Nothing to do."""

    def close(self, reason: str) -> None:
        self.closed = reason


async def nothing(portion: Sequence[int]) -> list[Result]:
    return []


def follow(home: House) -> tuple[Screen, Client]:
    screen = Screen()
    _, session = home.sessions.open(home.accounts.all()[0].id, "192.0.2.9")
    client = home.hub.join(screen, session.key)
    home.clock.advance(0.5)
    screen.got.clear()
    return screen, client


@pytest.mark.feature("F95", "F96", "F130")
@ensureDeferred
async def test_a_changed_setting_is_on_every_screen_at_once(home: House) -> None:
    screen, _ = follow(home)
    changes = {"systemName": "Harbour", "autoCreate": True, "subscription": "Configured"}
    await home.ask("PATCH", "/settings", json=changes)
    home.clock.advance(0.5)
    (status,) = screen.got
    assert {name: status[name] for name in changes} == changes
    assert "version" not in status
    home.clock.advance(0.5)
    await home.ask(
        "PATCH", "/settings", json={"subscription": "Wildcard", "subscriptionTimeout": 5}
    )
    home.clock.advance(0.5)
    assert screen.got[-1]["subscriptionUntil"] == int(home.clock.seconds() - 0.5) + 300
    home.live_sources.stop()


@pytest.mark.parametrize("source", ["commit", "omm", "health", "job"])
def test_commits_states_jobs_and_health_are_heard(home: House, source: str) -> None:
    _, client = follow(home)
    if source == "commit":
        home.feed.publish([Change(Noun.USER, 1, None, None)])
    elif source == "omm":
        home.fleet.listener([])
    elif source == "job":
        home.jobs.start("nothing", "mom", DEFAULT_ACCOUNT, [], nothing)
    else:
        home.health.add(home.fleet)
        home.health.refresh()
    assert client.status_due
    home.live_sources.stop()


def test_after_the_stop_nothing_is_heard_and_everybody_is_disconnected(home: House) -> None:
    screen, client = follow(home)
    home.live_sources.stop()
    home.feed.publish([Change(Noun.USER, 1, None, None)])
    assert (screen.closed, client.status_due) == ("MOM stops", False)
    assert ("unsubscribed", 0) in home.fleet.told


@pytest.mark.feature("F130")
@ensureDeferred
async def test_what_is_only_counted_is_on_every_screen_soon(home: House) -> None:
    screen, _ = follow(home)
    home.clock.advance(2.5)
    assert screen.got == []
    home.counters.results["Delivered"] += 1
    home.moving = 4
    home.clock.advance(2)
    home.clock.advance(0.5)
    (status,) = screen.got
    assert (status["messages"]["results"], status["roams"]["running"]) == ({"Delivered": 1}, 4)
