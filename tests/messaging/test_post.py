from typing import Any

import pytest

from mom.axi.element import Element, make
from mom.messaging.errors import Refused
from mom.messaging.figures import Counters
from mom.messaging.letters import DONE_SECONDS, MOST_DONE, MOST_OF_ONE, OPEN_SECONDS
from mom.messaging.message import MAX_CONTENT, MAX_SIZE
from mom.messaging.party import Ask, Hold, Party, Step, Tell
from mom.messaging.post import Post
from mom.model.identities import OmmId
from tests.messaging.world import ID, Places, message, request_message

A, B = Party(omm=OmmId(1)), Party(omm=OmmId(2))


class Table:
    """A post, and the OMMs that take messages."""

    def __init__(self) -> None:
        self.places = Places()
        self.places.put("1001", 1, 1)
        self.places.put("1002", 2, 2)
        self.taking = {1, 2, 3}
        self.counters = Counters()
        self.post = Post(self.places, lambda omm: omm in self.taking, self.counters)

    def accept(self, now: float = 0.0, **changes: Any) -> list[str]:
        return shown(self.post.accept(message(**changes), now))

    def progress(self, event: str, now: float = 1.0, to: str = "tel:1002") -> list[str]:
        return shown(self.post.progress(OmmId(2), told(event, to), now))

    def failed(self, **changes: Any) -> list[str]:
        return shown(self.post.failed(message(**changes).key, 1.0))


def told(event: str, to: str = "tel:1002", id: int = ID) -> Element:
    attrs = {"sendTime": 5, "id": id, "toAddr": to, "event": event}
    return make("EventMessageProgress", attrs)


def shown(steps: list[Any]) -> list[str]:
    return [show(step) for step in steps]


def show(step: Step) -> str:
    if isinstance(step, Ask):
        return f"{step.request.name} to OMM {step.omm}"
    if isinstance(step, Hold):
        return f"wait for phone {step.device}"
    return f"{step.to}: {step.event.get('event') or step.event.name}"


@pytest.fixture
def table() -> Table:
    return Table()


SENT = ["SendMessage to OMM 2"]
GIVEN_UP = ["OMM 0001: TemporaryUnavailable"]


@pytest.mark.feature("F85", "F86")
@pytest.mark.parametrize(
    ("to", "steps"),
    [
        ("tel:1002", SENT),
        ("TEL:1002", SENT),
        ("tel:1001", ["SendMessage to OMM 1"]),
        ("tel:9999", ["OMM 0001: WrongURI"]),
        ("tel:", ["OMM 0001: WrongURI"]),
        ("1002", ["OMM 0001: WrongURI"]),
        ("cb:1002", ["OMM 0001: WrongURI"]),
        ("ppn:2", ["OMM 0001: WrongURI"]),
        ("mailto:a@b", ["OMM 0001: WrongURI"]),
    ],
)
def test_a_message_goes_where_its_receiver_is(table: Table, to: str, steps: list[str]) -> None:
    assert table.accept(to=to) == steps


@pytest.mark.feature("F86")
def test_without_the_home_omm_a_message_is_given_up_at_once(table: Table) -> None:
    table.taking.clear()
    assert table.accept() == GIVEN_UP


@pytest.mark.feature("F85")
def test_a_message_is_sent_as_it_is_but_for_the_local_number_of_its_sender(table: Table) -> None:
    (ask,) = table.post.accept(message(popUp=True), 0.0)
    assert isinstance(ask, Ask)
    (sent,) = ask.request.children
    assert sent.attrs == {
        "sendTime": "5",
        "id": str(ID),
        "fromAddr": "tel:1001",
        "toAddr": "tel:1002",
        "content": "Hello",
        "popUp": "1",
    }
    assert [child.text for child in sent.children] == ["ReadYes"]


@pytest.mark.feature("F86")
def test_a_refused_message_and_one_of_unknown_outcome_are_given_up(table: Table) -> None:
    table.accept()
    assert table.failed() == GIVEN_UP
    assert table.failed() == []


