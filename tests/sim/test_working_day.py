import random
from collections import Counter
from typing import Any

import pytest

from mom.axi.element import make
from mom.sim.population import Amounts
from mom.sim.working_day import BEGINS, DAY_SECONDS, WorkingDay, length_of

from .test_commands import Desk

AMOUNTS = Amounts(users=20, devices=25, unbound_users=5)


def begin(seed: int = 1, length: float = 2400.0) -> tuple[Desk, WorkingDay]:
    """A day of which an hour takes 100 seconds."""
    desk = Desk(amounts=AMOUNTS)
    for place in range(len(desk.ground.ports)):
        client = desk.ground.connect(place)
        client.open()
        client.send(make("Subscribe", {}, make("e", {"cmd": "On", "eventType": "Roaming"})))
    day = WorkingDay(
        desk.ground.fleet, desk.commands.run, desk.clock, length, desk.switch, random.Random(seed)
    )
    day.start()
    return desk, day


def until(desk: Desk, hour: int) -> None:
    """Let the day go on from its begin to that hour."""
    desk.clock.pump([1.0] * ((hour - BEGINS) * 100 - round(desk.clock.seconds())))


def places(desk: Desk) -> list[tuple[str, int]]:
    return [
        (phone["ipei"], phone["omm"])
        for omm in (1, 2, 3)
        for phone in desk.run("phones", omm=omm)["phones"]
    ]


def test_commuters_are_away_at_noon_and_home_in_the_evening() -> None:
    desk, _ = begin()
    at_home = set(places(desk))
    until(desk, 12)
    away = set(places(desk)) - at_home
    until(desk, 23)
    still = set(places(desk)) - at_home
    assert 8 <= len(away) <= 16
    assert len(still) <= 4


def test_a_day_has_walks_log_ins_and_messages_and_a_quiet_night() -> None:
    desk, _ = begin()
    until(desk, 20)
    evening = desk.switch.happened
    done: Counter[str] = Counter(c["cmd"] for c in desk.switch.history if c["ok"])
    assert min(done[what] for what in ("walk", "login", "logout", "message")) >= 4
    until(desk, 29)
    assert desk.switch.happened == evening


def test_a_day_is_the_same_for_the_same_seed() -> None:
    def lived(seed: int) -> list[dict[str, Any]]:
        desk, _ = begin(seed)
        until(desk, 12)
        return list(desk.switch.history)

    assert lived(3) == lived(3)
    assert lived(3) != lived(4)


def test_nobody_writes_from_a_phone_that_somebody_took_out_of_reach() -> None:
    desk, _ = begin()
    for ipei, _ in places(desk):
        desk.run("walk", omm=0, ipei=ipei)
    until(desk, 20)
    done = list(desk.switch.history)
    assert len([each for each in done if each["cmd"] == "walk"]) >= 4
    assert all(each["omm"] for each in done if each["cmd"] == "message")


def test_a_day_pauses_and_stops() -> None:
    desk, day = begin()
    desk.run("pause")
    until(desk, 10)
    assert desk.switch.happened == 0
    desk.run("resume")
    until(desk, 12)
    happened = desk.switch.happened
    assert happened
    day.stop()
    until(desk, 14)
    assert desk.switch.happened == happened


def test_the_length_of_a_day_is_read() -> None:
    assert length_of("busy") is None
    assert length_of("working-day") == DAY_SECONDS
    assert length_of("working-day:600") == 600
    with pytest.raises(ValueError, match="1 to 86400 seconds"):
        length_of("working-day:0")
