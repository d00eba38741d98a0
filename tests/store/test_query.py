import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.store.columns import Column, Kind
from mom.store.errors import QueryError
from mom.store.query import (
    Comparison,
    Filter,
    Operator,
    Query,
    check_range,
    check_text,
    parse,
    sortable,
)
from mom.store.views import view_of

KINDS = st.sampled_from(list(Kind))


def column(kind: Kind) -> Column:
    return Column("field", "field", kind, str)


@pytest.mark.parametrize(
    ("kind", "op", "value", "expected"),
    [
        (Kind.TEXT, "contains", "ab", "ab"),
        (Kind.NUMBER, "gt", "-5", -5),
        (Kind.REAL, "lt", "1.5", 1.5),
        (Kind.BOOLEAN, "eq", "True", True),
        (Kind.BOOLEAN, "ne", "0", False),
        (Kind.NUMBER, "empty", "", True),
        (Kind.NUMBER, "empty", "false", False),
    ],
)
def test_values_become_what_the_field_is(kind: Kind, op: str, value: str, expected: object) -> None:
    assert parse(Filter("field", op, value), column(kind)) == Comparison(
        column(kind), Operator(op), expected
    )


@pytest.mark.parametrize(
    ("kind", "op", "value", "right"),
    [
        (Kind.NUMBER, "eq", "many", "a number"),
        (Kind.NUMBER, "eq", "9" * 30, "a number"),
        (Kind.REAL, "eq", "nan", "a number"),
        (Kind.NUMBER, "contains", "1", "eq, ne, gt, lt, empty"),
        (Kind.BOOLEAN, "eq", "maybe", "true or false"),
        (Kind.TEXT, "like", "x", "eq, ne, contains"),
        (Kind.TEXT, "eq", "a\0b", "leave them out"),
        (Kind.TEXT, "eq", "\ud800", "leave them out"),
        (Kind.JSON, "gt", "x", "contains, empty"),
    ],
)
def test_a_mistake_names_the_field_and_what_would_be_right(
    kind: Kind, op: str, value: str, right: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(Filter("field", op, value), column(kind))
    assert caught.value.field == "field"
    assert right in caught.value.right


@given(KINDS, st.text(max_size=10) | st.sampled_from(["eq", "gt", "empty"]), st.text())
def test_any_condition_is_understood_or_refused(kind: Kind, op: str, value: str) -> None:
    try:
        known = parse(Filter("field", op, value), column(kind)).op.value
    except QueryError as error:
        known = error.field
    assert known in ("field", op)


@pytest.mark.parametrize("query", [Query(offset=-1), Query(limit=-1), Query(offset=2**31)])
def test_a_range_that_cannot_be_is_refused(query: Query) -> None:
    with pytest.raises(QueryError, match="out of range"):
        check_range(query)


def test_what_has_no_order_is_not_sorted_by() -> None:
    with pytest.raises(QueryError, match="no order"):
        sortable(column(Kind.JSON))


def test_text_of_any_language_may_be_asked_for() -> None:
    assert check_text("q", "Müller 東京") == "Müller 東京"


@pytest.mark.parametrize("field", ["pin", "sipPw", "uak", "password", "passwordHash", "search"])
@pytest.mark.parametrize("view", ["users", "devices", "pairs", "omms", "accounts"])
def test_hidden_fields_are_in_no_view(view: str, field: str) -> None:
    with pytest.raises(QueryError, match="no such field"):
        view_of(view).field(field)


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(QueryError, match=r"known are .*users"):
        view_of("sqlite_master")


def test_a_pair_has_the_fields_of_both_and_those_of_the_user_by_their_own_name() -> None:
    pairs = view_of("pairs")
    assert pairs.field("revision").table == "devices"
    assert pairs.field("userRevision").table == "users"
    assert pairs.field("num").table == "users"
