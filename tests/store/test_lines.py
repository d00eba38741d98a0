from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.store.lines import KEPT, TRIM_EVERY, Line
from mom.store.query import Query
from mom.store.store import Store


@deferred
async def test_the_last_20_lines_of_a_record_are_shown_newest_first(store: Store) -> None:
    async with store.write() as work:
        for at in range(KEPT + 5):
            work.add_line(Noun.USER, 1, at, f"line {at}")
        work.add_line(Noun.USER, 2, 99, "another user")
        work.add_line(Noun.DEVICE, 1, 99, "a device")
    lines = await store.read(lambda reading: reading.lines(Noun.USER, 1))
    assert [line.at for line in lines] == list(range(KEPT + 4, 4, -1))
    newest = lines[0]
    assert newest == Line(Noun.USER, 1, KEPT + 4, f"line {KEPT + 4}", "", newest.id)
    assert await store.read(lambda reading: reading.line(newest.id)) == newest
    assert await store.read(lambda reading: reading.line(0)) is None


@deferred
async def test_surplus_lines_are_deleted_in_the_course_of_time(store: Store) -> None:
    for unit in range(2):
        async with store.write() as work:
            for at in range(TRIM_EVERY // 2):
                work.add_line(Noun.USER, 1, at, f"surplus {unit}")
                if at == 0:
                    work.add_line(Noun.USER, 2, at, "surplus, but the only one")
    page = await store.read(lambda reading: reading.page("lines", Query(q="surplus", limit=0)))
    assert page.total == KEPT + 2


@deferred
async def test_a_line_keeps_the_values_that_it_cost(store: Store) -> None:
    async with store.write() as work:
        work.add_line(Noun.USER, 1, 5, "name from OMM 0004", '{"name":"Ann"}')
    (line,) = await store.read(lambda reading: reading.lines(Noun.USER, 1))
    assert line.lost == '{"name":"Ann"}'


@deferred
async def test_the_first_line_of_many_new_records_is_kept_once(store: Store) -> None:
    async with store.write() as work:
        work.add_first_lines(Noun.USER, [1, 2, 3, 5, 7, 8], 5, "imported from OMM 0004")
        work.add_first_lines(Noun.DEVICE, [2, 3], 6, "imported from OMM 0005")
    kept = await store.read(lambda reading: reading.page("lines", Query()).items)
    spans = [(each.line.noun, each.line.number, each.line.last) for each in kept]
    assert spans == [
        (Noun.DEVICE, 2, 3),
        (Noun.USER, 7, 8),
        (Noun.USER, 5, 0),
        (Noun.USER, 1, 3),
    ]
    for number, told in [(0, 0), (1, 1), (2, 1), (3, 1), (4, 0), (5, 1), (6, 0), (8, 1), (9, 0)]:
        lines = await store.read(lambda reading, number=number: reading.lines(Noun.USER, number))
        assert [line.text for line in lines] == ["imported from OMM 0004"] * told, number


@deferred
async def test_the_shared_first_line_is_the_oldest_of_a_record_and_stays_for_the_others(
    store: Store,
) -> None:
    async with store.write() as work:
        work.add_first_lines(Noun.USER, [1, 2], 5, "imported from OMM 0004")
        work.add_line(Noun.USER, 1, 6, "name from OMM 0004")
    lines = await store.read(lambda reading: reading.lines(Noun.USER, 1))
    assert [line.text for line in lines] == ["name from OMM 0004", "imported from OMM 0004"]
    async with store.write() as work:
        for at in range(TRIM_EVERY):
            work.add_line(Noun.USER, 1, at, "surplus")
    lines = await store.read(lambda reading: reading.lines(Noun.USER, 1))
    assert {line.text for line in lines} == {"surplus"}
    others = await store.read(lambda reading: reading.lines(Noun.USER, 2))
    assert [line.text for line in others] == ["imported from OMM 0004"]