@pytest.mark.feature("F85")
@pytest.mark.parametrize(
    "result", ["Delivered", "Rejected", "Busy", "Overridden", "WrongURI", "Unknown"]
)
def test_the_sender_gets_exactly_one_final_result(table: Table, result: str) -> None:
    table.accept()
    assert table.progress(result) == [f"OMM 0001: {result}"]
    assert table.progress("Delivered") == []
    assert table.failed() == []
    assert shown(table.post.gone(OmmId(2), 1.0)) == []
    assert table.counters.results == {result: 1}


def test_a_result_after_the_message_was_given_up_is_not_passed_on(table: Table) -> None:
    table.accept()
    table.failed()
    assert table.progress("Delivered") == []


def test_progress_before_the_answer_to_the_request_is_the_result(table: Table) -> None:
    table.accept()
    assert table.progress("Delivered") == ["OMM 0001: Delivered"]
    assert table.failed() == []


def test_a_message_that_is_still_tried_stays_open_and_is_told_once(table: Table) -> None:
    table.accept()
    assert table.progress("PagingTimeout") == ["OMM 0001: PagingTimeout"]
    assert table.progress("PagingTimeout") == []
    assert table.progress("SomethingNew") == ["OMM 0001: SomethingNew"]
    assert table.progress("Delivered") == ["OMM 0001: Delivered"]


def test_progress_of_messages_that_mom_did_not_send_is_only_counted(table: Table) -> None:
    table.accept()
    assert shown(table.post.progress(OmmId(3), told("Delivered"), 1.0)) == []
    assert table.progress("Delivered", to="tel:1") == []
    assert table.counters.strays == 2


def test_a_message_that_comes_again_is_not_sent_again(table: Table) -> None:
    assert table.accept() == SENT
    assert table.accept() == []
    table.progress("Delivered")
    assert table.accept() == []
    assert table.counters.repeated == 2


@pytest.mark.parametrize("result", ["Busy", "Overridden"])
def test_a_message_that_was_to_be_tried_later_may_come_again(table: Table, result: str) -> None:
    table.accept()
    table.progress(result)
    assert table.accept() == SENT
    assert table.progress("Delivered") == ["OMM 0001: Delivered"]


def test_a_message_that_was_never_sent_may_come_again(table: Table) -> None:
    table.taking.clear()
    assert table.accept() == table.accept() == GIVEN_UP
    table.taking.add(2)
    assert table.accept() == SENT


def test_a_message_that_comes_back_from_the_home_omm_does_not_go_round(table: Table) -> None:
    table.accept()
    back = message()
    bounced = type(back)(back.key, B, back.to_addr, back.element)
    assert shown(table.post.accept(bounced, 1.0)) == GIVEN_UP


def test_of_two_messages_that_the_home_omm_could_not_tell_apart_the_second_waits(
    table: Table,
) -> None:
    assert table.accept() == SENT
    assert table.accept(sender=3) == ["wait for phone 2"]
    assert table.accept(id=ID + 1) == ["wait for phone 2"]
    steps = table.progress("Delivered")
    assert steps == ["OMM 0001: Delivered", "SendMessage to OMM 2", "SendMessage to OMM 2"]
    assert table.progress("Delivered") == ["OMM 0003: Delivered"]


def test_who_waits_for_a_message_without_a_result_does_not_wait_for_ever(table: Table) -> None:
    table.accept()
    table.accept(sender=3)
    table.accept(id=ID + 1)
    steps = table.post.late(message(sender=3).key, 5.0)
    assert shown(steps) == ["OMM 0003: TemporaryUnavailable", "SendMessage to OMM 2"]


def test_what_waits_for_a_message_is_given_up_with_it_when_the_home_omm_goes(table: Table) -> None:
    table.accept()
    table.accept(sender=3)
    table.taking.discard(2)
    given_up = [*GIVEN_UP, "OMM 0003: TemporaryUnavailable"]
    assert shown(table.post.gone(OmmId(2), 1.0)) == given_up


