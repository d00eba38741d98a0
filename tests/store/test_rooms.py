from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom, RoomNumber
from mom.model.secret import Sealed, Secret
from mom.store.changes import Change, Many
from mom.store.query import Query
from mom.store.store import Store


def room(number: int, **fields: object) -> ConferenceRoom:
    return ConferenceRoom(id=RoomNumber(number), **fields)  # type: ignore[arg-type]


@deferred
async def test_every_attribute_of_a_conference_room_survives(store: Store) -> None:
    made = room(
        1,
        revision=4,
        rev_content=3,
        rev_secret=2,
        name="Über",
        conference_id="900",
        omm=OmmId(2),
        sip_auth_id="room",
        sip_pw=Secret("gehäim", (Sealed("Y2lwaGVy", "ab" * 32),)),
        fixed_sip_port=5062,
        calculated_sip_port=5063,
        marks=("EInval name",),
    )
    async with store.write() as work:
        work.put_room(None, made)
        work.put_room(None, room(2))
    assert await store.read(lambda reading: reading.rooms([1, 3])) == {1: made}
    assert await store.read(lambda reading: list(reading.all_rooms())) == [made, room(2)]


@deferred
async def test_the_feed_tells_of_rooms(store: Store) -> None:
    told: list[Change | Many] = []
    store.feed.subscribe(told.extend)
    async with store.write(cause="somebody") as work:
        number = work.next_numbers(Noun.ROOM, 1)[0]
        work.put_room(None, room(number))
    async with store.write() as work:
        work.delete_room(room(number))
    assert told == [
        Change(Noun.ROOM, number, None, room(number), "somebody"),
        Change(Noun.ROOM, number, room(number), None),
    ]
    assert await store.read(lambda reading: list(reading.all_rooms())) == []


@deferred
async def test_a_page_of_rooms_is_sorted_by_the_length_of_the_number(store: Store) -> None:
    async with store.write() as work:
        for number, conference in enumerate(("1000", "99", "")):
            work.put_room(None, room(number + 1, conference_id=conference, name=f"R{conference}"))
    asked = Query(sort="conferenceId")
    page = await store.read(lambda reading: reading.page("rooms", asked))
    assert [found.conference_id for found in page.items] == ["99", "1000", ""]
    found = await store.read(lambda reading: reading.page("rooms", Query(q="r99")))
    assert [one.id for one in found.items] == [2]
