"""The whole way of an OMM's connection, over links without sockets."""

import pytest

from mom.axi.element import make
from mom.model.omm import OmmState
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


@pytest.mark.feature("F39")
def test_how_many_phones_an_omm_takes_is_kept_when_it_tells_no_more(world: World) -> None:
    omm = world.start()
    assert world.record().most_phones == 10000
    omm.refuse("Limits", "EInval")
    world.fleet.reconnect(world.record().id)
    world.settle()
    assert world.record().most_phones == 10000
    assert world.desk.sittings[-1].port.facts.limits == {}


def test_the_statuses_of_all_records_come_by_number(world: World) -> None:
    away = world.add_omm("10.0.0.2")
    away.unreachable = True
    world.start(omm_record(1), omm_record(2), omm_record(3, enabled=False))
    states = [status.state for status in world.fleet.statuses()]
    assert states == [OmmState.CONNECTED, OmmState.WAITING, OmmState.DISABLED]


def test_events_reach_the_desk_from_the_subscription_on(world: World) -> None:
    omm = world.start()
    omm.tell(make("EventPPCnf"))
    assert world.desk.sittings[0].events == ["EventPPCnf"]


def test_a_deleted_record_is_forgotten_and_its_park_is_free(world: World) -> None:
    world.add_omm("10.0.0.2")
    world.start(omm_record(1), omm_record(2))
    world.records.delete(1)
    world.fleet.reconnect(omm_record(2).id)
    world.settle()
    assert [status.id for status in world.fleet.statuses()] == [2]
    assert world.status(2).state is OmmState.CONNECTED


def test_what_was_learned_is_stored_before_the_fleet_has_stopped(world: World) -> None:
    world.start()
    world.stop()
    assert world.records.flushed == 1


def test_nothing_is_heard_of_records_after_the_stop(world: World) -> None:
    world.start()
    world.stop()
    assert world.records.listener is None


@pytest.mark.feature("F2")
def test_many_omms_are_connected_side_by_side_and_one_that_hangs_delays_nobody(
    world: World,
) -> None:
    records = [omm_record(number) for number in range(1, 31)]
    for number in range(1, 31):
        omm = world.add_omm(f"10.0.0.{number}")
        omm.answers["GetPARK"] = make("GetPARKResp", {"park": f"1F{number:08X}"})
    world.dialler.omms["10.0.0.7"].silent = True
    world.start(*records)
    states = world.fleet.figures().states
    assert states == {"connected": 29, "opening": 1}