@pytest.mark.feature("F85")
def test_confirmations_reach_the_sender_after_the_result_and_once_each(table: Table) -> None:
    table.accept()
    table.progress("Delivered")
    event = make(
        "EventMessageConfirmation",
        {"sendTime": 5, "id": ID, "fromAddr": "tel:1001", "toAddr": "tel:1002", "confTime": 9},
    )
    for confirmation, times in (("ReadYes", 1), ("ReadYes", 0), ("OrderOk", 1)):
        steps = table.post.confirmation(OmmId(2), event.having({"confirmation": confirmation}))
        assert shown(steps) == ["OMM 0001: EventMessageConfirmation"] * times
    assert shown(table.post.confirmation(OmmId(3), event)) == []


def test_a_confirmation_that_goes_from_receiver_to_sender_is_found_too(table: Table) -> None:
    table.accept()
    attrs = {"sendTime": 5, "id": ID, "fromAddr": "tel:1002", "toAddr": "tel:1001", "confTime": 9}
    event = make("EventMessageConfirmation", attrs)
    assert table.post.confirmation(OmmId(2), event) == [Tell(A, event)]


@pytest.mark.feature("F86")
def test_a_message_to_a_phone_that_moves_waits_and_finds_it_where_it_is_then(table: Table) -> None:
    table.places.move("1002", 3)
    assert table.accept() == ["wait for phone 2"]
    table.places.put("1002", 2, 3)
    assert shown(table.post.settled(2, 1.0)) == ["SendMessage to OMM 3"]
    assert shown(table.post.late(message().key, 5.0)) == []


@pytest.mark.feature("F86")
def test_messages_for_a_phone_that_moves_keep_their_order(table: Table) -> None:
    table.places.move("1002", 2)
    for number in range(3):
        assert table.accept(id=ID + number) == ["wait for phone 2"]
    table.places.put("1002", 2, 2)
    assert table.accept(id=ID + 3) == ["wait for phone 2"]
    ids = [
        step.request.children[0].get("id")
        for step in table.post.settled(2, 1.0)
        if isinstance(step, Ask)
    ]
    assert ids == [str(ID + number) for number in range(4)]


def test_a_message_that_has_waited_long_enough_is_given_up(table: Table) -> None:
    table.places.move("1002", 2)
    table.accept()
    table.accept(id=ID + 1)
    assert shown(table.post.late(message().key, 5.0)) == [*GIVEN_UP, "wait for phone 2"]
    assert table.post.waits_for(2)
    assert shown(table.post.late(message(id=ID + 1).key, 5.0)) == GIVEN_UP
    assert not table.post.waits_for(2)


def test_a_phone_that_moves_on_is_waited_for_again_and_one_that_is_gone_is_not(
    table: Table,
) -> None:
    table.places.move("1002", 2)
    table.accept()
    assert shown(table.post.settled(2, 1.0)) == ["wait for phone 2"]
    del table.places.phones["1002"]
    assert shown(table.post.settled(2, 2.0)) == ["OMM 0001: WrongURI"]


def test_when_the_home_omm_is_gone_open_messages_are_given_up_and_confirmations_still_pass(
    table: Table,
) -> None:
    table.accept()
    assert shown(table.post.gone(OmmId(1), 1.0)) == []
    assert shown(table.post.gone(OmmId(2), 1.0)) == GIVEN_UP
    attrs = {"sendTime": 5, "id": ID, "toAddr": "tel:1002", "confTime": 9}
    assert table.post.confirmation(OmmId(2), make("EventMessageConfirmation", attrs))


def test_a_message_without_any_news_is_given_up_after_an_hour(table: Table) -> None:
    table.accept(now=0.0)
    assert table.post.expire(OPEN_SECONDS - 1) == []
    assert shown(table.post.expire(OPEN_SECONDS)) == GIVEN_UP
    assert len(table.post.letters) == 0


def test_a_message_with_its_result_is_forgotten_after_a_while(table: Table) -> None:
    table.accept()
    table.progress("Delivered", now=10.0)
    table.post.expire(DONE_SECONDS + 10)
    assert table.post.letters.find(message().key) is None
    assert table.progress("DeleteDelivered") == []


