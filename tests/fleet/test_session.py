"""What an OMM may do to an open session, and MOM to the OMM."""

import pytest
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import LinkLost
from mom.axi.frames import DEFAULT_LIMIT
from mom.fleet.options import Wishes
from mom.model.omm import OmmState
from tests.fleet.world import World, omm_record


@pytest.mark.feature("F17")
def test_a_local_change_is_put_back(world: World) -> None:
    omm = world.start()
    omm.tell(make("EventDevAutoCreateCnf", {"enable": True}))
    world.settle()
    assert len(omm.asked("SetDevAutoCreate")) == 1


def test_an_omm_that_insists_is_told_once_a_minute_and_logged_once(world: World) -> None:
    omm = world.start()

    def insist(_: Element) -> Element:
        omm.answers["GetDevAutoCreate"] = make("GetDevAutoCreateResp", {"enable": True})
        world.clock.callLater(0, omm.tell, make("EventDevAutoCreateCnf", {"enable": True}))
        return make("SetDevAutoCreateResp")

    omm.answers["SetDevAutoCreate"] = insist
    omm.tell(make("EventDevAutoCreateCnf", {"enable": True}))
    world.advance(301)
    assert 4 <= len(omm.asked("SetDevAutoCreate")) <= 6
    assert world.recorder.texts() == ["Site 1: auto-create is changed back by the OMM"]
    assert "auto-create is changed back by the OMM" in world.status().health_reasons


def test_settings_that_mom_changes_reach_connected_omms(world: World) -> None:
    omm = world.start()
    omm.answers["GetFACPrefix"] = make("GetFACPrefixResp", {"prefix": "*8"})
    world.wishes = Wishes(fac_prefix="*9")
    world.fleet.configure()
    world.settle()
    assert [r.get("prefix") for r in omm.asked("SetFACPrefix")] == ["*9"]


def test_an_omm_that_sends_garbage_is_dropped_and_others_stay(world: World) -> None:
    other = world.add_omm("10.0.0.2")
    other.answers["GetPARK"] = make("GetPARKResp", {"park": "1F10000002"})
    omm = world.start(omm_record(1), omm_record(2))
    omm.send(b"no axi\0" * 200)
    world.settle()
    assert world.status(1).reason == "too many unreadable messages"
    assert world.status(2).state is OmmState.CONNECTED


def test_an_omm_that_sends_an_endless_message_is_dropped_with_a_reason(world: World) -> None:
    omm = world.start()
    omm.unreachable = True
    omm.send(b"x" * (DEFAULT_LIMIT + 1))
    world.settle()
    assert world.recorder.texts()[0].startswith("Site 1: not connected: the OMM sent a message of")


def test_an_unanswered_question_ends_the_try(world: World) -> None:
    world.add_omm("10.0.0.1").answers["Subscribe"] = None
    world.start()
    world.advance(31)
    assert world.status().state is OmmState.WAITING
    assert world.status().reason == "Subscribe: no answer within 30 s"


def test_events_before_the_log_in_do_nothing(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.answers["Open"] = None
    world.start()
    omm.tell(make("EventPPCnf"))
    omm.tell(make("EventPermissionChange"))
    assert world.desk.sittings == []
    assert world.status().state is OmmState.OPENING


def test_a_held_session_is_not_pinged_and_goes_on_when_released(world: World) -> None:
    omm = world.start()
    port = world.desk.sittings[0].port
    port.hold()
    pings = len(omm.asked("Ping"))
    world.advance(120)
    assert len(omm.asked("Ping")) == pings
    port.release()
    world.advance(60)
    assert world.status().state is OmmState.CONNECTED


def test_a_request_after_the_end_of_the_session_fails_as_on_a_lost_link(world: World) -> None:
    omm = world.start()
    port = world.desk.sittings[0].port
    world.records.put(omm_record(enabled=False))
    world.settle()
    failed: list[Failure] = []
    port.request(make("GetPPUser")).addErrback(failed.append)
    assert isinstance(failed[0].value, LinkLost)
    assert omm.asked("GetPPUser") == []


def test_events_after_the_end_of_the_session_do_nothing(world: World) -> None:
    omm = world.start()
    world.records.put(omm_record(enabled=False))
    omm.tell(make("EventPPCnf"))
    omm.tell(make("EventMOMControlState", {"state": "Disabled"}))
    world.settle()
    assert world.desk.sittings[0].events == []
    assert len(omm.asked("SetMOMControlState")) == 2


def test_control_that_the_omm_dropped_is_taken_again_after_a_while(world: World) -> None:
    omm = world.start()
    world.advance(61)
    omm.tell(make("EventMOMControlState", {"state": "Disabled"}))
    world.settle()
    assert [r.get("state") for r in omm.asked("SetMOMControlState")] == ["Enabled", "Enabled"]


def test_health_events_change_one_component(world: World) -> None:
    omm = world.start()
    attrs = {"component": "sync", "severity": "Warning", "reason": "Split cluster"}
    omm.tell(make("EventHealthState", attrs))
    assert world.status().health_reasons == ("DECT synchronisation: Split cluster",)
