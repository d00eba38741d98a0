"""Reads pages: finds the numbers of the rows first, in order, and then only those rows.

Empty values come last in both directions, ties by number. Runs in a reader's thread.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from mom.store.conditions import Condition, condition, is_empty, order_key, searched
from mom.store.database import Database
from mom.store.query import Page, Query, check_range, check_text, parse, sortable
from mom.store.views import View, view_of

RARE = 2000
"""So many rows that a search finds are found first and then ordered, as are all that pass a filter.

The sign before the number says so to the databases, which else walk through the table in its order
until enough have fitted: those that fit may all be at its end.
"""
Loader = Callable[[Connection, Sequence[int]], dict[int, Any]]


class Pager:
    """Reads the pages of all views."""

    def __init__(self, database: Database, loaders: dict[str, Loader]) -> None:
        """`loaders` give the rows of a view for showing, by number."""
        self._database = database
        self._loaders = loaders

    def page(self, connection: Connection, name: str, query: Query) -> Page:
        """A page of a view. Raises `QueryError`."""
        check_range(query)
        view = view_of(name)
        conditions = self._conditions(view, query)
        view = _with_source(view, query)
        total = self._count(connection, view, conditions)
        numbers = self._numbers(connection, view, query, conditions, total)
        rows = self._loaders[name](connection, numbers)
        return Page([rows[number] for number in numbers if number in rows], total)

    def _conditions(self, view: View, query: Query) -> list[Condition]:
        found = []
        for asked in query.filters:
            field = view.field(asked.field)
            found.append(condition(parse(asked, field.column), field, self._database))
        if query.q:
            found.append(searched(view, check_text("q", query.q), self._database))
        return found

    def _numbers(
        self,
        connection: Connection,
        view: View,
        query: Query,
        conditions: list[Condition],
        total: int,
    ) -> list[int]:
        field = view.field(query.sort.removeprefix("-")) if query.sort else None
        if field is not None:
            sortable(field.column)
        if not total:
            return []
        if field is None:
            walk = not conditions or (bool(query.q) and total > RARE)
            order = view.order if walk else f"{view.order}+"
            return self._segment(connection, view, conditions, order, query.limit, query.offset)
        direction = "DESC" if query.sort.startswith("-") else "ASC"
        empty = is_empty(field)
        full = [*conditions, Condition(f"NOT ({empty})")]
        order = f"{order_key(field)} {direction}, "
        numbers = self._segment(connection, view, full, order, query.limit, query.offset)
        if len(numbers) < query.limit:
            skipped = max(0, query.offset - self._count(connection, view, full))
            rest = [*conditions, Condition(f"({empty})")]
            wanted = query.limit - len(numbers)
            numbers += self._segment(connection, view, rest, "", wanted, skipped)
        return numbers

    def _count(self, connection: Connection, view: View, conditions: list[Condition]) -> int:
        sql, values = _where(conditions)
        statement = self._database.sql(f"SELECT count(*) FROM {view.source}{sql}")
        return int(connection.exec_driver_sql(statement, values).scalar_one())

    def _segment(
        self,
        connection: Connection,
        view: View,
        conditions: list[Condition],
        order: str,
        limit: int,
        offset: int,
    ) -> list[int]:
        where, values = _where(conditions)
        statement = self._database.sql(
            f"SELECT {view.number} FROM {view.source}{where}"
            f" ORDER BY {order}{view.number} LIMIT ? OFFSET ?"
        )
        rows = connection.exec_driver_sql(statement, (*values, limit, offset))
        return [row[0] for row in rows]


def _with_source(view: View, query: Query) -> View:
    """The view, read from all tables that the question names fields of."""
    asked = [one.field for one in query.filters]
    asked += [query.sort.removeprefix("-")] if query.sort else []
    tables = {view.field(name).table for name in asked}
    return msgspec.structs.replace(view, source=view.source_with(tables))


def _where(conditions: list[Condition]) -> tuple[str, tuple[Any, ...]]:
    if not conditions:
        return "", ()
    sql = " AND ".join(condition.sql for condition in conditions)
    return f" WHERE {sql}", tuple(value for one in conditions for value in one.values)
