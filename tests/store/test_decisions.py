"""The explainable lines of all records as one list: searched, filtered and sorted like others."""

from typing import Any

from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.model.room import ConferenceRoom, RoomNumber
from mom.store.query import Filter, Query
from mom.store.store import Store
from tests.store.records import device, ipei_of, user

IMPORTED = "imported from OMM 0004"


async def fill(store: Store) -> None:
    """Lines 1 to 6, the newest last."""
    async with store.write() as work:
        for number in (1, 2, 3):
            work.put_user(None, user(number, num=f"471{number}", name=f"Ümit {number}"))
        work.put_device(None, device(2))
        work.put_room(None, ConferenceRoom(id=RoomNumber(2), name="Staff", conference_id="900"))
        work.add_first_lines(Noun.USER, [1, 2, 3], 100, IMPORTED)
        work.add_line(Noun.USER, 2, 200, "name from OMM 0004, MÜLLER", '{"name":"Ann"}')
        work.add_line(Noun.DEVICE, 2, 300, "bound to user 4711 at OMM 0005")
        work.add_line(Noun.ROOM, 2, 400, "taken in from OMM 0005")
    async with store.write(cause="deleted by mom") as work:
        work.delete_user(user(3, num="4713", name="Ümit 3"))
        work.add_line(Noun.USER, 3, 500, "deleted by mom")
        work.add_line(Noun.USER, 9, 600, "100 % other")


async def found(store: Store, **asked: Any) -> list[int]:
    """The numbers of the lines that are found; a page and its total are alike."""
    page = await store.read(lambda reading: reading.page("lines", Query(**asked)))
    assert page.total == len(page.items)
    return [each.line.id for each in page.items]


@deferred
async def test_lines_of_all_records_come_newest_first_with_whom_they_are_about(
    store: Store,
) -> None:
    await fill(store)
    items = await store.read(lambda reading: reading.page("lines", Query()).items)
    assert [(each.line.id, each.key, each.name, each.deleted) for each in items] == [
        (6, "", "", True),
        (5, "4713", "Ümit 3", True),
        (4, "900", "Staff", False),
        (3, ipei_of(2), "", False),
        (2, "4712", "Ümit 2", False),
        (1, "4711", "Ümit 1", False),
    ]
    assert (items[4].line.lost, items[5].line.last) == ('{"name":"Ann"}', 3)
    rest = await store.read(lambda reading: reading.page("lines", Query(offset=4, limit=1)))
    assert ([each.line.id for each in rest.items], rest.total) == ([2], 6)


@deferred
async def test_lines_are_found_by_their_words_whatever_the_case(store: Store) -> None:
    await fill(store)
    assert await found(store, q="omm 0004, müller") == [2]
    assert await found(store, q="OMM 0005") == [4, 3]
    assert await found(store, q="0 %") == [6]
    assert await found(store, q="no such words") == []


@deferred
async def test_lines_are_found_by_number_name_and_ipei_of_their_record_deleted_ones_too(
    store: Store,
) -> None:
    await fill(store)
    assert await found(store, q="4712") == [2, 1]
    assert await found(store, q="4711") == [3, 1]
    assert await found(store, q="ÜMIT") == [5, 2, 1]
    assert await found(store, q="4713") == [5, 1]
    assert await found(store, q=ipei_of(2)) == [3]
    assert await found(store, q="staff") == [4]


@deferred
async def test_a_line_about_several_records_is_found_by_the_number_of_each(store: Store) -> None:
    await fill(store)
    users = Filter("noun", "eq", "user")
    about = {
        number: await found(store, filters=(users, Filter("number", "eq", str(number))))
        for number in range(5)
    }
    assert about == {0: [], 1: [1], 2: [2, 1], 3: [5, 1], 4: []}
    assert await found(store, filters=(users, Filter("number", "ne", "2"))) == [6, 5]


@deferred
async def test_lines_are_filtered_and_sorted_by_what_they_say(store: Store) -> None:
    await fill(store)
    at = (Filter("at", "gt", "100"), Filter("at", "lt", "400"))
    assert await found(store, filters=at) == [3, 2]
    assert await found(store, filters=(Filter("text", "contains", "MÜLLER"),)) == [2]
    assert await found(store, filters=(Filter("text", "eq", IMPORTED.upper()),)) == [1]
    assert await found(store, filters=(Filter("last", "empty", "false"),)) == [1]
    assert await found(store, sort="at") == [1, 2, 3, 4, 5, 6]
    assert await found(store, sort="text") == [6, 3, 5, 1, 2, 4]
    assert await found(store, sort="-number", q="OMM 0004") == [2, 1]
