import random
from typing import Any

from mom.sim.life import Life
from mom.sim.population import Amounts
from mom.sim.quirks import Quirk

from .test_commands import Desk

HOURS_OF_CALM = 24
TWENTY = Amounts(users=20, devices=20)


def a_day_of_calm(seed: int) -> Desk:
    desk = Desk(amounts=TWENTY)
    life = Life(
        desk.ground.fleet, desk.commands.run, desk.clock, 1 / 60, desk.switch, random.Random(seed)
    )
    life.start()
    desk.clock.pump([10.0] * (HOURS_OF_CALM * 360))
    life.stop()
    return desk


def counts(desk: Desk) -> list[tuple[int, int, int]]:
    """Users, devices and pairs of each site."""
    dumped: list[dict[str, Any]] = desk.run("dump")["omms"]
    return [
        (
            len(omm["users"]),
            len(omm["devices"]),
            sum(device["relType"] != "Unbound" for device in omm["devices"]),
        )
        for omm in dumped
    ]


def test_a_calm_day_leaves_a_fleet_as_large_and_as_paired_as_it_was() -> None:
    before = counts(Desk(amounts=TWENTY))
    desk = a_day_of_calm(2)
    assert desk.switch.happened > 1000
    for old, new in zip(before, counts(desk), strict=True):
        for first, last in zip(old, new, strict=True):
            assert abs(first - last) <= 2


def test_calm_life_binds_and_adds_as_often_as_it_undoes() -> None:
    history = [command["cmd"] for command in a_day_of_calm(6).switch.history if command["ok"]]
    for deed, opposite in (("add-user", "delete-user"), ("add-device", "delete-device")):
        assert abs(history.count(deed) - history.count(opposite)) <= 6
    assert history.count("bind") > 10
    assert history.count("unbind") > 10


def test_a_secret_that_is_encrypted_anew_anyway_is_changed_with_a_newer_stamp() -> None:
    desk = Desk(amounts=TWENTY, quirks=frozenset({Quirk.REENCRYPT}))
    life = Life(desk.ground.fleet, desk.commands.run, desk.clock, 1, desk.switch, random.Random(7))
    changed = 0
    for command in (life.next() for _ in range(800)):
        if command["cmd"] != "change-user" or command["attrs"].keys().isdisjoint(("pin", "sipPw")):
            continue
        before = int(desk.user(command["omm"], command["uid"])["timeStampAdmin"])
        desk.run(**command)
        assert int(desk.user(command["omm"], command["uid"])["timeStampAdmin"]) > before
        changed += 1
    assert changed > 60, "more than there are users: some were changed twice in a second"
