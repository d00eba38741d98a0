"""Users, devices, pairs and rooms as JSON shows them: each attribute under its name on the wire.

Derived from the annotated fields of the records; secrets and authentication keys are never in it.
A field that nobody has told yet is left out, which is not the same as empty.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from mom.model.attribute import Attribute, Group, Kind, attributes
from mom.model.device import Device
from mom.model.room import ConferenceRoom
from mom.model.user import User
from mom.store.views import FACTS_OF_THE_PAIR, HOME, Pair, view_of

_TYPES = {Kind.TEXT: str, Kind.NUMBER: int, Kind.BOOLEAN: bool}
_SHOWN_OWN = ("revision",)
_ENTERED = (Group.ADMIN, Group.SECRET, Group.SUBSCRIPTION)

View = dict[str, Any]

_STORE_NAMES = {
    "users": {"omm": HOME},
    "devices": {"omm": HOME},
    "pairs": {"omm": HOME, "id": "ppn"},
}
"""By view: fields that the store names otherwise than JSON does."""


def shown(record: type[msgspec.Struct]) -> tuple[Attribute, ...]:
    """The attributes of a record that people may see."""
    return tuple(
        attribute
        for attribute in attributes(record)
        if attribute.kind is not Kind.SECRET
        and not attribute.attr.hidden
        and (attribute.group is not Group.OWN or attribute.name in _SHOWN_OWN)
    )


def secrets(record: type[msgspec.Struct]) -> tuple[Attribute, ...]:
    """The secrets of a record, of which people may know only whether they are set."""
    return tuple(each for each in attributes(record) if each.kind is Kind.SECRET)


def secret_flag(secret: Attribute) -> str:
    """The field that says whether a secret is set: `hasPin`."""
    return f"has{secret.wire[0].upper()}{secret.wire[1:]}"


def is_entered(attribute: Attribute) -> bool:
    """Whether people enter it."""
    own = attribute.attr.written_by == "client" and attribute.group in _ENTERED
    return own or attribute.name in ("ipei", "omm")


def _view_of(record: Any, getters: Sequence[tuple[str, Callable[[Any], Any]]]) -> View:
    view = {wire: value for wire, get in getters if (value := get(record)) is not None}
    if record.marks:
        view["marks"] = list(record.marks)
    return view


def _with_extra(record: User | Device, view: View) -> View:
    return {**view, "extra": dict(record.extra)} if record.extra else view


class RecordViews:
    """Turns records into views."""

    def __init__(self) -> None:
        self._user = tuple((a.wire, attrgetter(a.name)) for a in shown(User))
        self._device = tuple((a.wire, attrgetter(a.name)) for a in shown(Device))
        self._room = tuple((a.wire, attrgetter(a.name)) for a in shown(ConferenceRoom))

    def user(self, user: User, home: int) -> View:
        """A user; `home` is the OMM where its phone is, 0 = none."""
        return {**_with_extra(user, _view_of(user, self._user)), "omm": home}

    def user_in_full(self, user: User, home: int) -> View:
        """A user, and whether each of its secrets is set, where the secrets are at hand."""
        return {**self.user(user, home), **_flags(user, _OF_USERS)}

    def device(self, device: Device) -> View:
        """A device; `omm` is the number of the OMM where it is, 0 = none."""
        view = _with_extra(device, _view_of(device, self._device))
        return {**view, "omm": int(device.home)}

    def room(self, room: ConferenceRoom) -> View:
        """A conference room; `omm` is the OMM record that serves it, 0 = none."""
        return _view_of(room, self._room)

    def room_in_full(self, room: ConferenceRoom) -> View:
        """A conference room, and whether its password is set."""
        return {**self.room(room), **_flags(room, _OF_ROOMS)}

    def pair(self, pair: Pair) -> View:
        """A bound pair under the number of its device.

        A field of the user that a device has too is named with `user` in front: `userRevision`.
        """
        device = self.device(pair.device)
        user = self.user(pair.user, device["omm"])
        return {
            **{pair_name(wire): value for wire, value in user.items() if wire not in _OF_BOTH},
            **device,
            "id": device["ppn"],
        }


def _flags(record: msgspec.Struct, of: Sequence[Attribute]) -> dict[str, bool]:
    return {secret_flag(each): getattr(record, each.name) is not None for each in of}


_OF_USERS = secrets(User)
_OF_ROOMS = secrets(ConferenceRoom)
_OF_BOTH = frozenset({*FACTS_OF_THE_PAIR, "omm"})
_OF_DEVICES = frozenset({*(a.wire for a in shown(Device)), "marks", "extra"})


def pair_name(wire: str) -> str:
    """The name in a pair of a user's field."""
    return f"user{wire[0].upper()}{wire[1:]}" if wire in _OF_DEVICES else wire


def _kinds(record: type[msgspec.Struct]) -> dict[str, Any]:
    kinds: dict[str, Any] = {a.wire: _TYPES[a.kind] for a in shown(record)}
    kinds["marks"] = list[str]
    return kinds if record is ConferenceRoom else {**kinds, "extra": dict[str, str]}


def view_type(name: str, kinds: Mapping[str, Any]) -> Any:
    """The record class of a view, for the OpenAPI document; every field may be missing."""
    fields = [(wire, kind | msgspec.UnsetType, msgspec.UNSET) for wire, kind in kinds.items()]
    return msgspec.defstruct(name, fields, kw_only=True)


UserView = view_type(
    "UserView",
    {**_kinds(User), "omm": int, **{secret_flag(each): bool for each in _OF_USERS}},
)
DeviceView = view_type("DeviceView", {**_kinds(Device), "omm": int})
RoomView = view_type(
    "ConferenceRoomView",
    {**_kinds(ConferenceRoom), **{secret_flag(each): bool for each in _OF_ROOMS}},
)
PairView = view_type(
    "PairView",
    {
        **{pair_name(wire): kind for wire, kind in _kinds(User).items() if wire not in _OF_BOTH},
        **_kinds(Device),
        "omm": int,
        "id": int,
    },
)


@functools.cache
def asked_by(view: str) -> Mapping[str, str]:
    """The fields that a view of the store can be filtered and sorted by: those that people see.

    By their name in JSON; with each, how the store calls it.
    """
    of_store = view_of(view).fields
    shapes = {"users": UserView, "devices": DeviceView, "pairs": PairView, "rooms": RoomView}
    shape = shapes.get(view)
    if shape is None:
        return {wire: wire for wire in of_store}
    others = _STORE_NAMES.get(view, {})
    names = {each.encode_name: each.encode_name for each in msgspec.structs.fields(shape)}
    return {wire: name for wire, name in (names | others).items() if name in of_store}


def _entered(record: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields that people enter, secrets among them."""
    return {a.wire: _TYPES.get(a.kind, str) for a in attributes(record) if is_entered(a)}


UserFields = view_type("UserFields", _entered(User))
DeviceFields = view_type("DeviceFields", _entered(Device))
RoomFields = view_type("ConferenceRoomFields", _entered(ConferenceRoom))
PairFields = view_type("PairFields", {**_entered(User), **_entered(Device)})
