"""Data on named channels, between applications at OMMs and at MOM."""

import base64

import pytest

from mom.axi.element import Value, make
from mom.axi.mom_profile import MAX_CHANNEL_DATA
from tests.messaging.world import DATA, Application, World


def data(world: World, number: int, to: str, **changes: Value) -> None:
    """An application at an OMM sends on a channel."""
    ari = f"1029000{number}"
    attrs: dict[str, Value] = {"name": "doors", "from": ari, "to": to, "data": DATA, "id": 4}
    world.tell(number, make("EventApplicationDataChannel", attrs | changes))


def listen(world: World, application: Application, name: str = "doors") -> None:
    world.router.join(application)
    world.request(application, "SubscribeApplicationDataChannel", name=name, cmd="On")


@pytest.mark.feature("F87")
def test_applications_at_omms_and_a_central_one_exchange_data_in_order(world: World) -> None:
    central = Application()
    listen(world, central)
    for number in range(3):
        data(world, 1, "MOM", id=number)
    assert [event.get("id") for event in central.events] == ["0", "1", "2"]
    assert central.events[0].attrs == {
        "name": "doors",
        "from": "10290001",
        "to": "MOM",
        "data": DATA,
        "id": "0",
    }
    sent = {"name": "doors", "to": "10290002", "data": DATA}
    assert not world.request(central, "ApplicationDataChannel", **sent).get("errCode")
    (request,) = world[2].requests
    assert (request.name, request.get("from")) == ("ApplicationDataChannel", "MOM")
    data(world, 1, "10290002")
    assert world[2].requests[-1].get("from") == "10290001"


@pytest.mark.feature("F87")
def test_data_for_everybody_reaches_all_but_the_sender(world: World) -> None:
    first, second, other = Application(1), Application(2), Application(3)
    for application in (first, second):
        listen(world, application)
    listen(world, other, "rooms")
    world.request(first, "ApplicationDataChannel", name="doors", to="*", data=DATA)
    assert [len(world[number].requests) for number in (1, 2, 3)] == [1, 1, 1]
    assert [len(a.events) for a in (first, second, other)] == [0, 1, 0]
    data(world, 1, "*")
    assert [len(world[number].requests) for number in (1, 2, 3)] == [1, 2, 2]
    assert [len(a.events) for a in (first, second, other)] == [1, 2, 0]


@pytest.mark.feature("F87")
def test_an_application_at_an_omm_listens_through_mom(world: World) -> None:
    world.ask(2, "SubscribeApplicationDataChannel", name="*", cmd="On")
    world.ask(1, "ApplicationDataChannel", name="doors", to="MOM", data=DATA)
    (event,) = world[2].routed()
    assert (event.name, event.get("from")) == ("EventApplicationDataChannel", "10290001")


@pytest.mark.feature("F87")
def test_a_full_receiver_loses_the_message_and_the_sender_is_told(world: World) -> None:
    central = Application()
    listen(world, central)
    world[2].fill()
    response = world.request(central, "ApplicationDataChannel", name="doors", to="*", data=DATA)
    assert response.get("errCode") == "ENoMem"
    assert response.get("info") == "no room at OMM 0002"
    assert [len(world[number].requests) for number in (1, 2, 3)] == [1, 0, 1]
    central.unsent = world[2].unsent
    data(world, 1, "MOM")
    assert central.events == []
    assert world.router.figures().no_mem == 2


def test_data_for_an_omm_that_is_not_connected_is_refused(world: World) -> None:
    response = world.ask(1, "ApplicationDataChannel", name="doors", to="1029000F", data=DATA)
    assert response.get("errCode") == "EFailed"
    assert response.get("info") == "no OMM 1029000F is connected"


def test_more_than_64_kib_are_refused(world: World) -> None:
    for size, code in ((MAX_CHANNEL_DATA, ""), (MAX_CHANNEL_DATA + 1, "EInval")):
        big = base64.b64encode(b"x" * size).decode()
        response = world.ask(1, "ApplicationDataChannel", name="doors", to="10290002", data=big)
        assert response.get("errCode") == code


def test_data_that_began_elsewhere_or_is_for_its_own_omm_does_not_go_round(world: World) -> None:
    central = Application()
    listen(world, central)
    data(world, 1, "MOM", **{"from": "10290002"})
    data(world, 1, "10290001")
    assert central.events == []
    assert not world[1].requests
    assert world.router.figures().repeated == 2


@pytest.mark.feature("F87")
def test_channels_and_subscriptions_go_with_the_connection(world: World) -> None:
    central = Application()
    listen(world, central, "*")
    id = world.ask(1, "CreateApplicationDataChannel", name="doors").number("id")
    world.tell(1, make("EventApplicationDataChannelCnf", {"name": "rooms", "id": 1}))
    assert world.router.figures().channels == 2
    assert world.ask(2, "DeleteApplicationDataChannel", id=id).get("errCode") == "EPerm"
    world.lines[1].close()
    names = [(event.get("name"), event.flag("deleted")) for event in central.events]
    assert names == [("doors", False), ("rooms", False), ("doors", True), ("rooms", True)]
    world.router.leave(central)
    data(world, 2, "MOM")
    assert len(central.events) == 4
    assert world.router.figures().endpoints == 2


def test_a_channel_ends_at_mom_when_it_ends_at_its_omm_or_its_creator_ends_it(world: World) -> None:
    cnf = make("EventApplicationDataChannelCnf", {"name": "rooms", "id": 1})
    world.tell(1, cnf)
    id = world.ask(1, "CreateApplicationDataChannel", name="doors").number("id")
    world.tell(1, cnf.having({"deleted": True}))
    assert not world.ask(1, "DeleteApplicationDataChannel", id=id).get("errCode")
    assert world.router.figures().channels == 0
