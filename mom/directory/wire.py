"""The only mapping between AXI elements and the records of users and devices.

Reads the attributes of an element into typed values by merge group and writes values back as the
protocol spells them. It must not know copies, decisions or which OMM is meant; local numbers
(`uid`, `ppn`) stay raw here and are translated by those who know the copies.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from mom.axi.element import FLAGS, Element, Uniform, make
from mom.directory.alike import plain_numbers
from mom.directory.entry import other
from mom.directory.fingerprints import COMMON_STAMP, RECORDS, STAMP_NAMES, group_of
from mom.model.attribute import Attribute, Group, Kind, attributes, by_wire
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.user import User

Record = User | Device
Value = str | int | bool | None
_MAX_DIGITS = 18
_UNREAD = object()
_SLOTS = (Group.ADMIN, Group.IDENTITY, Group.ROAMING, Group.SUBSCRIPTION, Group.OBSERVED)
_CHILD = {Noun.USER: "user", Noun.DEVICE: "pp"}
_LOCAL = {Noun.USER: "uid", Noun.DEVICE: "ppn"}
_TOLD = {Noun.USER: "uidSec", Noun.DEVICE: "ppnSec"}
_GET = {Noun.USER: "GetPPUser", Noun.DEVICE: "GetPPDev"}


class Told(msgspec.Struct, frozen=True):
    """What one `user` or `pp` element tells, read.

    `local` is the OMM's number, `number` the system-wide one it has (0 = none; None = not told).
    `groups` maps each group to typed values by Python name. `extra` holds unknown attributes and
    values that are not of their kind, raw. `partner` is the local number of the bound record.
    """

    noun: Noun
    local: int
    number: int | None
    groups: dict[Group, dict[str, Value]]
    extra: dict[str, str]
    secrets: dict[str, str]
    partner: int | None
    rel_type: str | None

    def value(self, group: Group, name: str) -> Value:
        """One value by its Python name; None if it was not told."""
        return self.groups.get(group, {}).get(name)


def child_name(noun: Noun) -> str:
    """The name of the element that holds a record: `user` or `pp`."""
    return _CHILD[noun]


def local_name(noun: Noun) -> str:
    """The attribute that holds a record's local number: `uid` or `ppn`."""
    return _LOCAL[noun]


def number_name(noun: Noun) -> str:
    """The attribute that holds a record's system-wide number: `uidSec` or `ppnSec`."""
    return _TOLD[noun]


def partner_name(noun: Noun) -> str:
    """The attribute that names the record that is bound: `ppn` of a user, `uid` of a device."""
    return _LOCAL[other(noun)]


def question(noun: Noun, local: int) -> Element:
    """The request that reads one whole record by its local number."""
    return make(_GET[noun], {_LOCAL[noun]: local})


def local_of(noun: Noun, element: Element) -> int:
    """The local number of a record's element; 0 if there is none that could be one."""
    return whole(element.attrs.get(_LOCAL[noun], "")) or 0


def locals_of(noun: Noun, elements: Sequence[Element]) -> list[int]:
    """The local numbers of several elements, as `local_of` reads them one by one."""
    name = _LOCAL[noun]
    texts: Sequence[str]
    if isinstance(elements, Uniform):
        texts = elements.column(name)
    else:
        texts = [element.attrs.get(name, "") for element in elements]
    numbers = plain_numbers(texts)
    return [whole(text) or 0 for text in texts] if numbers is None else numbers


def number_of(noun: Noun, element: Element) -> int:
    """The system-wide number in a record's element; 0 if there is none that could be one."""
    return whole(element.attrs.get(_TOLD[noun], "")) or 0


