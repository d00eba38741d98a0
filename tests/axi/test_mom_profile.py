import base64

import pytest

from mom.axi.catalogue import load
from mom.axi.element import Element, make
from mom.axi.errors import BadValue
from mom.axi.mom_profile import (
    MAX_CHANNEL_DATA,
    ROAMING_EVENTS,
    ChannelMessage,
    ControlState,
    DectLocate,
    DectSubscribe,
    LocateReject,
    PpLink,
    PpLogin,
    PpSipDeregistered,
    PpUserMovedLocally,
    RoamingEvent,
    RoutedRequest,
    SubscribeReject,
    bind,
    channel_cnf,
    channel_name,
    client_info,
    controlled,
    locate_reject,
    login_refused,
    mom_control,
    roaming_event,
    route_event,
    route_response,
    set_pp,
    sip_deregister,
    sip_register,
    subscribe,
    subscribe_reject,
    subscriptions,
    user_by_number,
)
from mom.axi.session import versions
from mom.model.device import ROAMING_COMPLETE


@pytest.mark.parametrize(
    "element",
    [
        mom_control(ControlState.ENABLED, "m"),
        client_info("MOM 1"),
        set_pp({"uid": 1}),
        subscribe_reject("03074 0220259 3", SubscribeReject.OFF),
        locate_reject("03074 0220259 3", LocateReject.BUSY),
        sip_register(1),
        sip_deregister(1),
        login_refused(1),
        route_event(make("EventMessageProgress")),
        route_response("1", make("PingResp")),
        *subscribe(subscriptions()),
    ],
    ids=lambda element: element.name,
)
def test_every_message_of_the_profile_is_known_by_name_to_release_7_1(element: Element):
    message = load().message(element.name)

    assert message is not None
    assert message.version_7_1 is not None


def test_every_roaming_event_is_known_by_name_to_release_7_1(captured):
    told = versions(captured("GetVersionsResp-7.1"))

    assert told.keys() >= ROAMING_EVENTS


def test_control_is_taken_and_given_back():
    taken = mom_control(ControlState.ENABLED, "headquarters")

    assert taken == make("SetMOMControlState", {"state": "Enabled", "momName": "headquarters"})
    assert mom_control(ControlState.DISABLED, "x").get("state") == "Disabled"
    assert controlled(make("EventMOMControlState", {"state": "Enabled"}))
    assert not controlled(make("GetMOMControlStateResp", {"state": "Disabled"}))
    assert not controlled(make("GetMOMControlStateResp"))


def event_types(refused: tuple[str, ...] = ()) -> list[str]:
    return [entry.get("eventType") for entry in subscriptions(refused)]


def test_a_mom_listens_to_pairs_instead_of_users_and_devices():
    types = event_types()

    assert "PPCnf" in types
    assert "PPUserCnf" not in types
    assert "PPDevCnf" not in types
    assert len(types) == len(set(types)) == 16


def test_an_omm_without_pairs_is_asked_for_users_and_devices():
    types = event_types(("PPCnf", "Roaming"))

    assert "PPCnf" not in types
    assert "Roaming" not in types
    assert {"PPUserCnf", "PPDevCnf"} <= set(types)


def test_refused_event_types_are_left_out():
    assert "PPUserCnf" not in event_types(("PPCnf", "PPUserCnf"))


def test_subscriptions_carry_their_filters():
    by_type = {entry.get("eventType"): entry for entry in subscriptions()}

    assert by_type["PPCnf"].attrs == {
        "cmd": "On",
        "eventType": "PPCnf",
        "ppn": "-1",
        "uid": "-1",
    }
    assert by_type["AlarmTrigger"].get("trigger") == "*"
    assert by_type["SystemState"].attrs == {"cmd": "On", "eventType": "SystemState"}


def test_at_most_twenty_subscriptions_go_into_one_request():
    entries = [make("e", {"eventType": number}) for number in range(45)]

    requests = subscribe(entries)

    assert [len(request.children) for request in requests] == [20, 20, 5]
    assert [child for request in requests for child in request.children] == entries
    assert subscribe([]) == []


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("EventDECTSubscribe", DectSubscribe("03074 0220259 3", 0, "1234")),
        ("EventDECTSubscribe", DectSubscribe("03074 0220259 3")),
        ("EventDECTLocate", DectLocate("03074 0220259 3", 7)),
        ("EventPPLogin", PpLogin(5, num="100")),
        ("EventPPLogin", PpLogin(5, add_id="77")),
        ("EventPPLink", PpLink(5, 0, "Unbound")),
        ("EventPPUserMovedLocally", PpUserMovedLocally(3, 5)),
        ("EventPPSIPDeregistered", PpSipDeregistered(5)),
    ],
)
def test_a_roaming_event_survives_the_way(name: str, record: RoamingEvent):
    assert roaming_event(record.to_element(name)) == record


