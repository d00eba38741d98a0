"""What can be asked of a page: which rows, in which order, by which fields; and the answer.

Pure: parses values and says what is wrong with a question. SQL is made of it in `conditions`.
"""

import enum
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from mom.store.columns import Column, Kind
from mom.store.errors import QueryError

_LARGEST = 2**63 - 1
_MOST_ROWS = 2**31 - 1


class Operator(enum.Enum):
    """How a field is compared."""

    EQ = "eq"
    NE = "ne"
    CONTAINS = "contains"
    STARTS = "starts"
    GT = "gt"
    LT = "lt"
    EMPTY = "empty"


_ALL = tuple(Operator)
_OF_NUMBERS = (Operator.EQ, Operator.NE, Operator.GT, Operator.LT, Operator.EMPTY)
_OPERATORS = {
    Kind.TEXT: _ALL,
    Kind.WORD: _ALL,
    Kind.NUMBER: _OF_NUMBERS,
    Kind.REAL: _OF_NUMBERS,
    Kind.BOOLEAN: (Operator.EQ, Operator.NE, Operator.EMPTY),
    Kind.JSON: (Operator.CONTAINS, Operator.EMPTY),
}
_SWITCH = {"true": True, "1": True, "false": False, "0": False}


class Filter(msgspec.Struct, frozen=True):
    """One condition as it was asked: `field` by its JSON name, `op` and `value` as text.

    Texts are compared whatever their case. `empty` takes `false` for its opposite, anything else
    means that the field is empty.
    """

    field: str
    op: str
    value: str = ""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a view. `sort` is a field's JSON name, `-` in front for descending; empty = by
    number. All `filters` hold. `q` is looked for in the few texts people search by.
    """

    offset: int = 0
    limit: int = 50
    sort: str = ""
    q: str = ""
    filters: tuple[Filter, ...] = ()


class Page(msgspec.Struct, frozen=True):
    """The rows asked for, and how many there are in all under the same conditions.

    Records on a page have no secrets: they are for showing and must never be put back.
    """

    items: Sequence[Any]
    total: int


class Comparison(msgspec.Struct, frozen=True):
    """A condition on a column, with its value as what it is."""

    column: Column
    op: Operator
    value: str | int | float | bool


def check_range(query: Query) -> None:
    """Raise `QueryError` for an offset or limit that cannot be."""
    for name, number in (("offset", query.offset), ("limit", query.limit)):
        if not 0 <= number <= _MOST_ROWS:
            raise QueryError(name, f"{number} is out of range", f"0 to {_MOST_ROWS} is expected")


def check_text(name: str, text: str) -> str:
    """A text that a database can be asked for. Raises `QueryError`."""
    if "\0" in text or (not text.isascii() and _has_surrogate(text)):
        raise QueryError(name, "it has characters that no text here has", "leave them out")
    return text


def sortable(column: Column) -> Column:
    """The column, if rows can be ordered by it. Raises `QueryError`."""
    if column.kind is Kind.JSON:
        raise QueryError(column.wire, "it has no order", "sort by another field")
    return column


def operators_of(column: Column) -> tuple[str, ...]:
    """The words of the operators that a column can be compared by."""
    return tuple(operator.value for operator in _OPERATORS[column.kind])


def parse(condition: Filter, column: Column) -> Comparison:
    """A filter's condition on the column it names. Raises `QueryError`."""
    words = operators_of(column)
    if condition.op not in words:
        known = ", ".join(words)
        raise QueryError(
            condition.field, f"it cannot be compared by {condition.op!r}", f"use one of {known}"
        )
    operator = Operator(condition.op)
    if operator is Operator.EMPTY:
        return Comparison(column, operator, condition.value.lower() not in ("false", "0"))
    return Comparison(column, operator, _value(condition, column.kind))


def _value(condition: Filter, kind: Kind) -> str | int | float | bool:
    text = condition.value
    if kind is Kind.BOOLEAN:
        if text.lower() not in _SWITCH:
            raise QueryError(condition.field, f"{text!r} is neither", "true or false is expected")
        return _SWITCH[text.lower()]
    if kind in (Kind.NUMBER, Kind.REAL):
        return _number(condition, kind)
    return check_text(condition.field, text)


def _number(condition: Filter, kind: Kind) -> int | float:
    try:
        number = int(condition.value) if kind is Kind.NUMBER else float(condition.value)
    except ValueError:
        number = math.inf
    if not abs(number) <= _LARGEST:
        raise QueryError(
            condition.field, f"{condition.value!r} is no number", "a number is expected"
        )
    return number


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
