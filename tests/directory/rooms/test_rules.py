"""The decisions about conference rooms: no database, no link, no clock."""

from collections.abc import Mapping, Sequence

import pytest

from mom.axi.element import Element, make
from mom.axi.secrets import PrivateKey, PublicKey
from mom.directory.guard import Guard
from mom.directory.keys import Keys
from mom.directory.rooms.bench import UNPLACED, Agreed, RoomBench, RoomBook, agreed, packed
from mom.directory.rooms.rules import (
    Answered,
    Changed,
    Deleted,
    Read,
    ReadingEnded,
    Removed,
    Row,
    Site,
    settle,
)
from mom.directory.rooms.sends import Change, Create, Delete, Step, holders_away, next_step
from mom.directory.rooms.wire import Told, element, password_for, read, read_event
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom, RoomNumber
from mom.model.secret import Sealed, Secret

KEY = PrivateKey.generate(512)
HERE, THERE = OmmId(1), OmmId(2)
OPENS = Keys([KEY])


class Work:
    """A unit of work that only remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.last = 100

    def next_numbers(self, noun: Noun, count: int) -> Sequence[int]:
        self.last += count
        return range(self.last - count + 1, self.last + 1)

    def put_room(self, before: ConferenceRoom | None, after: ConferenceRoom) -> None:
        pass

    def delete_room(self, before: ConferenceRoom) -> None:
        pass

    def put_copies(self, copies: Mapping[tuple[Noun, int, OmmId], Copy | None]) -> None:
        pass

    def add_line(self, noun: Noun, number: int, at: int, text: str) -> None:
        self.lines.append(text)


class Table:
    """A book with rooms and copies, and what happens to it."""

    def __init__(self, *rooms: ConferenceRoom, copies: Sequence[Copy] = ()) -> None:
        self.book = RoomBook(rooms, copies)
        self.work = Work()
        self.texts: list[str] = []

    def tell(self, *rows: Row, site: Site | None = None) -> None:
        bench = RoomBench(self.book, self.work, 1000)
        for row in rows:
            self.texts += settle(bench, site or at(), row)
        self.texts += bench.mark_conflicts()
        self.book.apply(bench.finish())

    def room(self, number: int = 1) -> ConferenceRoom:
        found = self.book.room(number)
        assert found is not None
        return found

    def copy(self, number: int = 1) -> Copy | None:
        return next((c for c in self.book.copies_of(number) if c.omm == HERE), None)

    def next(self, site: Site | None = None) -> Step | None:
        return next_step(self.book, site or at(), lambda number: False)


def at(
    omm: OmmId = HERE,
    key: PublicKey | None = KEY.public,
    opener: Keys | None = None,
    reencrypts: bool = False,
    busy: int = 0,
) -> Site:
    return Site(omm, key, opener or Keys(), Guard(), reencrypts=reencrypts, busy=busy)


def room(number: int = 1, **fields: object) -> ConferenceRoom:
    given = {"omm": HERE, "name": "Staff", "conference_id": "900", **fields}
    return ConferenceRoom(id=RoomNumber(number), **given)  # type: ignore[arg-type]


def copy(number: int = 1, omm: OmmId = HERE, **fields: object) -> Copy:
    agreement = Agreed({"name": "Staff", "conference_id": "900"}, secret=1)
    given = {"local": 7, "state": CopyState.HELD, "agreed": packed(agreement), **fields}
    return Copy(noun=Noun.ROOM, number=number, omm=omm, **given)  # type: ignore[arg-type]


def told(local: int = 7, cipher: str | None = None, **values: str | int) -> Told:
    return Told(local, values, cipher)  # type: ignore[arg-type]


def cipher(text: str) -> str:
    return KEY.public.encrypt(text)


def test_an_element_is_read_and_what_is_no_number_is_left_out() -> None:
    attrs = {"id": 3, "name": "A", "sipAuthId": "true", "fixedSipPort": "x", "calculatedSipPort": 9}
    found = read(make("room", attrs))
    assert found is not None
    assert found.values == {"name": "A", "sip_auth_id": "true", "calculated_sip_port": 9}
    assert found.shared == {"name": "A", "sip_auth_id": "true"}
    assert read(make("room", {"name": "A"})) is None
    assert read(make("room", {"id": "-1"})) is None


@pytest.mark.parametrize(
    ("event", "changed", "deleted"),
    [
        (make("EventConferenceRoomCnf", {"id": 4, "deleted": True}), None, 4),
        (make("EventConferenceRoomCnf", {"id": 0, "deleted": "true"}), None, 0),
        (make("EventConferenceRoomCnf", None, make("room", {"id": 4, "deleted": 1})), None, 4),
        (make("EventConferenceRoomCnf", None, make("room", {"id": 4})), 4, None),
        (make("EventConferenceRoomCnf", {"id": 4, "name": "flat"}), 4, None),
        (make("EventConferenceRoomCnf"), None, None),
    ],
)
def test_an_event_is_of_a_changed_room_or_a_deleted_one(
    event: Element, changed: int | None, deleted: int | None
) -> None:
    found, gone = read_event(event)
    assert (found.local if found else None, gone) == (changed, deleted)


def test_a_new_room_is_written_without_a_number() -> None:
    made = element(None, {"name": "A", "fixed_sip_port": 0}, "cipher")
    assert made.attrs == {"name": "A", "fixedSipPort": "0", "sipPw": "cipher"}
    assert element(0, {}, None).attrs == {"id": "0"}


def test_an_event_about_a_room_that_nobody_knows_takes_it_in() -> None:
    table = Table()
    table.tell(Changed(told(name="Board", conference_id="901")))
    found = table.room(101)
    assert (found.omm, found.name, found.conference_id) == (HERE, "Board", "901")
    assert table.work.lines == ["taken in from OMM 0001"]
    assert table.next() is None


def test_an_event_about_a_field_that_mom_is_changing_does_not_count() -> None:
    table = Table(room(name="Mine"), copies=[copy()])
    table.tell(Changed(told(name="Theirs", sip_auth_id="x")))
    assert (table.room().name, table.room().sip_auth_id) == ("Mine", "x")
    step = table.next()
    assert isinstance(step, Change)
    assert step.values == {"name": "Mine"}


def test_an_echo_of_what_was_agreed_changes_nothing() -> None:
    table = Table(room(name="Newer"), copies=[copy()])
    table.tell(Changed(told(name="Staff")))
    assert table.room().name == "Newer"
    assert table.work.lines == []


def test_an_event_about_a_room_that_is_leaving_is_left_alone() -> None:
    table = Table(room(omm=THERE), copies=[copy()])
    table.tell(Changed(told(name="Changed")))
    assert table.room().name == "Staff"
    table.tell(Deleted(7))
    assert table.room().omm == THERE
    assert table.book.copies_of(1) == []


def test_a_deletion_at_its_omm_deletes_a_room_but_not_the_one_mom_deletes_itself() -> None:
    table = Table(room(), room(2, conference_id="901"), copies=[copy(), copy(2, local=8)])
    table.tell(Deleted(7), Deleted(99))
    assert table.book.room(1) is None
    assert table.texts == ["conference room 1 (Staff) was deleted on OMM 0001"]
    leaving = Table(room(), copies=[copy(state=CopyState.REMOVING)])
    leaving.tell(Deleted(7))
    assert leaving.room()
    assert leaving.texts == []


def test_a_reading_gives_way_to_mom_and_says_what_was_there() -> None:
    table = Table(room(), copies=[copy()])
    table.tell(Read(told(name="Theirs", conference_id="900", calculated_sip_port=5060)))
    assert table.room().name == "Staff"
    assert table.room().calculated_sip_port == 5060
    assert table.work.lines == ['MOM\'s version given to OMM 0001, which had name "Theirs"']
    step = table.next()
    assert isinstance(step, Change)
    assert step.values == {"name": "Staff"}


def test_what_mom_changed_meanwhile_needs_no_explanation() -> None:
    table = Table(room(name="Mine"), copies=[copy()])
    table.tell(Read(told(name="Staff", conference_id="900")))
    assert table.work.lines == []
    assert isinstance(table.next(), Change)


def test_a_room_that_was_offered_is_known_by_its_number_when_the_answer_was_lost() -> None:
    offered = copy(local=UNPLACED, state=CopyState.OFFERED)
    table = Table(room(), copies=[offered])
    table.tell(Read(told(conference_id="900", name="Staff")), ReadingEnded(frozenset({7})))
    found = table.copy()
    assert found is not None
    assert (found.local, found.state) == (7, CopyState.HELD)


def test_a_room_that_was_offered_and_deleted_in_mom_is_deleted_where_it_came_to_be() -> None:
    table = Table(copies=[copy(local=UNPLACED, state=CopyState.OFFERED)])
    table.tell(Read(told(conference_id="900")), ReadingEnded(frozenset({7})))
    assert table.book.rooms == {}
    step = table.next()
    assert isinstance(step, Delete)
    assert step.copy.local == 7
    table.tell(Removed(1))
    assert table.next() is None


def test_a_room_of_a_lost_database_is_known_by_its_number() -> None:
    table = Table(room())
    table.tell(Read(told(conference_id="900", name="Staff")))
    assert list(table.book.rooms) == [1]
    assert table.next() is None


def test_what_is_missing_after_a_reading_is_made_again_or_forgotten() -> None:
    table = Table(room(), room(2, omm=THERE), copies=[copy(), copy(2, local=8)])
    table.tell(ReadingEnded(frozenset()))
    assert table.work.lines == ["missing on OMM 0001: made again"]
    step = table.next()
    assert isinstance(step, Create)
    assert step.room.id == 1
    assert isinstance(table.next(at(THERE)), Create)


def test_rooms_leave_before_others_change_and_come() -> None:
    table = Table(
        room(1, omm=OmmId(0)),
        room(2, name="New", conference_id="901"),
        room(3, conference_id="902"),
        copies=[copy(1), copy(2, local=8)],
    )
    assert isinstance(table.next(), Delete)
    table.tell(Removed(1))
    assert isinstance(table.next(), Change)
    table.tell(Answered(2, {"name": "New", "conference_id": "901"}))
    step = table.next()
    assert isinstance(step, Create)
    assert step.room.id == 3


def test_a_room_is_not_made_while_another_omm_has_it() -> None:
    moving = room(omm=THERE)
    table = Table(moving, copies=[copy()])
    assert table.next(at(THERE)) is None
    assert holders_away(moving, table.book.copies_of(1), lambda omm: omm == THERE) == (HERE,)
    assert holders_away(moving, table.book.copies_of(1), lambda omm: True) == ()
    table.tell(Removed(1))
    assert isinstance(table.next(at(THERE)), Create)


def test_a_field_that_must_not_spread_is_not_sent() -> None:
    table = Table(room(name="Party 🎉", sip_auth_id="x"), copies=[copy()])
    step = table.next()
    assert isinstance(step, Change)
    assert step.values == {"sip_auth_id": "x"}


def test_a_sealed_password_goes_to_omms_with_its_key_only() -> None:
    sealed = Sealed(cipher("pw"), KEY.public.fingerprint)
    other = PrivateKey.generate(512).public
    assert password_for(Secret(None, (sealed,)), KEY.public) == sealed.cipher
    assert password_for(Secret("old", (sealed,)), KEY.public) == sealed.cipher
    assert password_for(Secret(None, (sealed,)), other) is None
    assert password_for(Secret("text"), None) is None
    given = password_for(Secret("text"), KEY.public)
    assert given is not None
    assert KEY.decrypt(given) == "text"


def test_a_password_changed_at_the_omm_is_taken_where_mom_can_open_it() -> None:
    table = Table(room(sip_pw=Secret("pw")), copies=[copy()])
    table.tell(Changed(told(cipher=cipher("new"))), site=at(opener=OPENS))
    assert table.room().sip_pw == Secret("new")
    assert table.work.lines == ["sipPw from OMM 0001"]
    assert table.next(at(opener=OPENS)) is None
    table.tell(Changed(told(cipher=cipher("new"))), site=at(opener=OPENS))
    assert len(table.work.lines) == 1


@pytest.mark.parametrize("site", [at(busy=1), at(reencrypts=True), at(key=None)])
def test_a_new_ciphertext_says_nothing_while_mom_sends_or_if_the_omm_encrypts_anew(
    site: Site,
) -> None:
    table = Table(room(sip_pw=Secret("pw")), copies=[copy()])
    table.tell(Changed(told(cipher=cipher("pw"))), site=site)
    assert table.room().sip_pw == Secret("pw")
    assert table.room().marks == ()


def test_a_password_that_mom_cannot_prove_at_a_reading_is_sent_again() -> None:
    table = Table(room(sip_pw=Secret("pw")), copies=[copy()])
    values = {"name": "Staff", "conference_id": "900"}
    table.tell(Read(Told(7, values, cipher("pw"))), site=at(opener=OPENS))
    assert table.next() is None
    table.tell(Read(Told(7, values, cipher("other"))))
    step = table.next()
    assert isinstance(step, Change)
    assert (step.values, step.password) == ({}, True)
    table.tell(Answered(1, {}, secret=1, told=Told(7, values, cipher("pw"))))
    assert table.next() is None


def test_an_answer_that_differs_from_what_was_sent_leaves_the_difference_to_see() -> None:
    table = Table(room(name="Long name"), copies=[copy()])
    sent = {"name": "Long name"}
    table.tell(Answered(1, dict(sent), told=told(name="Long", conference_id="900")))
    found = table.copy()
    assert found is not None
    assert agreed(found).values["name"] == "Long"
    assert table.room().name == "Long name"
    assert isinstance(table.next(), Change)


def test_an_answer_about_a_room_that_is_no_more_is_let_pass() -> None:
    table = Table()
    table.tell(Answered(1, {"name": "A"}, told=told(name="A")), Removed(1))
    assert table.book.rooms == {}


def test_hundreds_of_rooms_with_one_number_are_marked_once_each() -> None:
    table = Table()
    for omm in range(1, 300):
        table.tell(Changed(told(conference_id="900")), site=at(OmmId(omm)))
    found = list(table.book.rooms.values())
    assert all(len(one.marks) == 1 for one in found)
    assert len(table.texts) == 300 - 1
    assert max(one.revision for one in found) == 2
