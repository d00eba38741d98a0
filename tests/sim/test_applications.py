from typing import Any

from mom.axi.element import make

from .test_commands import Desk


def request(name: str, /, *children: dict[str, Any], **attrs: str) -> dict[str, Any]:
    return {"name": name, "attrs": attrs, "children": list(children)}


def listening_mom(desk: Desk, *types: str) -> Any:
    client = desk.ground.connect()
    client.open()
    flags = [make("e", {"cmd": "On", "eventType": name}) for name in types]
    client.send(make("Subscribe", {}, *flags))
    client.read()
    return client


def test_an_application_is_played_from_its_first_request_until_it_hangs_up() -> None:
    desk = Desk()
    mom = listening_mom(desk, "ApplicationDataChannel")
    made = desk.run(
        "application", omm=1, request=request("CreateApplicationDataChannel", name="doors")
    )
    assert made["response"]["name"] == "CreateApplicationDataChannelResp"
    (event,) = mom.read()
    assert event.get("name") == "doors"
    desk.run(
        "application",
        omm=1,
        request=request("SubscribeApplicationDataChannel", name="*", cmd="On"),
    )
    sent = {"name": "doors", "from": "MOM", "to": "*", "data": "QQ=="}
    mom.send(make("ApplicationDataChannel", sent))
    (heard,) = desk.run("heard", omm=1)["events"]
    assert heard == {"name": "EventApplicationDataChannel", "attrs": sent}
    assert desk.run("heard", omm=1)["events"] == []
    mom.read()
    desk.run("hang-up", omm=1)
    (event,) = mom.read()
    assert event.flag("deleted")


def test_what_an_application_asks_the_mom_is_answered_through_the_omm() -> None:
    desk = Desk()
    mom = listening_mom(desk, "MOMMsgRouting")
    child = request("Subscribe", request("e", cmd="On", eventType="MessageProgress"))
    desk.run("application", omm=1, app="a", request=request("RouteRequestToMOM", child))
    (event,) = mom.read()
    assert event.children[0].children[0].get("eventType") == "MessageProgress"
    answer = make("RouteResponseFromMOM", {"id": event.get("id")}, make("SubscribeResp"))
    mom.send(answer)
    (heard,) = desk.run("heard", omm=1, app="a")["events"]
    assert heard["children"] == [{"name": "SubscribeResp"}]


def test_an_application_may_read_and_write_messages_only() -> None:
    desk = Desk()
    refused = desk.run("application", omm=1, request=request("DeletePPUser", uid="1"))
    assert refused["response"]["attrs"]["errCode"] == "EPerm"


def test_a_request_that_is_none_is_a_failed_command() -> None:
    desk = Desk()
    assert not desk.commands.run({"cmd": "application", "omm": 1, "request": {}})["ok"]
    assert not desk.commands.run({"cmd": "heard", "omm": 1})["ok"]
