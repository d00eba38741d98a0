"""What is publicly known about each AXI message, type and value, as frozen records.

``parse`` reads the text of ``catalogue.txt``, whose head explains its lines. This module must not
know any single message: all of them are data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

import msgspec


class Evidence(Enum):
    """Where a fact was found; the value is its letter in the data file."""

    SCHEMA_6_1 = "s"
    OBSERVED_7_1 = "o"
    OBSERVED_9 = "9"
    CLIENT_CODE = "c"
    PROVISIONING_FILE = "p"
    INFERRED = "i"


class Kind(Enum):
    """What part a message plays."""

    REQUEST = "request"
    RESPONSE = "response"
    EVENT = "event"


class AttributeSpec(msgspec.Struct, frozen=True):
    """One attribute of a type.

    ``type`` is ``string``, ``integer``, ``unsigned``, ``long``, ``short``, ``boolean``,
    ``integer-list`` or the name of an enumeration. ``required`` is what the schema claims; real
    messages leave required attributes out. ``secret`` must be encrypted on the wire and never
    logged. ``schema_name`` is the schema's spelling where the wire has another.
    """

    type: str
    evidence: tuple[Evidence, ...]
    required: bool = False
    secret: bool = False
    min: int | None = None
    max: int | None = None
    default: str | None = None
    schema_name: str | None = None

    @property
    def source(self) -> Evidence:
        """The first evidence."""
        return self.evidence[0]


class ChildSpec(msgspec.Struct, frozen=True):
    """One child element of a type; ``text`` children hold text instead of attributes."""

    type: str
    evidence: tuple[Evidence, ...]
    many: bool = False
    text: bool = False
    max: int | None = None
    schema_name: str | None = None


class TypeSpec(msgspec.Struct, frozen=True):
    """The attributes and children of a message or child; ``open`` where they are not known."""

    name: str
    attributes: Mapping[str, AttributeSpec] = {}
    children: Mapping[str, ChildSpec] = {}
    open: bool = False


class MessageSpec(msgspec.Struct, frozen=True):
    """One message by its name on the wire.

    ``known`` is false where only the name is known, ``version_7_1`` is the version that an OMM 7.1
    reports for it (``None``: it does not list it), ``response`` names the answer of a request.
    """

    name: str
    kind: Kind
    type: str
    source: Evidence
    known: bool = True
    version_7_1: str | None = None
    schema_name: str | None = None

    @property
    def response(self) -> str | None:
        """Name of the answer, for a request."""
        return self.name + "Resp" if self.kind is Kind.REQUEST else None


class EventTypeSpec(msgspec.Struct, frozen=True):
    """A name for ``Subscribe``: the events it brings and the permission it needs.

    ``likely`` holds events that are guessed from the likeness of the names only.
    """

    name: str
    source: Evidence
    permission: str | None = None
    delivers: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()


class Specs(msgspec.Struct, frozen=True):
    """Everything in the data file, each section in its order there."""

    messages: dict[str, MessageSpec] = {}
    types: dict[str, TypeSpec] = {}
    enums: dict[str, tuple[str, ...]] = {}
    errors: dict[str, str] = {}
    event_types: dict[str, EventTypeSpec] = {}
    limits: dict[str, int] = {}


def parse(text: str) -> Specs:
    """Read the data file's text; raises ``ValueError`` or ``KeyError`` naming a faulty line."""
    specs = Specs()
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        section, *fields = line.split("\t")
        try:
            _SECTIONS[section](specs, fields)
        except (ValueError, IndexError) as error:
            raise ValueError(f"line {number}: {error}") from error
    return specs


def _limit(specs: Specs, fields: list[str]) -> None:
    name, value = fields
    specs.limits[name] = int(value)


def _error(specs: Specs, fields: list[str]) -> None:
    code, meaning = fields
    specs.errors[code] = meaning


def _enum(specs: Specs, fields: list[str]) -> None:
    specs.enums[fields[0]] = tuple(fields[1:])


def _event(specs: Specs, fields: list[str]) -> None:
    name, letter, permission, *events = fields
    specs.event_types[name] = EventTypeSpec(
        name,
        Evidence(letter),
        None if permission == "-" else permission,
        tuple(event for event in events if not event.startswith("?")),
        tuple(event[1:] for event in events if event.startswith("?")),
    )


def _message(specs: Specs, fields: list[str]) -> None:
    name, kind, type_name, letter, version, *marks = fields
    specs.messages[name] = MessageSpec(
        name,
        Kind(kind),
        type_name,
        Evidence(letter),
        known="unknown" not in marks,
        version_7_1=None if version == "-" else version,
        schema_name=_marked(marks, "~"),
    )


def _type(specs: Specs, fields: list[str]) -> None:
    name, *parts = fields
    attributes: dict[str, AttributeSpec] = {}
    children: dict[str, ChildSpec] = {}
    for part in parts:
        word, *rest = part.split(" ")
        if word.startswith("<"):
            children[word[1:-1]] = _child(rest)
        elif rest:
            attributes[word] = _attribute(rest)
    specs.types[name] = TypeSpec(name, attributes, children, open="open" in parts)


def _attribute(words: list[str]) -> AttributeSpec:
    type_name, letters, *marks = words
    low, _, high = next((mark for mark in marks if ".." in mark), "").partition("..")
    return AttributeSpec(
        type_name,
        tuple(Evidence(letter) for letter in letters),
        required="!" in marks,
        secret="*" in marks,
        min=int(low) if low else None,
        max=int(high) if high else None,
        default=_marked(marks, "="),
        schema_name=_marked(marks, "~"),
    )


def _child(words: list[str]) -> ChildSpec:
    type_name, letters, *marks = words
    most = _marked(marks, "<=")
    return ChildSpec(
        type_name,
        tuple(Evidence(letter) for letter in letters),
        many="+" in marks,
        text='"' in marks,
        max=int(most) if most else None,
        schema_name=_marked(marks, "~"),
    )


def _marked(marks: list[str], sign: str) -> str | None:
    return next((mark[len(sign) :] for mark in marks if mark.startswith(sign)), None)


_SECTIONS: Mapping[str, Callable[[Specs, list[str]], None]] = {
    "limit": _limit,
    "error": _error,
    "enum": _enum,
    "event": _event,
    "type": _type,
    "message": _message,
}