def test_only_the_latest_messages_with_a_result_are_remembered(table: Table) -> None:
    for number in range(MOST_DONE + 1):
        table.accept(id=ID + number)
        table.post.progress(OmmId(2), told("Delivered", id=ID + number), 1.0)
    assert table.post.letters.find(message().key) is None
    assert table.post.letters.find(message(id=ID + 1).key) is not None


def test_one_sender_has_only_so_many_open_messages(table: Table) -> None:
    for number in range(MOST_OF_ONE):
        assert table.accept(id=ID + number) == SENT
    assert table.accept(id=1) == GIVEN_UP
    assert table.accept(sender=3, fromAddr="tel:3", id=2) == SENT
    table.progress("Delivered")
    assert table.accept(id=3) == SENT


def test_a_message_with_too_much_text_is_rejected(table: Table) -> None:
    assert table.accept(content="x" * (MAX_CONTENT - 7)) == SENT
    assert table.accept(id=1, content="x" * MAX_CONTENT) == ["OMM 0001: Rejected"]
    assert table.accept(id=2, unknown="x" * MAX_SIZE) == ["OMM 0001: Rejected"]


@pytest.mark.parametrize("result", ["Busy", "Overridden"])
def test_who_was_told_to_retry_hears_when_the_queue_of_the_phone_is_empty(
    table: Table, result: str
) -> None:
    table.accept()
    table.progress(result)
    empty = make("EventMessageQueueEmpty", {"ppn": 102})
    (tell,) = table.post.queue_empty(OmmId(2), empty)
    assert (tell.to, tell.event.get("ppn")) == (A, "2")
    assert table.post.queue_empty(OmmId(2), empty) == []
    assert table.post.queue_empty(OmmId(2), make("EventMessageQueueEmpty", {"ppn": "x"})) == []


def test_applications_may_name_a_phone_by_its_system_wide_number(table: Table) -> None:
    (ask,) = table.post.accept(request_message(to="PPN:2"), 0.0)
    assert isinstance(ask, Ask)
    assert ask.request.children[0].get("toAddr") == "ppn:102"
    (tell,) = table.post.progress(OmmId(2), told("Delivered", "ppn:102", 7), 1.0)
    assert tell.event.get("toAddr") == "PPN:2"


def cancel(**changes: Any) -> Element:
    return make("CancelMessage", {"sendTime": 5, "id": 7, "toAddr": "tel:1002", **changes})


def test_taking_back_a_message_reaches_the_omm_that_has_it(table: Table) -> None:
    table.post.accept(request_message(), 0.0)
    sender = Party(application=1)
    withdrawal = table.post.withdraw(sender, cancel(seq=4), 1.0)
    assert (withdrawal.omm, withdrawal.request) == (2, cancel())
    table.post.progress(OmmId(2), told("Delivered", id=7), 1.0)
    assert table.post.withdraw(sender, cancel(), 1.0).omm == 2
    deleted = told("DeleteDelivered", id=7)
    assert shown(table.post.progress(OmmId(2), deleted, 1.0)) == ["application 1: DeleteDelivered"]
    assert shown(table.post.progress(OmmId(2), deleted, 1.0)) == []


def test_a_message_that_waits_is_taken_back_here(table: Table) -> None:
    table.places.move("1002", 2)
    table.post.accept(request_message(), 0.0)
    withdrawal = table.post.withdraw(Party(application=1), cancel(), 1.0)
    assert withdrawal.omm == 0
    assert shown(list(withdrawal.steps)) == ["application 1: Rejected"]
    assert table.post.settled(2, 1.0) == []


def test_a_message_of_somebody_else_or_at_an_omm_that_is_away_is_not_taken_back(
    table: Table,
) -> None:
    table.post.accept(request_message(), 0.0)
    with pytest.raises(Refused) as found:
        table.post.withdraw(Party(application=2), cancel(), 1.0)
    assert found.value.code == "ENoEnt"
    table.taking.clear()
    with pytest.raises(Refused) as found:
        table.post.withdraw(Party(application=1), cancel(), 1.0)
    assert found.value.info == "OMM 0002 is not connected"
