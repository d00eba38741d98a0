from mom.axi.element import make

from ..conftest import Bench


def test_rooms_are_made_changed_listed_and_deleted(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "ConferenceCnf")
    room = make("room", {"name": "Staff", "conferenceId": "901", "sipPw": bench.seal("pw")})
    made = bench.ask(session, make("CreateConferenceRoom", {}, room)).children[0]
    assert made.number("id") == 1
    assert bench.state.key.decrypt(made.get("sipPw")) == "pw"
    bench.ask(session, make("SetConferenceRoom", {}, make("room", {"id": 1, "name": "All"})))
    page = bench.request(session, "GetConferenceRoom", id=0, maxRecords=20)
    assert [child.get("name") for child in page.children] == ["All"]
    assert not bench.request(session, "DeleteConferenceRoom", id=1).get("errCode")
    told = bench.told(session)
    assert [event.flag("deleted") for event in told] == [False, False, True]
    assert bench.request(session, "GetConferenceRoom", id=1).get("errCode") == "ENoEnt"


def test_two_rooms_do_not_share_a_conference_id(bench: Bench) -> None:
    session = bench.client()
    room = make("room", {"name": "A", "conferenceId": "901"})
    bench.ask(session, make("CreateConferenceRoom", {}, room))
    answer = bench.ask(session, make("CreateConferenceRoom", {}, room))
    assert answer.get("errCode") == "EExist"


def test_rooms_are_limited(bench: Bench) -> None:
    bench.state.limits["conferenceRooms"] = 0
    answer = bench.ask(
        bench.client(), make("CreateConferenceRoom", {}, make("room", {"name": "A"}))
    )
    assert answer.get("errCode") == "ENoMem"


def test_an_event_tells_only_what_has_changed_of_a_room(bench: Bench) -> None:
    session = bench.client()
    room = make("room", {"name": "Staff", "conferenceId": "901"})
    bench.ask(session, make("CreateConferenceRoom", {}, room))
    bench.listen(session, "ConferenceCnf")
    changes = ({"name": "All"}, {"name": "All"}, {"fixedSipPort": 5062})
    for change in changes:
        bench.ask(session, make("SetConferenceRoom", {}, make("room", {"id": 1, **change})))
    told = [event.children[0].attrs for event in bench.told(session)]
    assert told == [
        {"id": "1", "name": "All"},
        {"id": "1", "fixedSipPort": "5062", "calculatedSipPort": "5062"},
    ]


def test_what_is_no_room_is_refused(bench: Bench) -> None:
    session = bench.client()
    for attrs, code in (
        ({"id": -1, "name": "A"}, "EInval"),
        ({"conferenceId": "9" * 32}, "ETooLong"),
        ({"fixedSipPort": 65536}, "EInval"),
    ):
        answer = bench.ask(session, make("CreateConferenceRoom", {}, make("room", attrs)))
        assert answer.get("errCode") == code
    assert not bench.state.rooms


def test_the_calculated_port_cannot_be_set(bench: Bench) -> None:
    room = make("room", {"conferenceId": "901", "calculatedSipPort": 7})
    made = bench.ask(bench.client(), make("CreateConferenceRoom", {}, room)).children[0]
    assert made.get("calculatedSipPort") == "5060"
