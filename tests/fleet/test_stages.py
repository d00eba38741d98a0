"""What happens between log-in and reading, in which order."""

import pytest

from mom.axi.element import Element, make
from mom.fleet.options import Wishes
from mom.model.omm import OmmState, Severity
from tests.fleet.world import World, omm_record


def test_the_session_is_opened_as_a_sync_client(world: World) -> None:
    omm = world.start()
    request = omm.requests[0]
    assert request.name == "Open"
    assert request.get("UserDeviceSyncClient") == "true"
    assert (request.get("username"), request.get("password")) == ("omm", "secret")


def test_the_desk_is_open_before_events_are_subscribed(world: World) -> None:
    omm = world.add_omm("10.0.0.1")

    def subscribed(_: Element) -> Element:
        omm.tell(make("EventPPCnf"))
        return make("SubscribeResp")

    omm.answers["Subscribe"] = subscribed
    world.start()
    assert world.desk.sittings[0].events == ["EventPPCnf"]


def test_the_desk_sees_what_the_omm_told_about_itself(world: World) -> None:
    world.start()
    facts = world.desk.sittings[0].port.facts
    assert (facts.park, facts.ari) == ("1F1028D67A", "1028D67A")
    assert facts.limits["ppnNum"] == facts.most_phones == 10000
    assert facts.versions["SetPP"] == "1.0.0"
    assert facts.protocol_version == 45
    assert facts.profile


def test_the_public_key_is_asked_for_if_the_log_in_did_not_bring_it(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.answers["GetPublicKey"] = make(
        "GetPublicKeyResp", {"modulus": "C" * 127 + "1", "exponent": "10001"}
    )
    world.start()
    key = world.desk.sittings[0].port.facts.key
    assert key is not None
    assert key.exponent == 65537


def test_an_omm_that_refuses_to_tell_its_sizes_is_taken_in(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    for name in ("Limits", "GetVersions", "Ping", "GetPublicKey", "GetHealthState"):
        omm.refuse(name, "EInval")
    world.start()
    assert world.status().state is OmmState.CONNECTED
    assert world.desk.sittings[0].port.facts.limits == {}


@pytest.mark.feature("F221", "F17")
def test_dual_homing_and_auto_create_are_turned_off(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    for name in ("DevAutoCreate", "UserDeviceSyncOMM"):
        omm.answers[f"Get{name}"] = make(f"Get{name}Resp", {"enable": True})
    world.start()
    assert [r.get("enable") for r in omm.asked("SetUserDeviceSyncOMM")] == ["0"]
    assert [r.get("enable") for r in omm.asked("SetDevAutoCreate")] == ["0"]


def test_what_is_as_wanted_is_not_set(world: World) -> None:
    omm = world.start()
    sets = [name for name in omm.names() if name.startswith("Set")]
    assert sets == ["SetMOMControlState"]


@pytest.mark.parametrize("code", ["EInval", "EForbidden"])
def test_an_omm_without_mom_messages_is_imported_and_noted_once(world: World, code: str) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.refuse("SetMOMControlState", code)
    omm.refuse("ClientInfo", code)
    world.start()
    note = "roaming and central subscription not available"
    assert world.status().state is OmmState.CONNECTED
    assert note in world.status().health_reasons
    assert not world.desk.sittings[0].port.facts.profile
    omm.cut()
    world.advance(10)
    assert [t for t in world.recorder.texts() if note in t] == [f"Site 1: {note}"]


def test_a_setting_that_is_refused_is_a_reason_of_health(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.answers["GetUserDeviceSyncOMM"] = make("GetUserDeviceSyncOMMResp", {"enable": True})
    omm.refuse("SetUserDeviceSyncOMM", "EFailed")
    world.start()
    assert world.status().health is Severity.WARNING
    assert world.status().health_reasons == ("dual homing is refused (EFailed)",)


def test_an_unanswered_log_in_gives_up_after_the_request_time(world: World) -> None:
    world.add_omm("10.0.0.1").answers["Open"] = None
    world.start()
    world.advance(29)
    assert world.status().state is OmmState.OPENING
    world.advance(2)
    assert world.status().reason == "10.0.0.1: no answer to the log-in"


def test_whatever_only_reads_is_asked_at_once_after_the_log_in(world: World) -> None:
    world.wishes = Wishes(sari="1F00000000")
    omm = world.add_omm("10.0.0.1")
    omm.answers["GetPARK"] = None
    world.start()
    assert omm.names()[1:] == [
        *("GetPARK", "Limits", "GetVersions", "Ping", "GetPublicKey", "GetSARI")
    ]


def test_settings_are_asked_right_behind_the_subscription(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.answers["Subscribe"] = None
    world.start()
    assert omm.names()[-3:] == ["Subscribe", "GetDevAutoCreate", "GetUserDeviceSyncOMM"]


def test_settings_are_asked_again_if_the_subscription_was_refused(world: World) -> None:
    omm = world.add_omm("10.0.0.1")

    def refuse_roaming(request: Element) -> Element:
        if any(entry.get("eventType") == "Roaming" for entry in request.children):
            return make("SubscribeResp", {"errCode": "EInval", "eventType": "Roaming"})
        omm.answers["GetDevAutoCreate"] = make("GetDevAutoCreateResp", {"enable": True})
        return make("SubscribeResp")

    omm.answers["Subscribe"] = refuse_roaming
    world.start()
    names = omm.names()
    assert "GetDevAutoCreate" in names[names.index("Subscribe", names.index("Subscribe") + 1) :]
    assert len(omm.asked("SetDevAutoCreate")) == 1


def test_the_sari_is_settled_before_anything_is_listened_to_or_set(world: World) -> None:
    world.wishes = Wishes(sari="1F1028D085")
    omm = world.add_omm("10.0.0.1")
    omm.refuse("SetSARI", "EFailed")
    world.start()
    names = omm.names()
    assert names.index("SetSARI") < names.index("Subscribe")
    assert len(omm.asked("GetSARI")) == 1


def test_another_omm_than_expected_is_asked_but_not_set(world: World) -> None:
    world.wishes = Wishes(sari="1F1028D085")
    omm = world.start(omm_record(park="1F1028D000"))
    assert world.status().state is OmmState.WAITING
    assert [name for name in omm.names() if name.startswith("Set")] == []
    assert omm.asked("Subscribe") == []