def read(noun: Noun, element: Element) -> Told:
    """Read a `user` or `pp` element; what cannot be read is kept raw, nothing is lost."""
    slots: tuple[dict[str, Value], ...] = ({}, {}, {}, {}, {})
    extra: dict[str, str] = {}
    secrets: dict[str, str] = {}
    find = readers(noun).get
    for wire, text in element.attrs.items():
        found = find(wire)
        if found is None:
            if group_of(noun, wire) is Group.ADMIN:
                extra[wire] = text
            continue
        name, slot, kind = found
        if kind is Kind.TEXT:
            slots[slot][name] = text
        elif kind is Kind.SECRET:
            secrets[name] = text
        elif kind is not Kind.OTHER:
            value = _parse(kind, text)
            if value is _UNREAD:
                extra[wire] = text
            else:
                slots[slot][name] = value  # type: ignore[assignment]
    attrs = element.attrs
    groups = {group: slots[slot] for slot, group in enumerate(_SLOTS) if slots[slot]}
    told = whole(attrs[_TOLD[noun]]) if _TOLD[noun] in attrs else None
    bound = attrs.get(partner_name(noun))
    partner = whole(bound) if bound is not None else None
    local = local_of(noun, element)
    return Told(noun, local, told, groups, extra, secrets, partner, attrs.get("relType"))


def texts(attrs: Iterable[Attribute], record: Record) -> dict[str, str]:
    """The wire texts of these attributes of a record; what was never told is left out."""
    written = {}
    for attribute in attrs:
        value = getattr(record, attribute.name)
        if value is not None:
            written[attribute.wire] = text_of(value)
    return written


def text_of(value: object) -> str:
    """A value as the protocol writes it."""
    if value is True or value is False:
        return "1" if value else "0"
    return str(value)


def alike(mine: str | None, theirs: str) -> bool:
    """Whether two texts of an unknown attribute are one value: OMMs write booleans in two ways."""
    flag = FLAGS.get(theirs)
    return mine == theirs or (flag is not None and mine is not None and FLAGS.get(mine) is flag)


def value_of(attribute: Attribute, text: str) -> Value:
    """The typed value of a text; raises `ValueError` if it is not one of that kind."""
    value = text if attribute.kind is Kind.TEXT else _parse(attribute.kind, text)
    if value is _UNREAD:
        raise ValueError(f"{attribute.wire} is not a {attribute.kind.value}")
    return value  # type: ignore[return-value]


def element(noun: Noun, attrs: Mapping[str, str]) -> Element:
    """The `user` or `pp` element with these attributes."""
    return Element(_CHILD[noun], dict(attrs))


def members(noun: Noun, group: Group) -> tuple[Attribute, ...]:
    """The attributes that are merged and sent with a group (the IPEI with the subscription)."""
    return _members(noun, group)


@functools.cache
def _members(noun: Noun, group: Group) -> tuple[Attribute, ...]:
    return tuple(
        a for a in attributes(RECORDS[noun]) if _readable(a) and group_of(noun, a.wire) is group
    )


@functools.cache
def readers(noun: Noun) -> dict[str, tuple[str, int, Kind]]:
    """How to read each known attribute: Python name, place of its group, kind.

    `OTHER` = not read here (numbers, relation, time stamps).
    """
    names = (*_LOCAL.values(), _TOLD[noun], "relType", COMMON_STAMP, *STAMP_NAMES)
    found = dict.fromkeys(names, ("", 0, Kind.OTHER))
    for a in attributes(RECORDS[noun]):
        group = group_of(noun, a.wire)
        if group is Group.SECRET:
            found[a.wire] = (a.name, 0, Kind.SECRET)
        elif group is not None and _readable(a):
            found[a.wire] = (a.name, _SLOTS.index(group), a.kind)
    return found


def _readable(attribute: Attribute) -> bool:
    """Whether the value stands for itself: no secret, no relation, nothing of MOM's own."""
    return attribute.kind in (Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN) and attribute.group not in (
        Group.RELATION,
        Group.OWN,
        Group.STAMP,
    )


def _parse(kind: Kind, text: str) -> object:
    if kind is Kind.BOOLEAN:
        return FLAGS.get(text, _UNREAD)
    number = whole(text)
    return _UNREAD if number is None else number


def whole(text: str) -> int | None:
    """A whole number; None if it is not one, or too long to be stored."""
    return _whole(text) if len(text) <= _MAX_DIGITS + 1 else None


@functools.lru_cache(maxsize=4096)
def _whole(text: str) -> int | None:
    digits = text[1:] if text[:1] == "-" else text
    if digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS:
        return int(text)
    return None


def is_attribute(noun: Noun, name: str) -> bool:
    """Whether a name on the wire is an attribute of that noun."""
    return name in by_wire(RECORDS[noun])
