"""What an OMM may do to an open session, and MOM to the OMM."""

import pytest
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import LinkLost
from mom.axi.frames import DEFAULT_LIMIT
from mom.fleet.options import Wishes
from mom.model.omm import OmmState
from tests.fleet.world import ScriptedOmm, World, omm_record


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


@pytest.mark.feature("F19", "F24")
def test_the_subscription_mode_reaches_all_connected_omms_at_once_and_late_ones(
    world: World,
) -> None:
    early, late = world.add_omm("10.0.0.1"), world.add_omm("10.0.0.2")
    late.answers["GetPARK"] = make("GetPARKResp", {"park": "1F10000002"})
    late.unreachable = True
    world.start(omm_record(1), omm_record(2))
    world.wishes = Wishes(subscription_mode="Configured")
    world.fleet.configure()
    world.settle()
    assert modes(early) == ["Configured"]
    late.unreachable = False
    world.advance(120)
    assert modes(late) == ["Configured"]


@pytest.mark.feature("F19")
def test_a_subscription_mode_that_was_changed_on_the_omm_is_put_back(world: World) -> None:
    world.wishes = Wishes(subscription_mode="Off")
    omm = follows_its_mode(world)
    world.start()
    world.advance(61)
    change_locally(omm, "Wildcard")
    world.settle()
    assert modes(omm) == ["Off"]
    assert world.recorder.texts() == []


@pytest.mark.feature("F173")
def test_connecting_overwrites_the_fac_prefix_of_an_omm(world: World) -> None:
    world.wishes = Wishes(fac_prefix="*9")
    omm = world.add_omm("10.0.0.1")
    omm.answers["GetFACPrefix"] = make("GetFACPrefixResp", {"prefix": "*1"})
    world.start()
    assert [r.get("prefix") for r in omm.asked("SetFACPrefix")] == ["*9"]


@pytest.mark.feature("F24")
def test_a_mode_that_the_omm_ends_by_itself_is_set_again_at_once(world: World) -> None:
    world.wishes = Wishes(subscription_mode="Configured")
    omm = follows_its_mode(world)
    world.start()
    world.advance(61)
    change_locally(omm, "Off")
    world.settle()
    assert modes(omm) == ["Configured", "Configured"]


@pytest.mark.feature("F25")
def test_a_standing_wildcard_is_renewed_before_the_omm_ends_it(world: World) -> None:
    world.wishes = Wishes(subscription_mode="Wildcard")
    omm = follows_its_mode(world)
    world.start()
    world.advance(3 * 3600)
    assert [r.get("timeout") for r in omm.asked("SetDECTSubscriptionMode")] == ["60"] * 4
    assert world.recorder.texts() == []


def test_a_setting_changed_while_an_omm_is_read_reaches_it_at_once(world: World) -> None:
    world.desk.at_once = False
    world.wishes = Wishes(subscription_mode="Off")
    omm = follows_its_mode(world)
    world.start()
    assert world.status().state is OmmState.SYNCHRONISING
    world.wishes = Wishes(subscription_mode="Configured")
    world.fleet.configure()
    world.settle()
    assert modes(omm)[-1] == "Configured"


def test_a_setting_changed_while_an_omm_is_configured_reaches_it(world: World) -> None:
    world.wishes = Wishes(subscription_mode="Off")
    omm = follows_its_mode(world)
    held: list[Element] = []

    def hold(request: Element) -> None:
        held.append(request)

    omm.answers["Subscribe"] = hold
    world.start()
    assert world.status().state is OmmState.CONFIGURING
    world.wishes = Wishes(subscription_mode="Wildcard")
    world.fleet.configure()
    world.settle()
    assert modes(omm) == ["Wildcard"]
    for request in held:
        omm.tell(make("SubscribeResp", {"seq": request.get("seq")}))
    world.settle()
    assert modes(omm) == ["Wildcard"]


def test_changes_of_a_setting_in_quick_succession_end_with_the_last(world: World) -> None:
    world.wishes = Wishes(subscription_mode="Off")
    omm = follows_its_mode(world, echoes=True)
    world.start()
    for mode in ("Configured", "Wildcard", "Off", "Configured"):
        world.wishes = Wishes(subscription_mode=mode)
        world.fleet.configure()
    world.settle()
    assert modes(omm)[-1] == "Configured"
    assert world.recorder.texts() == []


def modes(omm: ScriptedOmm) -> list[str]:
    """The subscription modes that an OMM was set to."""
    return [request.get("mode") for request in omm.asked("SetDECTSubscriptionMode")]


def follows_its_mode(world: World, echoes: bool = False) -> ScriptedOmm:
    """An OMM that keeps its subscription mode, and tells changes that MOM makes if it ``echoes``.

    The events come late, after the answer.
    """
    omm = world.add_omm("10.0.0.1")
    mode_is(omm, "Off")

    def put(request: Element) -> Element:
        mode_is(omm, request.get("mode"))
        if echoes:
            event = make("EventDECTSubscriptionMode", {"mode": request.get("mode")})
            world.clock.callLater(0, world.clock.callLater, 0, omm.tell, event)
        return make("SetDECTSubscriptionModeResp")

    omm.answers["SetDECTSubscriptionMode"] = put
    return omm


def mode_is(omm: ScriptedOmm, mode: str) -> None:
    omm.answers["GetDECTSubscriptionMode"] = make("GetDECTSubscriptionModeResp", {"mode": mode})


def change_locally(omm: ScriptedOmm, mode: str) -> None:
    """Somebody changes the mode on the OMM itself, or its time is over."""
    mode_is(omm, mode)
    omm.tell(make("EventDECTSubscriptionMode", {"mode": mode}))


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


def test_a_session_that_the_desk_gives_up_is_begun_anew_with_a_reading(world: World) -> None:
    world.start()
    world.desk.sittings[0].port.give_up("the database did not store it: disk full")
    assert world.status().state is OmmState.WAITING
    assert world.status().reason == "the database did not store it: disk full"
    world.advance(60)
    assert world.status().state is OmmState.CONNECTED
    assert len(world.desk.sittings) == 2


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


def test_the_switchboard_hears_every_event_of_a_session_and_nothing_after_it(world: World) -> None:
    omm = world.start()
    (line,) = world.switchboard.lines
    omm.tell(make("EventMessageSend"))
    omm.tell(make("EventPPCnf"))
    assert line.events == ["EventMessageSend", "EventPPCnf"]
    assert not line.closed
    omm.cut()
    assert line.closed


def test_the_switchboard_sends_requests_on_the_link_of_the_session(world: World) -> None:
    omm = world.start()
    (line,) = world.switchboard.lines
    asked = line.wire.request(make("SendMessage"))
    world.settle()
    assert omm.asked("SendMessage")
    assert asked.called
    assert line.wire.unsent == 0
    omm.wires[0].producer.pauseProducing()
    assert line.wire.unsent > 0


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


def test_what_cannot_be_brought_to_an_omm_is_in_its_health(world: World) -> None:
    omm = world.start()
    world.desk.sittings[0].notes = ("no relations",)
    omm.tell(make("EventHealthState", {"component": "sync", "severity": "OK"}))
    assert world.status().health_reasons == ("no relations",)
