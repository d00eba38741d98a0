"""Pages of collections in memory follow the same rules as those of the database."""

import msgspec
import pytest

from mom.model.omm import Severity
from mom.store.query import Filter
from mom.web.errors import BadRequest
from mom.web.paging import ListQuery


class Row(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    label: str = ""
    is_on: bool = False
    severity: Severity = Severity.OK
    reasons: tuple[str, ...] = ()


ROWS = [
    Row(1, "beta", True, Severity.WARNING, ("clock",)),
    Row(2, "", False, Severity.OK),
    Row(3, "Alpha", False, Severity.ERROR, ("disk", "time")),
]


def ids(**query: object) -> list[int]:
    asked = msgspec.convert(query, ListQuery)
    return [row.id for row in asked.select(ROWS).items]


def test_empty_values_come_last_in_both_directions() -> None:
    assert ids(sort="label") == [3, 1, 2]
    assert ids(sort="-label") == [1, 3, 2]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("label:eq:ALPHA", [3]),
        ("label:ne:alpha", [1, 2]),
        ("label:contains:ET", [1]),
        ("label:starts:al", [3]),
        ("label:empty", [2]),
        ("label:empty:false", [1, 3]),
        ("label:gt:alpha", [1]),
        ("id:gt:1", [2, 3]),
        ("id:lt:2.5", [1, 2]),
        ("isOn:eq:true", [1]),
        ("severity:eq:ok", [2]),
        ("reasons:contains:time", [3]),
    ],
)
def test_each_operator(condition: str, expected: list[int]) -> None:
    assert ids(filter=(condition,)) == expected


def test_the_total_counts_what_the_page_leaves_out() -> None:
    listing = ListQuery(limit=1, offset=1, filter=("id:gt:1",)).select(ROWS)
    assert ([row.id for row in listing.items], listing.total) == ([3], 2)


def test_the_quick_search_looks_at_all_texts() -> None:
    assert ids(q="DISK") == [3]


@pytest.mark.parametrize("condition", ["", "label", "label:like:x", ":eq:x", "colour:eq:x"])
def test_a_filter_that_makes_no_sense_is_refused(condition: str) -> None:
    with pytest.raises(BadRequest):
        ids(filter=(condition,))


def test_a_value_may_hold_colons() -> None:
    assert ListQuery(filter=("ip:eq:2001:db8::1",)).filters == (Filter("ip", "eq", "2001:db8::1"),)


def test_the_store_is_asked_by_its_own_names() -> None:
    names = {"omm": "home", "num": "num"}
    query = ListQuery(sort="-omm", filter=("omm:eq:4", "num:empty")).for_store(names)
    assert query.sort == "-home"
    assert query.filters == (Filter("home", "eq", "4"), Filter("num", "empty", ""))


@pytest.mark.parametrize(
    ("name", "right"),
    [("nmae", "; similar are name"), ("colour", "")],
)
def test_an_unknown_field_is_refused_in_a_few_words(name: str, right: str) -> None:
    names = {f"name{letter}": "" for letter in "abcdefghijklmnop"} | {"name": "name"}
    with pytest.raises(BadRequest) as refused:
        ListQuery(filter=(f"{name}:empty",)).for_store(names)
    text = refused.value.problem.fields[name]
    assert text.startswith(f"there is no such field{right}")
    assert len(text) < 100
