import pytest

from mom.axi.element import Element, Value, make
from mom.sim import writing
from mom.sim.session import Session

from ..conftest import Bench

TYPES = ("MessageSend", "MessageProgress", "MessageConfirmation", "MessageQueueEmpty")


@pytest.fixture
def mom(bench: Bench) -> Session:
    session = bench.client()
    bench.listen(session, *TYPES)
    return session


def send(bench: Bench, mom: Session, to: str = "tel:40001", id: int = 2, *children: Element) -> str:
    """Send a message; returns its progress."""
    attrs: dict[str, Value] = {"sendTime": 1, "id": id, "toAddr": to, "fromAddr": "tel:1"}
    bench.ask(mom, make("SendMessage", {}, make("msg", attrs, *children)))
    events = bench.told(mom)
    return events[0].get("event") if events else ""


@pytest.mark.parametrize(
    ("to", "event"),
    [
        ("tel:40001", "Delivered"),
        ("TEL:40001", "Delivered"),
        ("tel:0", "WrongURI"),
        ("mailto:40001", "WrongURI"),
        ("ppn:99999", "WrongURI"),
    ],
)
def test_a_message_reaches_a_phone_that_is_here(
    bench: Bench, mom: Session, to: str, event: str
) -> None:
    assert send(bench, mom, to) == event


def test_a_phone_that_is_elsewhere_gets_nothing(bench: Bench, mom: Session) -> None:
    user = bench.state.users.by_unique("40001")
    assert user is not None
    device = bench.state.devices.get(user.number("ppn"))
    assert send(bench, mom, f"ppn:{device.id}", 1) == "Delivered"
    device.put({"ommId": "10290009"})
    assert send(bench, mom) == "WrongURI"


def test_messages_are_listed_and_counted_and_a_repeated_one_is_noticed(
    bench: Bench, mom: Session
) -> None:
    send(bench, mom)
    send(bench, mom)
    assert (bench.state.mail.received, bench.state.mail.twice) == (2, 1)
    listed = writing.inbox(bench.state, {})["messages"]
    assert [each["toAddr"] for each in listed] == ["tel:40001"] * 2


def test_a_message_that_asks_for_it_is_confirmed_once_by_itself(bench: Bench, mom: Session) -> None:
    choices = [make("confirmReq", text=text) for text in ("OrderOk", "OrderNok")]
    message = make("msg", {"sendTime": 1, "id": 2, "toAddr": "tel:40001"}, *choices)
    bench.ask(mom, make("SendMessage", {}, message))
    assert bench.told(mom)[1].get("confirmation") == "OrderOk"
    writing.confirm_again(bench.state, {"id": 2, "confirmation": "CompleteDone"})
    bench.collect()
    assert bench.told(mom)[0].get("confirmation") == "CompleteDone"


def test_a_phone_that_is_not_found_gets_its_messages_later(bench: Bench, mom: Session) -> None:
    writing.answers(bench.state, {"answer": "PagingTimeout"})
    assert send(bench, mom) == "PagingTimeout"
    assert writing.answers(bench.state, {"answer": "Delivered"}) == {"delivered": 1}
    bench.collect()
    assert bench.told(mom)[0].get("event") == "Delivered"


def test_a_busy_phone_tells_when_it_is_free(bench: Bench, mom: Session) -> None:
    writing.answers(bench.state, {"answer": "Busy"})
    assert send(bench, mom) == "Busy"
    writing.answers(bench.state, {"answer": "none"})
    assert send(bench, mom, "tel:40001", 3) == ""
    writing.answers(bench.state, {"answer": "Delivered"})
    bench.collect()
    assert [event.name for event in bench.told(mom)] == ["EventMessageQueueEmpty"]


def test_what_waits_can_be_cancelled_and_what_arrived_deleted(bench: Bench, mom: Session) -> None:
    name: dict[str, Value] = {"sendTime": 1, "id": 2, "toAddr": "tel:40001"}
    writing.answers(bench.state, {"answer": "PagingTimeout"})
    send(bench, mom)
    assert not bench.request(mom, "CancelMessage", **name).get("errCode")
    assert bench.request(mom, "CancelMessage", **name).get("errCode") == "ENoEnt"
    writing.answers(bench.state, {"answer": "Delivered"})
    send(bench, mom)
    assert not bench.request(mom, "DeleteMessage", **name).get("errCode")
    assert bench.told(mom)[0].get("event") == "DeleteDelivered"
    assert bench.request(mom, "DeleteMessage", **name).get("errCode") == "ENoEnt"


def test_a_phone_writes_and_hears_what_became_of_it(bench: Bench, mom: Session) -> None:
    written = writing.message(bench.state, {"num": "40002", "to": "70001", "confirm": ["ReadYes"]})
    assert written["result"] == "told"
    bench.collect()
    (event,) = bench.told(mom)
    message = event.children[0]
    assert (message.get("fromAddr"), message.get("toAddr")) == ("tel:40002", "tel:70001")
    bench.time += 0.5
    name: dict[str, Value] = {n: message.get(n) for n in ("sendTime", "id", "toAddr")}
    for told in ("PagingTimeout", "Delivered", "Delivered"):
        progress = make("EventMessageProgress", {**name, "event": told})
        bench.ask(mom, make("RouteEventFromMOM", {}, progress))
    confirmed = make("EventMessageConfirmation", {**name, "confirmation": "ReadYes"})
    bench.ask(mom, make("RouteEventFromMOM", {}, confirmed))
    stats = bench.state.mail.stats()
    assert (stats["results"], stats["further"], stats["underWay"]) == ({"Delivered": 1}, 1, 0)
    assert stats["confirmed"] == {"ReadYes": 1}
    assert list(bench.state.mail.delays) == [0.5]


def test_phones_of_one_site_need_no_mom(bench: Bench) -> None:
    assert writing.message(bench.state, {"num": "40002", "to": "40001"})["result"] == "local"
    assert writing.message(bench.state, {"num": "40002", "to": "70001"})["result"] == "refused"
    assert bench.state.mail.received == 1


def test_an_alarm_carries_the_local_numbers_of_its_phone(bench: Bench) -> None:
    mom = bench.client()
    flag = make("e", {"cmd": "On", "eventType": "AlarmTrigger", "trigger": "*"})
    bench.ask(mom, make("Subscribe", {}, flag))
    assert writing.alarm(bench.state, {"num": "40002", "trigger": "SOS"}) == {"told": 1}
    bench.collect()
    (event,) = bench.told(mom)
    user = bench.state.users.by_unique("40002")
    assert user is not None
    assert (event.number("uid"), event.number("ppn")) == (user.id, user.number("ppn"))