def test_a_dissolved_relation_says_so():
    assert PpLink(5, 0).to_element("EventPPLink") == make("EventPPLink", {"ppn": 5, "uid": 0})


def test_other_messages_are_no_roaming_events():
    assert roaming_event(make("EventPPCnf")) is None


@pytest.mark.parametrize(
    "element",
    [make("EventDECTLocate"), make("EventPPLink", {"ppn": 1}), make("EventPPLogin", {"ppn": "x"})],
)
def test_a_roaming_event_without_what_it_needs_is_refused(element: Element):
    with pytest.raises(BadValue):
        roaming_event(element)


def test_the_pin_that_somebody_typed_is_not_read():
    event = make("EventPPLogin", {"ppn": 5, "num": "100", "pin": "AAAA"})

    assert "AAAA" not in repr(roaming_event(event))


def test_a_pair_is_written_like_the_captured_one(captured):
    detach = captured("SetPP-detach")

    built = set_pp(detach.children[1].attrs, detach.children[0].attrs)

    assert built.name == detach.name
    assert {child.name: child.attrs for child in built.children} == {
        child.name: child.attrs for child in detach.children
    }


def test_one_of_a_pair_may_be_left_out():
    assert set_pp(device={"ppn": 3}) == make("SetPP", None, make("pp", {"ppn": 3}))
    assert set_pp(user_by_number(9)) == make("SetPP", None, make("user", {"uid": 0, "uidSec": 9}))


def test_a_pair_is_bound_by_its_system_wide_numbers():
    assert bind(9, 8, "Dynamic") == make(
        "SetPP",
        None,
        make("user", {"uid": 0, "uidSec": 9, "relType": "Dynamic"}),
        make("pp", {"ppn": 0, "ppnSec": 8, "relType": "Dynamic"}),
    )


def test_the_captured_value_of_roaming_is_that_of_a_finished_move(captured):
    device = captured("SetPPResp-unbound").child("pp")

    assert device.get("roaming") == ROAMING_COMPLETE


def test_rejections_give_their_reason():
    assert subscribe_reject("1", SubscribeReject.PARI_ONLY).get("reason") == "PARIOnly"
    assert locate_reject("1", LocateReject.NOT_SUBSCRIBED).get("reason") == "NotSubscribed"
    assert login_refused(4).attrs == {"ppn": "4", "uid": "0", "errCode": "ENoEnt"}


def test_a_request_of_an_application_passes_through():
    request = make("GetPPUser", {"uid": 1})

    routed = RoutedRequest.from_element(make("EventRequestToMOM", {"id": 7}, request))

    assert routed == RoutedRequest("7", request)
    assert route_response("7", make("GetPPUserResp")).children == (make("GetPPUserResp"),)


@pytest.mark.parametrize(
    "element",
    [
        make("EventRequestToMOM", {"id": 1}),
        make("EventRequestToMOM", None, make("Ping")),
        make("EventRequestToMOM", {"id": 1}, make("Ping"), make("Ping")),
    ],
)
def test_a_routed_request_needs_an_id_and_one_request(element: Element):
    with pytest.raises(BadValue):
        RoutedRequest.from_element(element)


def test_channel_data_survives_the_way():
    data = base64.b64encode(b"\0\x01hello").decode()
    message = ChannelMessage("doors", origin="1028D67A", to="MOM", data=data, id="4")

    element = message.to_element("EventApplicationDataChannel")

    assert element.get("from") == "1028D67A"
    assert ChannelMessage.from_element(element) == message
    assert message.content() == b"\0\x01hello"


@pytest.mark.parametrize(
    "data", ["!", "AAA", "ü", base64.b64encode(b"x" * (MAX_CHANNEL_DATA + 1)).decode()]
)
def test_channel_data_that_is_none_or_too_much_is_refused(data: str):
    with pytest.raises(BadValue, match="data"):
        ChannelMessage("doors", data=data).content()


def test_a_channel_is_announced_and_its_end_too():
    made, ended = (channel_cnf("doors", 4, deleted=deleted) for deleted in (False, True))

    assert made.attrs == {"name": "doors", "id": "4"}
    assert ended.attrs == {"name": "doors", "id": "4", "deleted": "1"}


def test_a_channel_name_has_few_characters():
    assert channel_name("Door.1_a-b") == "Door.1_a-b"
    for wrong in ("", "a b", "x" * 65, "ü", "a\n"):
        with pytest.raises(BadValue):
            channel_name(wrong)
