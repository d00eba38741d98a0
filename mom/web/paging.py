"""Pages of a collection: the parameters that all collections take, and what they answer.

Collections that MOM keeps in memory are filtered, sorted and cut here; those of the database by the
store, by the same rules: case folded, `num` by length and then text, empty last, ties by number.
"""

import enum
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec

from mom.store.query import Filter, Operator, Query
from mom.web.errors import BadRequest

MAX_LIMIT = 1000
MAX_FILTERS = 20
MOST_NAMED = 12
"""Fields that a refusal names, if a collection has no more; else only those of a similar name."""
OPERATORS = tuple(operator.value for operator in Operator)

Offset = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Limit = Annotated[int, msgspec.Meta(ge=0, le=MAX_LIMIT)]
Words = Annotated[str, msgspec.Meta(max_length=200)]
Filters = Annotated[tuple[Words, ...], msgspec.Meta(max_length=MAX_FILTERS)]


class Listing(msgspec.Struct, frozen=True):
    """A page of a collection, and how many records it has under the same filters."""

    items: Sequence[Any]
    total: int


def listing_of(view: Any) -> Any:
    """The type of a page of such views, for the OpenAPI document."""
    return msgspec.defstruct(
        f"{view.__name__}Page", [("items", list[view]), ("total", int)], frozen=True
    )


class ListQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a collection.

    `sort` is a field's name, with `-` in front for descending; without it records come by number.
    `q` is looked for in the texts people search by. Each `filter` is `field:op:value` with one of
    the operators eq, ne, contains, starts, gt, lt, empty; all must hold.
    """

    offset: Offset = 0
    limit: Limit = 50
    sort: Words = ""
    q: Words = ""
    filter: Filters = ()

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The conditions, taken apart. Raises `BadRequest`."""
        return tuple(_filter(text) for text in self.filter)

    def for_store(self, names: Mapping[str, str]) -> Query:
        """The same question for the store; `names` are all fields by what they are asked by, and
        how the store calls them. Raises `BadRequest`.
        """
        sign = "-" if self.descending else ""
        return Query(
            offset=self.offset,
            limit=self.limit,
            sort=sign + _field(self.sort_field, names) if self.sort_field else "",
            q=self.q,
            filters=tuple(
                Filter(_field(each.field, names), each.op, each.value) for each in self.filters
            ),
        )

    @property
    def descending(self) -> bool:
        """Whether the order is reversed (empty values still come last)."""
        return self.sort.startswith("-")

    @property
    def sort_field(self) -> str:
        """The field to sort by; empty = none."""
        return self.sort.removeprefix("-")

    def select(self, rows: Sequence[msgspec.Struct]) -> Listing:
        """The page of `rows` (all of one class, by number) that is asked for."""
        kept = list(rows)
        if not kept:
            return Listing([], 0)
        names = _names(type(kept[0]))
        for condition in self.filters:
            test = _test(condition, _field(condition.field, names))
            kept = [row for row in kept if test(row)]
        if self.q:
            words = self.q.casefold()
            kept = [row for row in kept if words in _all_texts(row)]
        if self.sort_field:
            kept = _sorted(kept, _field(self.sort_field, names), self.descending)
        return Listing(kept[self.offset : self.offset + self.limit], len(kept))


def _filter(text: str) -> Filter:
    field, _, rest = text.partition(":")
    op, _, value = rest.partition(":")
    if not field or op not in OPERATORS:
        right = f"field:op:value with op one of {', '.join(OPERATORS)} is expected"
        raise BadRequest(f"filter: {right}", fields={"filter": right})
    return Filter(field, op, value)


def _names(row: type[msgspec.Struct]) -> dict[str, str]:
    return {field.encode_name: field.name for field in msgspec.structs.fields(row)}


def _field(name: str, names: Mapping[str, str]) -> str:
    if name not in names:
        right = f"there is no such field{_instead(name, names)}"
        raise BadRequest(f"{name}: {right}", fields={name: right})
    return names[name]


def _instead(name: str, known: Collection[str]) -> str:
    """Which fields may have been meant, in a few words."""
    if len(known) <= MOST_NAMED:
        return f"; known are {', '.join(known)}"
    similar = get_close_matches(name, known)
    return f"; similar are {', '.join(similar)}" if similar else ""


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(str(part) for part in value)
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _all_texts(row: msgspec.Struct) -> str:
    values = (_plain(getattr(row, name)) for name in row.__struct_fields__)
    return "\n".join(value for value in values if isinstance(value, str)).casefold()


def _test(condition: Filter, name: str) -> Callable[[Any], bool]:
    op, wanted = condition.op, condition.value.casefold()

    def holds(row: Any) -> bool:
        value = _plain(getattr(row, name))
        if op == "empty":
            return _is_empty(value) is (wanted not in ("false", "0"))
        if op in ("gt", "lt"):
            return _compares(value, op, condition)
        text = _text(value)
        return {
            "eq": text == wanted,
            "ne": text != wanted,
            "contains": wanted in text,
            "starts": text.startswith(wanted),
        }[op]

    return holds


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).casefold()


def _compares(value: Any, op: str, condition: Filter) -> bool:
    if _is_empty(value):
        return False
    if isinstance(value, str):
        given: Any = condition.value.casefold()
        value = value.casefold()
    else:
        try:
            given = float(condition.value)
        except ValueError as error:
            right = "a number is expected after gt and lt"
            raise BadRequest(
                f"{condition.field}: {right}", fields={condition.field: right}
            ) from error
    return bool(value > given if op == "gt" else value < given)


def _sorted(rows: Iterable[Any], name: str, descending: bool) -> list[Any]:
    full: list[Any] = []
    empty: list[Any] = []
    for row in rows:
        (empty if _is_empty(_plain(getattr(row, name))) else full).append(row)

    def key(row: Any) -> Any:
        value = _plain(getattr(row, name))
        return value.casefold() if isinstance(value, str) else value

    return sorted(full, key=key, reverse=descending) + empty
