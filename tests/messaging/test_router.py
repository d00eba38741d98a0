import pytest

from mom.axi.element import Element, Value, make
from mom.messaging.message import MAX_SIZE
from mom.messaging.router import SWEEP_SECONDS
from mom.messaging.waits import WAIT_SECONDS
from tests.messaging.world import DATA, ID, Application, FakeWire, World, msg

PROGRESS: dict[str, Value] = {"sendTime": 5, "id": ID, "toAddr": "tel:1002", "event": "Alerting"}


@pytest.mark.feature("F85")
def test_a_message_goes_to_the_home_omm_and_its_result_comes_back(world: World) -> None:
    world.write()
    (sent,) = world[2].sent("SendMessage")
    assert sent.children[0].get("content") == "Hello"
    world[2].answers[-1].callback(make("SendMessageResp"))
    world.progress(2, "Delivered")
    assert world[1].results() == ["Delivered"]
    figures = world.router.figures()
    assert (figures.from_omms, figures.results, figures.open_messages) == (1, {"Delivered": 1}, 0)


@pytest.mark.feature("F85")
def test_a_phone_of_the_same_omm_can_be_written_to(world: World) -> None:
    world.write(to="tel:1001")
    assert world[1].sent("SendMessage")
    world.progress(1, "Delivered", to="tel:1001")
    assert world[1].results() == ["Delivered"]


@pytest.mark.feature("F86")
def test_a_message_that_cannot_arrive_has_its_result_at_once(world: World) -> None:
    world.write(to="tel:7")
    world.lines[2].close()
    world.write(id=ID + 1)
    assert world[1].results() == ["WrongURI", "TemporaryUnavailable"]
    assert world[2].requests == []


@pytest.mark.feature("F86")
@pytest.mark.parametrize("how", ["refused", "lost", "gone", "full"])
def test_a_message_that_the_home_omm_may_not_have_is_given_up(world: World, how: str) -> None:
    if how == "full":
        world[2].fill()
    world.write()
    if how == "refused":
        world[2].refuse("EInval")
    elif how == "lost":
        world[2].lose()
    elif how == "gone":
        world.lines[2].close()
    assert world[1].results() == ["TemporaryUnavailable"]


def test_a_sender_that_came_back_gets_the_result_in_its_new_session(world: World) -> None:
    world.write()
    world.wires[1] = FakeWire(1)
    former, world.lines[1] = world.lines[1], world.router.open(world.wires[1])
    former.close()
    world.progress(2, "Delivered")
    assert world[1].results() == ["Delivered"]


def test_a_result_for_a_sender_that_is_away_is_dropped_and_counted(world: World) -> None:
    world.write()
    world.lines[1].close()
    world.progress(2, "Delivered")
    assert world.router.figures().untold == 1


def test_an_event_that_an_omm_does_not_take_is_counted(world: World) -> None:
    world.write(to="tel:7")
    world[1].refuse("EInval")
    assert world.router.figures().untold == 1


@pytest.mark.feature("F86")
def test_a_message_waits_for_a_phone_that_moves_and_follows_it(world: World) -> None:
    world.places.move("1002", 3)
    world.write()
    assert not world[3].requests
    world.places.arrive("1002")
    assert world[3].sent("SendMessage")
    world.clock.advance(WAIT_SECONDS)
    assert world[1].results() == []


@pytest.mark.feature("F86")
def test_a_message_waits_five_seconds_and_no_longer(world: World) -> None:
    world.places.move("1002", 3)
    world.write()
    world.clock.advance(WAIT_SECONDS - 1)
    world.write(id=ID + 1)
    world.clock.advance(1)
    assert world[1].results() == ["TemporaryUnavailable"]
    world.clock.advance(WAIT_SECONDS)
    assert world[1].results() == ["TemporaryUnavailable"] * 2
    assert not world.places.waiting
    world.places.arrive("1002")
    assert not world[3].requests


def test_stopping_drops_what_waits(world: World) -> None:
    world.places.move("1002", 3)
    world.write()
    world.router.stop()
    assert not world.places.waiting


def test_a_message_without_news_is_given_up_by_the_clock(world: World) -> None:
    world.write()
    for _ in range(61):
        world.clock.advance(SWEEP_SECONDS)
    assert world[1].results() == ["TemporaryUnavailable"]


