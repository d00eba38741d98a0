"""The whole way of an OMM's connection, over links without sockets."""

import pytest

from mom.axi.element import make
from mom.model.omm import OmmState, Severity
from tests.fleet.world import PARK, World, omm_record


@pytest.mark.feature("F3")
def test_an_enabled_omm_is_connected_over_one_link(world: World) -> None:
    omm = world.start()
    assert world.status().state is OmmState.CONNECTED
    assert len(omm.wires) == 1
    assert world.desk.sittings[0].calls == ["read", "follow"]


@pytest.mark.feature("F3")
def test_a_disabled_omm_is_not_dialled(world: World) -> None:
    world.start(omm_record(enabled=False))
    assert world.dialler.dialled == []
    assert world.status().state is OmmState.DISABLED


def test_a_deleted_omm_gets_its_control_back_before_the_link_is_closed(world: World) -> None:
    omm = world.start()
    world.records.delete(1)
    world.settle()
    assert omm.asked("SetMOMControlState")[-1].get("state") == "Disabled"
    assert omm.wires == []
    assert world.fleet.statuses() == []


@pytest.mark.feature("F145", "F14")
def test_the_park_is_learned_at_the_first_connect(world: World) -> None:
    world.start()
    assert world.record().park == PARK
    assert world.record().cloud_id == "001F1028D67A"


@pytest.mark.feature("F199")
def test_the_report_names_the_omms_that_are_away(world: World) -> None:
    away = world.add_omm("10.0.0.2")
    away.unreachable = True
    world.start(omm_record(1), omm_record(2))
    component = world.fleet.snapshot()[0]
    assert component.severity is Severity.WARNING
    assert component.reason == "OMM not connected: Site 2"


def test_events_reach_the_desk_from_the_subscription_on(world: World) -> None:
    omm = world.start()
    omm.tell(make("EventPPCnf"))
    assert world.desk.sittings[0].events == ["EventPPCnf"]
