"""The SQL of a condition and of an order, the same rows in the same order on both databases.

Texts are compared in their folded form where the table has one, else with ASCII letters folded.
Pure; names come from a `View` only, values travel as parameters.
"""

from typing import Any

import msgspec

from mom.store.columns import LENGTH_DIGITS, Kind, fold, fold_by_length
from mom.store.database import Database
from mom.store.query import Comparison, Operator
from mom.store.views import Field, View


class Condition(msgspec.Struct, frozen=True):
    """A piece of SQL with `?` for each parameter."""

    sql: str
    values: tuple[Any, ...] = ()


def order_key(field: Field) -> str:
    """What rows are ordered by."""
    column = field.column
    if column.folded:
        return f'{field.table}."{column.folded}"'
    plain = f'{field.table}."{column.name}"'
    if column.kind in (Kind.TEXT, Kind.WORD, Kind.JSON):
        return f"lower(coalesce({plain}, ''))"
    return plain


def is_empty(field: Field) -> str:
    """The condition that the field has no value."""
    column = field.column
    if column.kind in (Kind.TEXT, Kind.WORD, Kind.JSON):
        return f"{order_key(field)} = ''"
    plain = f'{field.table}."{column.name}"'
    return f"coalesce({plain}, 0) = 0" if column.zero_is_empty else f"{plain} IS NULL"


def searched(view: View, words: str, database: Database) -> Condition:
    """The condition of the quick search."""
    tests = [each.where.format(database.contains(each.text)) for each in view.searched()]
    return Condition(f"({' OR '.join(tests)})", (words.casefold(),) * len(tests))


def condition(test: Comparison, field: Field, database: Database) -> Condition:
    """The SQL of one filter."""
    if test.op is Operator.EMPTY:
        return Condition(is_empty(field) if test.value else f"NOT ({is_empty(field)})")
    if isinstance(test.value, str):
        return _of_text(test.op, test.value, field, database)
    return _of_number(test.op, test.value, field)


def _of_number(op: Operator, value: float | bool, field: Field) -> Condition:
    plain = f'{field.table}."{field.column.name}"'
    number = int(value) if isinstance(value, bool) else value
    if field.until and op in (Operator.EQ, Operator.NE):
        until = f'coalesce({field.table}."{field.until}", 0)'
        within = f"({plain} = ? OR ({plain} < ? AND {until} >= ?))"
        return Condition(within if op is Operator.EQ else f"NOT {within}", (number,) * 3)
    if op is Operator.EQ:
        return Condition(f"{plain} = ?", (number,))
    if op is Operator.NE:
        return Condition(f"({plain} IS NULL OR {plain} <> ?)", (number,))
    sign = ">" if op is Operator.GT else "<"
    return Condition(f"({plain} {sign} ? AND NOT ({is_empty(field)}))", (number,))


def _of_text(op: Operator, value: str, field: Field, database: Database) -> Condition:
    column, key = field.column, order_key(field)
    if not column.folded:
        whole = text = value.encode().lower().decode()
        inner = key
    else:
        text = fold(value)
        whole = fold_by_length(value) if column.by_length and value else text
        inner = f"substr({key}, {LENGTH_DIGITS + 1})" if column.by_length else key
    match op:
        case Operator.EQ:
            return Condition(f"{key} = ?", (whole,))
        case Operator.NE:
            return Condition(f"{key} <> ?", (whole,))
        case Operator.CONTAINS:
            return Condition(database.contains(inner), (text,))
        case Operator.STARTS:
            return Condition(f"substr({inner}, 1, {len(text)}) = ?", (text,))
        case Operator.GT:
            return Condition(f"{key} > ?", (whole,))
        case _:
            return Condition(f"({key} < ? AND {key} <> '')", (whole,))
