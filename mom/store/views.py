"""The views that pages show, and the fields each has: the only names a question may use.

Derived from the record classes; hidden fields are in no view.
"""

import functools
from collections.abc import Collection, Mapping

import msgspec

from mom.model.device import Device
from mom.model.user import User
from mom.store.accounts import ACCOUNTS
from mom.store.columns import Column, TableSpec, columns_of
from mom.store.decisions import SEARCHES
from mom.store.devices import DEVICES
from mom.store.errors import QueryError
from mom.store.events import EVENTS
from mom.store.lines import LINES
from mom.store.omms import OMMS
from mom.store.roams import ROAMS
from mom.store.rooms import ROOMS
from mom.store.trash import PLACE, TRASH
from mom.store.users import USERS

FACTS_OF_THE_PAIR = ("uid", "ppn", "relType")
"""Fields that a device and its user share."""
HOME = "home"
"""The OMM where a device is."""


class Field(msgspec.Struct, frozen=True):
    """A field of a view: the table it is in, and its column.

    `until` is the column with the last number, where this one has the first of several: such a row
    is found by each of them (eq, ne).
    """

    table: str
    column: Column
    until: str = ""


class Search(msgspec.Struct, frozen=True):
    """A text that the quick search looks through (SQL).

    `where` is the condition on a row around the test of the text, which stands there as `{}`.
    """

    text: str
    where: str = "{}"


class View(msgspec.Struct, frozen=True):
    """A view: the SQL it is read from, its number (the row id), and its fields by JSON name.

    `tables` are always read; `joined` is the SQL that adds others, by table, where a field of them
    is asked for. `order` is how rows come that no order was asked for, before their number.
    `searches` is what the quick search looks through where that is not the texts of the tables.
    """

    name: str
    source: str
    number: str
    fields: Mapping[str, Field]
    tables: tuple[str, ...]
    joined: Mapping[str, str] = {}
    order: str = ""
    searches: tuple[Search, ...] = ()

    def searched(self) -> tuple[Search, ...]:
        """What the quick search looks through."""
        return self.searches or tuple(Search(f"{table}.search") for table in self.tables)

    def source_with(self, tables: Collection[str]) -> str:
        """The SQL that a question is read from which names fields of these tables."""
        return self.source + "".join(sql for table, sql in self.joined.items() if table in tables)

    def field(self, wire: str) -> Field:
        """The field of that name. Raises `QueryError`."""
        found = self.fields.get(wire)
        if found is None:
            raise QueryError(wire, "there is no such field", f"known are {', '.join(self.fields)}")
        return found


class Pair(msgspec.Struct, frozen=True):
    """A device with the user that is bound to it; its number is the device's."""

    device: Device
    user: User


def view_of(name: str) -> View:
    """The view of that name. Raises `QueryError`."""
    views = _views()
    if name not in views:
        raise QueryError("view", f"there is no view {name!r}", f"known are {', '.join(views)}")
    return views[name]


def _fields(spec: TableSpec) -> dict[str, Field]:
    return {column.wire: Field(spec.table, column) for column in columns_of(spec)}


def _single(spec: TableSpec) -> View:
    number = f"{spec.table}.{spec.key}"
    return View(spec.table, spec.table, number, _fields(spec), (spec.table,))


def _users() -> View:
    """Users with their home, which is that of their device."""
    users, home = _single(USERS), _fields(DEVICES)[HOME]
    return msgspec.structs.replace(
        users,
        fields={**users.fields, HOME: home},
        joined={DEVICES.table: " LEFT JOIN devices ON devices.ppn = users.ppn"},
    )


def _pairs() -> View:
    """A user's field that a device has too is named with `user` in front: `userRevision`."""
    fields = _fields(DEVICES)
    for wire, field in _fields(USERS).items():
        if wire in FACTS_OF_THE_PAIR:
            continue
        name = f"user{wire[0].upper()}{wire[1:]}" if wire in fields else wire
        fields[name] = field
    source = "devices JOIN users ON users.uid = devices.uid"
    return View("pairs", source, "devices.ppn", fields, ("devices", "users"))


def _trash() -> View:
    """What was deleted, the latest first."""
    return View("trash", TRASH.table, PLACE, _fields(TRASH), (TRASH.table,), order="at DESC, ")


def _lines() -> View:
    """Explainable lines, the newest first; one about several records is found by each of them."""
    fields = _fields(LINES)
    number, text = fields["number"], fields["text"]
    fields["number"] = msgspec.structs.replace(number, until="last")
    column = msgspec.structs.replace(text.column, folded="folded")
    fields["text"] = msgspec.structs.replace(text, column=column)
    own = Search("lines.folded")
    return View(
        name=LINES.table,
        source=LINES.table,
        number="lines.id",
        fields=fields,
        tables=(LINES.table,),
        order="id DESC, ",
        searches=(own, *(Search(text, where) for text, where in SEARCHES)),
    )


@functools.cache
def _views() -> Mapping[str, View]:
    views = [_single(spec) for spec in (DEVICES, ROOMS, OMMS, ACCOUNTS, EVENTS, ROAMS)]
    return {view.name: view for view in (*views, _users(), _pairs(), _trash(), _lines())}
