import pytest

from mom.axi.element import Element, make
from mom.axi.errors import FrameTooLong, MalformedFrame, Unencodable
from mom.axi.link import Link, Unreadable, is_answer


def messages(link: Link, data: bytes) -> list[Element | Unreadable]:
    return [link.decode(frame) for frame in link.cut(data)]


def answered(link: Link, data: bytes) -> list[int | None]:
    """The numbers of the requests that these messages answer, ``None`` for a stray."""
    return [link.answered(each) for each in messages(link, data) if isinstance(each, Element)]


def test_requests_are_numbered_from_one_and_end_with_a_zero_byte():
    link = Link()

    assert link.request(make("Ping")) == (1, b'<Ping seq="1"/>\0')
    assert link.request(make("GetPPUser", {"uid": 3, "seq": 99})) == (
        2,
        b'<GetPPUser seq="2" uid="3"/>\0',
    )


def test_answers_are_matched_by_number_in_any_order():
    link = Link()
    first, _ = link.request(make("GetPPUser"))
    second, _ = link.request(make("GetPPUser"))

    answers = b'<GetPPUserResp seq="2"/>\0<GetPPUserResp seq="1"/>\0'

    assert answered(link, answers) == [second, first]


def test_an_answer_without_number_belongs_to_the_oldest_request_of_its_name():
    link = Link()
    link.request(make("Ping"))
    first, _ = link.request(make("Subscribe"))
    second, _ = link.request(make("Subscribe"))

    assert answered(link, b"<SubscribeResp/>\0<SubscribeResp/>\0") == [first, second]


def test_the_number_need_not_be_the_first_attribute():
    link = Link()
    seq, _ = link.request(make("GetPPUser"))

    assert answered(link, b'<GetPPUserResp x="1" seq=" 1 "/>\0') == [seq]


@pytest.mark.parametrize(
    "answer",
    [
        b"<PingResp/>\0",
        b'<GetPPUserResp seq="2"/>\0',
        b'<GetPPUserResp seq="x"/>\0',
        b'<GetPPUserResp seq="-1"/>\0',
        b'<GetPPUserResp seq="999999999999999999999999"/>\0',
    ],
)
def test_an_answer_that_nobody_asked_for_is_a_stray(answer: bytes):
    link = Link()
    seq, _ = link.request(make("GetPPUser"))

    assert answered(link, answer) == [None]
    assert link.strays == 1
    assert answered(link, b"<GetPPUserResp/>\0") == [seq]


def test_a_second_answer_to_one_request_is_a_stray():
    link = Link()
    seq, _ = link.request(make("Ping"))

    assert answered(link, b'<PingResp seq="1"/>\0<PingResp seq="1"/>\0') == [seq, None]
    assert link.strays == 1


def test_the_answer_to_a_forgotten_request_is_let_pass_once():
    link = Link()
    seq, _ = link.request(make("Ping"))
    link.forget(seq)

    assert answered(link, b'<PingResp seq="1"/>\0') == [None]
    assert link.strays == 0
    assert answered(link, b'<PingResp seq="1"/>\0') == [None]
    assert link.strays == 1


def test_so_many_late_answers_are_expected_and_no_more():
    link = Link()
    for _ in range(1001):
        link.forget(link.request(make("Ping"))[0])

    answered(link, b'<PingResp seq="1"/>\0<PingResp seq="2"/>\0')

    assert link.strays == 1


@pytest.mark.parametrize(
    ("name", "answers"), [("PingResp", True), ("EventResponse", False), ("Ping", False)]
)
def test_the_name_tells_an_answer_from_an_event(name: str, answers: bool):
    assert is_answer(make(name, {"seq": 1})) == answers


def test_unreadable_bytes_come_out_in_their_place():
    link = Link(limit=20)

    data = b"<EventA/>\0junk\0<EventB/>\0" + b"x" * 21
    before, broken, after, overlong = messages(link, data)

    assert (before, after) == (make("EventA"), make("EventB"))
    assert isinstance(broken, Unreadable)
    assert isinstance(broken.error, MalformedFrame)
    assert isinstance(overlong, Unreadable)
    assert isinstance(overlong.error, FrameTooLong)


def test_a_request_that_cannot_be_written_is_not_waited_for():
    link = Link()

    with pytest.raises(Unencodable):
        link.request(Element("Ping", {"a": "\0"}))

    assert answered(link, b'<PingResp seq="1"/>\0<PingResp/>\0') == [None, None]
    assert link.request(make("Ping"))[0] == 1


def test_an_answer_with_the_number_of_another_request_is_a_stray():
    link = Link()
    seq, _ = link.request(make("GetPPDev"))
    assert link.answered(make("PingResp", {"seq": seq})) is None
    assert link.strays == 1
    assert link.answered(make("AXIResp", {"seq": seq, "errCode": "EInval"})) == seq


@pytest.mark.parametrize(
    "bad", [b"<a><b></a>\0", b"<a" + b"><a" * 20 + b"/>\0", b"<!DOCTYPE a><a>x</a>\0", b"<a>\0"]
)
def test_what_one_peer_gets_wrong_does_no_harm_to_the_messages_of_another(bad: bytes):
    bad_link, good_link = Link(), Link()
    good = b"<EventX a='1'>text</EventX>\0"
    for _ in range(3):
        assert isinstance(messages(bad_link, bad)[0], Unreadable)
        assert messages(good_link, good) == [make("EventX", {"a": "1"}, text="text")]
