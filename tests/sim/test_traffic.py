import pytest

from mom.axi.element import make
from mom.sim.population import Amounts

from .test_commands import Desk


def test_traffic_is_as_much_as_was_asked_for_and_ends() -> None:
    desk = Desk()
    for place in range(3):
        client = desk.ground.connect(place)
        client.open()
        client.send(make("Subscribe", {}, make("e", {"cmd": "On", "eventType": "MessageSend"})))
    desk.run("traffic", rate=100, seconds=2)
    for _ in range(300):
        desk.clock.advance(0.01)
    messages = desk.run("stats")["messages"]
    assert messages["sent"] == messages["underWay"] == pytest.approx(200, abs=1)
    assert messages["delays"] == {"count": 0}


def test_a_late_clock_makes_no_fewer_messages() -> None:
    desk = Desk()
    desk.run("traffic", rate=100, seconds=2)
    desk.clock.advance(1.0)
    assert desk.run("stats")["messages"]["sent"] == pytest.approx(100, abs=1)
    desk.ground.fleet.stop()


@pytest.mark.parametrize("rate", [0, -1, 1e9])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    assert not Desk().commands.run({"cmd": "traffic", "rate": rate})["ok"]


def test_traffic_needs_two_sites_with_phones() -> None:
    assert not Desk(omms=1).commands.run({"cmd": "traffic", "rate": 5})["ok"]
    empty = Desk(amounts=Amounts(users=3, devices=0))
    assert not empty.commands.run({"cmd": "traffic", "rate": 5})["ok"]