@pytest.mark.parametrize(
    "event",
    [
        make("EventMessageSend"),
        make("EventMessageSend", None, msg().having({"id": "x"})),
        make("EventMessageSend", None, msg().having({"sendTime": None})),
        make("EventMessageSend", None, msg().having({"toAddr": ""})),
        make("EventMessageSend", None, msg().having({"toAddr": "tel:" + "1" * 125})),
        make("EventMessageSend", None, msg().having({"fromAddr": None, "ppn": 7})),
        make("EventMessageSend", None, msg().having({"fromAddr": None, "ppn": "x"})),
        make("EventRequestToMOM"),
        make("EventAlarmTrigger", {"ppn": "-5"}),
        make("EventApplicationDataChannelCnf", {"name": "a b"}),
        make("EventApplicationDataChannel", {"name": "doors", "to": "MOM", "data": "!"}),
        make("EventApplicationDataChannel", {"name": "doors", "to": "you", "data": DATA}),
    ],
)
def test_an_event_that_makes_no_sense_is_counted_and_dropped(world: World, event: Element) -> None:
    world.tell(1, event)
    assert world.router.figures().malformed == 1
    assert all(not wire.requests for wire in world.wires.values())


@pytest.mark.parametrize(
    "event",
    [
        make("EventMessageProgress", {**PROGRESS, "x": "x" * MAX_SIZE}),
        make("EventMessageProgress", {**PROGRESS, "event": "x" * 100}),
        make("EventMessageConfirmation", {**PROGRESS, "confirmation": "x" * MAX_SIZE}),
        make("EventAlarmTrigger", {"id": 1, "trigger": "x" * MAX_SIZE}),
    ],
)
def test_an_event_of_which_too_much_would_be_remembered_is_dropped(
    world: World, event: Element
) -> None:
    world.write()
    world.tell(2, event)
    assert world.router.figures().malformed == 1
    assert world[1].routed() == []


def test_a_message_without_sender_gets_the_number_of_its_phone(world: World) -> None:
    world.write(fromAddr=None)
    assert world[2].requests[0].children[0].get("fromAddr") == "tel:1001"


def test_events_of_other_kinds_are_not_ours(world: World) -> None:
    world.tell(1, make("EventPPCnf"))
    assert world.router.figures().malformed == 0


# Alarm triggers.


def alarm(trigger: str = "SOS", id: int = 1, **attrs: Value) -> Element:
    values: dict[str, Value] = {"sendTime": 5, "id": id, "trigger": trigger, "fromAddr": "tel:1"}
    return make("EventAlarmTrigger", values | attrs)


def subscribe(world: World, number: int, event_type: str, **filters: Value) -> Element:
    entry = make("e", {"cmd": "On", "eventType": event_type, **filters})
    return world.ask(number, "Subscribe", entry)


@pytest.mark.feature("F227")
def test_alarms_reach_applications_at_other_sites_with_system_wide_numbers(world: World) -> None:
    application = Application()
    world.router.join(application)
    entry = make("e", {"cmd": "On", "eventType": "AlarmTrigger", "trigger": "S*"})
    world.request(application, "Subscribe", entry)
    for number in (1, 2):
        assert not subscribe(world, number, "AlarmTrigger", trigger="*").get("errCode")
    world.places.users[1, 77] = 4
    world.tell(1, alarm(uid=77, ppn=101, content="Help"))
    world.tell(1, alarm("Test", id=2))
    assert world[1].routed() == []
    assert [event.get("trigger") for event in world[2].routed()] == ["SOS", "Test"]
    (told,) = application.events
    assert (told.get("uid"), told.get("ppn"), told.get("content")) == ("4", "1", "Help")


@pytest.mark.feature("F227")
def test_an_alarm_that_comes_back_does_not_go_round(world: World) -> None:
    for number in (1, 2, 3):
        subscribe(world, number, "AlarmTrigger", trigger="*")
    world.tell(1, alarm())
    world.tell(2, alarm())
    assert [len(world[number].routed()) for number in (1, 2, 3)] == [0, 1, 1]


def test_a_full_receiver_misses_an_alarm(world: World) -> None:
    subscribe(world, 2, "AlarmTrigger", trigger="*")
    world[2].fill()
    world.tell(1, alarm())
    assert world[2].routed() == []
    assert world.router.figures().untold == 1


