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
