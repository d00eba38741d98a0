"""What the pages have to know of each field of users, devices, pairs and conference rooms.

Derived from the annotated records and from the store's views, so that labels, tabs, choices and
kinds are written down once. Knows no request.
"""

from collections.abc import Iterator

import msgspec

from mom.model.attribute import Attribute, Kind, attributes
from mom.model.device import Device
from mom.model.room import ConferenceRoom
from mom.model.user import User
from mom.store.errors import QueryError
from mom.store.query import operators_of
from mom.store.query import sortable as check_sortable
from mom.store.views import FACTS_OF_THE_PAIR, HOME, view_of
from mom.web.views import asked_by, is_entered, pair_name, secret_flag, shown


class FieldView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One field of a collection.

    `of` is the record it belongs to, `attribute` its name there (a pair calls some fields of its
    user otherwise). A secret has no value: `flag` names the field that says whether it is set.
    `operators` are those a filter may use, none if it cannot be filtered.
    """

    name: str
    of: str
    attribute: str
    label: str
    tab: str
    kind: str
    since: str
    writable: bool
    sortable: bool
    operators: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    low: int | None = None
    high: int | None = None
    flag: str = ""


class FieldsView(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of each collection, in the order in which they are shown."""

    users: tuple[FieldView, ...]
    devices: tuple[FieldView, ...]
    pairs: tuple[FieldView, ...]
    conference_rooms: tuple[FieldView, ...]


def fields_view() -> FieldsView:
    """The fields of all collections."""
    of_user = [a for a in _listed(User) if a.wire not in FACTS_OF_THE_PAIR]
    pairs = [_field("pairs", Device, each, each.wire) for each in _listed(Device)]
    pairs += [_field("pairs", User, each, pair_name(each.wire)) for each in of_user]
    users = [_field("users", User, each, each.wire) for each in _listed(User)]
    users += [_field("users", Device, each, HOME) for each in _listed(Device) if each.name == HOME]
    devices = [_field("devices", Device, each, each.wire) for each in _listed(Device)]
    rooms = [_field("rooms", ConferenceRoom, each, each.wire) for each in _listed(ConferenceRoom)]
    return FieldsView(tuple(users), tuple(devices), tuple(pairs), tuple(rooms))


def _listed(record: type[msgspec.Struct]) -> Iterator[Attribute]:
    seen = set(shown(record))
    for attribute in attributes(record):
        is_secret = attribute.kind is Kind.SECRET
        if attribute in seen or is_secret or attribute.name == HOME:
            yield attribute


def _field(view: str, record: type[msgspec.Struct], each: Attribute, name: str) -> FieldView:
    shown_name = "omm" if each.name == HOME else name
    operators, sortable = _questions(view, shown_name)
    attr = each.attr
    return FieldView(
        name=shown_name,
        of=record.__name__[0].lower() + record.__name__[1:],
        attribute=each.wire,
        label=attr.label,
        tab=attr.tab,
        kind=each.kind.value,
        since=attr.since,
        writable=is_entered(each),
        sortable=sortable,
        operators=operators,
        choices=attr.choices,
        max_length=attr.max_len,
        low=attr.low,
        high=attr.high,
        flag=secret_flag(each) if each.kind is Kind.SECRET else "",
    )


def _questions(view: str, name: str) -> tuple[tuple[str, ...], bool]:
    """The operators that a filter of this field may use, and whether rows can be sorted by it."""
    asked = asked_by(view).get(name)
    if asked is None:
        return (), False
    field = view_of(view).field(asked)
    try:
        check_sortable(field.column)
    except QueryError:
        return operators_of(field.column), False
    return operators_of(field.column), True
