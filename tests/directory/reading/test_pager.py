from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from mom.directory.reading.pager import PAGE, Pager


@given(
    st.sets(st.integers(1, 400), max_size=120),
    st.lists(st.integers(1, PAGE), min_size=1, max_size=20),
    st.booleans(),
    st.randoms(),
)
def test_every_key_is_read_once_whatever_the_gaps_and_page_sizes(
    keys: set[int], sizes: list[int], told: bool, random: object
) -> None:
    pager = Pager()
    have = sorted(keys)
    waiting = deque(pager.next(len(have) if told else None))
    found: list[int] = []
    asked = 0
    while waiting:
        start = waiting.popleft()
        size = sizes[asked % len(sizes)]
        asked += 1
        found += pager.answer(start, [key for key in have if key >= start][:size])
        left = max(len(have) - len(found), 0) if told else None
        waiting.extend(pager.next(left))
        assert len(waiting) <= 4
    assert pager.done
    assert sorted(found) == have


def test_full_and_dense_pages_bring_several_requests_under_way() -> None:
    pager = Pager()
    assert pager.next(100) == [0]
    assert len(pager.answer(0, range(1, 21))) == PAGE
    assert pager.next(80) == [21, 41, 61, 81]


def test_gaps_do_not_have_records_told_twice() -> None:
    have = [key for key in range(1, 2000) if key % 11]
    pager = Pager()
    waiting = deque(pager.next(len(have)))
    told = found = 0
    while waiting:
        start = waiting.popleft()
        page = [key for key in have if key >= start][:PAGE]
        told += len(page)
        found += len(pager.answer(start, page))
        waiting.extend(pager.next(len(have) - found))
    assert found == len(have)
    assert told < 1.15 * found
