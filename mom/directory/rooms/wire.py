"""The only mapping between AXI's `room` elements and the records of conference rooms.

Reads the attributes of an element into typed values and writes values back. It must not know
copies or decisions.
"""

from collections.abc import Iterable, Mapping

import msgspec

from mom.axi.element import Element
from mom.axi.secrets import PublicKey
from mom.directory.guard import Guard
from mom.directory.wire import Value, text_of, value_of
from mom.model.attribute import Group, Kind, by_wire, of_group
from mom.model.room import ConferenceRoom
from mom.model.secret import Secret

EVENT = "EventConferenceRoomCnf"
SHARED = tuple(a.name for a in of_group(ConferenceRoom, Group.ADMIN))
"""The fields that MOM and an OMM share and that MOM may change, the password apart."""
_WIRE = {a.name: a.wire for a in of_group(ConferenceRoom, Group.ADMIN)}
_BY_WIRE = by_wire(ConferenceRoom)
_ON = ("1", "true")
_MAX_DIGITS = 9


class Told(msgspec.Struct, frozen=True):
    """What one element tells of a room.

    `local` is the OMM's number, `values` are the shared fields and `calculated_sip_port` by Python
    name, `cipher` is the encrypted password; what is not told is left out.
    """

    local: int
    values: dict[str, Value] = {}
    cipher: str | None = None

    @property
    def shared(self) -> dict[str, Value]:
        """The shared fields that were told."""
        return {name: value for name, value in self.values.items() if name in _WIRE}


def read(element: Element) -> Told | None:
    """Read a `room` element; None if it names no room. A value that cannot be read is not told."""
    local = _number(element.get("id"))
    if local is None:
        return None
    values: dict[str, Value] = {}
    for wire, text in element.attrs.items():
        attribute = _BY_WIRE.get(wire)
        if attribute is None or attribute.group not in (Group.ADMIN, Group.OBSERVED):
            continue
        try:
            values[attribute.name] = value_of(attribute, text)
        except ValueError:
            continue
    cipher = element.attrs.get("sipPw")
    return Told(local, values, cipher)


def read_event(event: Element) -> tuple[Told | None, int | None]:
    """A changed room, or the local number of a deleted one, as an event tells it."""
    child = event.child("room")
    if event.get("deleted") in _ON or (child is not None and child.get("deleted") in _ON):
        return None, _number(event.get("id") or (child.get("id") if child is not None else ""))
    if child is None and "id" in event.attrs:
        child = Element("room", event.attrs)
    return (read(child) if child is not None else None), None


def sendable(room: ConferenceRoom, guard: Guard) -> dict[str, Value]:
    """The shared fields of a room that an OMM may get, by Python name."""
    flawed = flaws(room, guard)
    found = {name: getattr(room, name) for name in SHARED if name not in flawed}
    return {name: value for name, value in found.items() if value is not None}


def flaws(room: ConferenceRoom, guard: Guard) -> dict[str, str]:
    """Why some fields of a room must not reach an OMM, by Python name."""
    found: dict[str, str] = {}
    for attribute in of_group(ConferenceRoom, Group.ADMIN):
        if attribute.kind is Kind.TEXT:
            flaw = guard.flaw(attribute, getattr(room, attribute.name))
            found |= {attribute.name: flaw} if flaw else {}
    return found


def password_for(secret: Secret | None, key: PublicKey | None) -> str | None:
    """The ciphertext of a password for an OMM with that key; None if there can be none.

    What the OMM's own key sealed is passed on, being newer than the text beside it.
    """
    if secret is None or key is None:
        return None
    sealed = secret.for_key(key.fingerprint)
    if sealed is not None:
        return sealed.cipher
    text = secret.text
    return key.encrypt(text) if text is not None and len(text.encode()) <= key.max_bytes else None


def element(local: int | None, values: Mapping[str, Value], password: str | None) -> Element:
    """The `room` element that gives an OMM these fields; without `local` it is a new one."""
    attrs = {} if local is None else {"id": str(local)}
    attrs |= {_WIRE[name]: text_of(value) for name, value in values.items()}
    return Element("room", attrs if password is None else attrs | {"sipPw": password})


def wire_names(names: Iterable[str]) -> tuple[str, ...]:
    """The protocol's names of shared fields."""
    return tuple(_WIRE[name] for name in names)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None