# Requests of applications.


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (make("GetPPUser", {"uid": 1}), "EForbidden"),
        (make("SetPPUser"), "EForbidden"),
        (make("RouteRequestToMOM"), "EForbidden"),
        (make("EventPPCnf"), "EInval"),
        (make("Nonsense"), "EInval"),
        (make("SendMessage"), "EMissing"),
        (make("SendMessage", None, msg(id=5, fromAddr="")), "EMissing"),
        (make("SendMessage", None, msg()), "EInval"),
        (make("SendMessage", None, msg(id=5, content="x" * 20_000)), "EInval"),
        (make("SendMessage", None, msg(id=5, priority="Emergency")), "EPerm"),
        (make("SendMessage", None, msg(id=5, priority="LocatingAlert")), "EPerm"),
        (make("CancelMessage", {"sendTime": 5}), "EMissing"),
        (make("DeleteMessage", {"sendTime": 5, "id": 7, "toAddr": "tel:1"}), "ENoEnt"),
        (make("CreateApplicationDataChannel"), "EMissing"),
        (make("DeleteApplicationDataChannel"), "EMissing"),
        (make("DeleteApplicationDataChannel", {"id": "x"}), "EInval"),
        (make("SubscribeApplicationDataChannel", {"name": "doors"}), "EInval"),
        (make("ApplicationDataChannel"), "EInval"),
        (make("ApplicationDataChannel", {"name": "doors", "data": DATA}), "EInval"),
        (make("Subscribe"), "EInval"),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_refused(
    world: World, request_: Element, code: str
) -> None:
    response = world.ask(1, request_.name, *request_.children, **request_.attrs, seq=4)
    assert (response.name, response.get("seq")) == (f"{request_.name}Resp", "4")
    assert response.get("errCode") == code
    assert [r.name for r in world[1].requests] == ["RouteResponseFromMOM"]
    assert world.router.figures().refused == 1


def test_what_is_not_supported_is_said_so(world: World) -> None:
    assert world.ask(1, "GetPPUser", uid=1).get("info") == "not supported"


def test_an_application_event_with_two_requests_is_answered_with_an_error(world: World) -> None:
    world.tell(1, make("EventRequestToMOM", {"id": 9}, make("Ping"), make("Ping")))
    (response,) = world[1].responses()
    assert (response.name, response.get("errCode")) == ("ErrorResp", "EInval")


@pytest.mark.feature("F85", "F86")
def test_an_application_at_an_omm_writes_to_a_phone_of_another(world: World) -> None:
    assert not world.ask(1, "SendMessage", msg(id=7)).get("errCode")
    assert world[2].sent("SendMessage")
    world.progress(2, "Delivered", id=7)
    assert world[1].results() == ["Delivered"]
    assert world.router.figures().from_applications == 1


def test_the_response_goes_out_before_the_result(world: World) -> None:
    world.ask(1, "SendMessage", msg("tel:7", id=7))
    names = [request.children[0].name for request in world[1].requests]
    assert names == ["SendMessageResp", "EventMessageProgress"]


def test_the_answer_to_a_cancellation_is_that_of_the_omm(world: World) -> None:
    world.ask(1, "SendMessage", msg(id=7))
    cancel = make("CancelMessage", {"seq": 3, "sendTime": 5, "id": 7, "toAddr": "tel:1002"})
    for code in ("", "ENoEnt", "lost"):
        world.tell(1, make("EventRequestToMOM", {"id": 9}, cancel))
        assert world[2].requests[-1].attrs == {"sendTime": "5", "id": "7", "toAddr": "tel:1002"}
        if code == "lost":
            world[2].lose()
        elif code:
            world[2].refuse(code)
        else:
            world[2].answers[-1].callback(make("CancelMessageResp"))
        response = world[1].responses()[-1]
        assert response.get("seq") == "3"
        assert response.get("errCode") == (code if code != "lost" else "EFailed")


def test_subscribers_see_the_progress_and_confirmations_of_others_messages(world: World) -> None:
    application = Application()
    world.router.join(application)
    entries = [
        make("e", {"cmd": "On", "eventType": name, "ppn": -1})
        for name in ("MessageProgress", "MessageConfirmation")
    ]
    world.request(application, "Subscribe", *entries)
    world.write()
    world.progress(2, "Delivered")
    attrs: dict[str, Value] = {"sendTime": 5, "id": ID, "toAddr": "tel:1002", "confTime": 9}
    world.tell(2, make("EventMessageConfirmation", attrs))
    assert [event.name for event in application.events] == [
        "EventMessageProgress",
        "EventMessageConfirmation",
    ]
    world.progress(3, "Delivered", id=4)
    assert len(application.events) == 2
