"""How the fields of a record become the columns of its table.

Everything is derived from the record class and a short `TableSpec`; a new attribute of a record
needs no line here. It knows no SQL.
"""

import enum
import functools
import types
import typing
from collections.abc import Callable

import msgspec

from mom.model.attribute import Kind as AttributeKind
from mom.model.attribute import attributes

FOLDED_SUFFIX = "_folded"
LENGTH_DIGITS = 3
"""Digits of the length in front of a folded text that sorts by length first."""
_LONGEST = 10**LENGTH_DIGITS - 1


class Kind(enum.Enum):
    """How the values of a column are stored."""

    TEXT = "text"
    WORD = "word"
    """An enumeration, stored as its text."""
    NUMBER = "number"
    REAL = "real"
    BOOLEAN = "boolean"
    """Stored as 0 and 1: the SQLite driver takes eight times longer for a bool or a NULL."""
    JSON = "json"
    """A mapping or a sequence, stored as JSON text; an empty one when it is empty."""


class Column(msgspec.Struct, frozen=True):
    """One readable field of a record: its name in Python and SQL, and its name in JSON.

    `folded` is the column with its folded form, which is what it is sorted and searched by; empty
    if it has none. `by_length`: the folded form begins with the length of the text.
    `zero_is_empty`: 0 means *none* or *never*.
    """

    name: str
    wire: str
    kind: Kind
    hint: object
    folded: str = ""
    by_length: bool = False
    zero_is_empty: bool = False


def fold(text: str) -> str:
    """The form in which two texts are compared whatever their case."""
    return text.casefold()


def fold_by_length(text: str) -> str:
    """The folded form that sorts short texts before long ones: 99 before 100."""
    return str(min(len(text), _LONGEST)).zfill(LENGTH_DIGITS) + text.casefold()


def searchable(*texts: str | None) -> str:
    """The text that a quick search looks through: the folded texts, one a line."""
    return "\n".join(filter(None, texts)).casefold()


class TableSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be said about the table of a record class.

    `hidden` are the fields that rest encrypted and are never readable by a page. `folded` are the
    texts that have a folded twin, `by_length` those of them that sort by length first. `searched`
    are the fields that the quick search looks through, `search` makes its text of their values.
    `indexed` are the columns that pages are often sorted by or that look-ups need.
    """

    table: str
    record: type[msgspec.Struct]
    key: str
    hidden: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    by_length: tuple[str, ...] = ()
    searched: tuple[str, ...]
    search: Callable[..., str] = searchable
    indexed: tuple[str, ...] = ()


def hidden_fields(record: type[msgspec.Struct]) -> tuple[str, ...]:
    """The attributes of a record that nobody may see."""
    return tuple(a.name for a in attributes(record) if a.attr.hidden)


def shown_texts(record: type[msgspec.Struct]) -> tuple[str, ...]:
    """The free texts of a record that people see, and therefore sort and search."""
    return tuple(
        a.name
        for a in attributes(record)
        if a.kind is AttributeKind.TEXT
        and a.attr.label
        and not a.attr.choices
        and not a.attr.hidden
    )


def _bare(hint: object) -> object:
    """The type behind `| None` and behind a NewType."""
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    (option,) = (option for option in options if option is not types.NoneType)
    return getattr(option, "__supertype__", option)


def _kind(hint: object) -> Kind:
    kinds = {str: Kind.TEXT, int: Kind.NUMBER, float: Kind.REAL, bool: Kind.BOOLEAN}
    bare = _bare(hint)
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return Kind.WORD
    return kinds.get(typing.cast(type, bare), Kind.JSON)


@functools.cache
def columns_of(spec: TableSpec) -> tuple[Column, ...]:
    """The readable columns of a table, in the order of the record's fields."""
    hints = typing.get_type_hints(spec.record)
    return tuple(
        Column(
            name=field.name,
            wire=field.encode_name,
            kind=_kind(hints[field.name]),
            hint=_bare(hints[field.name]),
            folded=field.name + FOLDED_SUFFIX if field.name in spec.folded else "",
            by_length=field.name in spec.by_length,
            zero_is_empty=field.default == 0 and field.default is not False,
        )
        for field in msgspec.structs.fields(spec.record)
        if field.name not in spec.hidden
    )
