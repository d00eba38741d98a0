"""Values that people and applications enter for a user or a device: checked, typed, applied. Pure.

An error names the field and the reason. Uniqueness and limits that need the whole directory are
the editor's duty.
"""

import difflib
import functools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mom.directory import marks
from mom.directory.errors import FieldErrors
from mom.directory.fingerprints import RECORDS, group_of
from mom.directory.guard import Guard
from mom.directory.merge import later
from mom.directory.wire import Record, value_of
from mom.model.attribute import Attribute, Group, Kind, by_wire
from mom.model.copy import Noun
from mom.model.identities import IdentityError, ipei
from mom.model.secret import Secret
from mom.model.user import User

_ONES_OWN = frozenset({"num", "ipei", "pin", "sip_pw", "external"})
Values = Mapping[str, object]
"""What was entered, by the protocol's names."""


def check(noun: Noun, entered: Values, guard: Guard) -> dict[str, object]:
    """The typed values by Python name. Raises `FieldErrors` for all that cannot be stored."""
    return checked(by_wire(RECORDS[noun]), lambda a: _editable(noun, a), entered, guard)


def checked(
    known: Mapping[str, Attribute],
    editable: Callable[[Attribute], bool],
    entered: Values,
    guard: Guard,
) -> dict[str, Any]:
    """The same of any record with these attributes, by their names in the protocol."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for wire, value in entered.items():
        attribute = known.get(wire)
        if attribute is None:
            fields = (each for each, known_one in known.items() if editable(known_one))
            errors[wire] = _unknown(wire, tuple(fields))
            continue
        if not editable(attribute):
            errors[wire] = "cannot be changed here"
            continue
        try:
            values[attribute.name] = typed(attribute, value, guard)
        except ValueError as wrong:
            errors[wire] = str(wrong)
    if errors:
        raise FieldErrors(errors)
    return values


@functools.lru_cache(maxsize=256)
def _unknown(wire: str, fields: tuple[str, ...]) -> str:
    """What is wrong with a name that no field has, and which field has one like it."""
    spellings = {field.casefold(): field for field in fields}
    near = difflib.get_close_matches(wire.casefold(), spellings, n=1)
    if not near:
        return "there is no such field"
    return f"there is no such field; did you mean {spellings[near[0]]}?"


def apply(record: Record, values: Mapping[str, object], now: int) -> Record:
    """The record with these values; groups that change get MOM's stamp and a new revision."""
    noun = Noun.USER if isinstance(record, User) else Noun.DEVICE
    changes = {n: v for n, v in values.items() if getattr(record, n) != v}
    if not changes:
        return record
    wires = {a.name: a.wire for a in by_wire(RECORDS[noun]).values()}
    groups = {_merged(noun, wires[name]) for name in changes}
    for group in groups:
        stamp, revision = f"time_stamp_{group.value}", f"rev_{group.value}"
        changes[stamp] = later(now, getattr(record, stamp))
        changes[revision] = getattr(record, revision) + 1
    if any(isinstance(value, Secret) for value in changes.values()):
        changes["marks"] = marks.known_secrets(record.marks)
    return msgspec.structs.replace(record, **changes, revision=record.revision + 1)


def copied(record: Record) -> dict[str, object]:
    """The values (by Python name) that a copy of a record begins with.

    What must be one's own is left out: number, IPEI, PIN and SIP password; so is what OMMs told.
    """
    noun = Noun.USER if isinstance(record, User) else Noun.DEVICE
    return {
        a.name: value
        for a in by_wire(RECORDS[noun]).values()
        if _editable(noun, a)
        and a.name not in _ONES_OWN
        and (value := getattr(record, a.name)) is not None
    }


def _merged(noun: Noun, wire: str) -> Group:
    """The group whose stamp and revision a change moves; secrets travel with admin."""
    group = group_of(noun, wire)
    return Group.ADMIN if group in (None, Group.SECRET, Group.OBSERVED) else group


def _editable(noun: Noun, attribute: Attribute) -> bool:
    if attribute.name in ("external", "ipei"):
        return True
    if attribute.attr.written_by != "client":
        return False
    return attribute.group in (Group.ADMIN, Group.SECRET, Group.SUBSCRIPTION)


def typed(attribute: Attribute, value: object, guard: Guard) -> object:
    """The value as the record keeps it; raises `ValueError` with the reason."""
    if attribute.kind is Kind.SECRET:
        if not isinstance(value, str):
            raise ValueError("must be a text")
        if flaw := guard.flaw(attribute, value):
            raise ValueError(flaw)
        return Secret(value)
    typed = _plain(attribute, value)
    if attribute.name == "ipei":
        return _ipei(str(typed))
    if flaw := guard.flaw(attribute, typed):
        raise ValueError(flaw)
    choices = attribute.attr.choices
    if choices and typed not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    low, high = attribute.attr.low, attribute.attr.high
    if isinstance(typed, int) and not isinstance(typed, bool):
        if low is not None and typed < low:
            raise ValueError(f"must be at least {low}")
        if high is not None and typed > high:
            raise ValueError(f"must be at most {high}")
    return typed


def _plain(attribute: Attribute, value: object) -> object:
    wanted: dict[Kind, type] = {Kind.TEXT: str, Kind.BOOLEAN: bool, Kind.NUMBER: int}
    kind = wanted[attribute.kind]
    if type(value) is kind:
        return value
    if isinstance(value, str):
        text = value.lower() if attribute.kind is Kind.BOOLEAN else value
        try:
            return value_of(attribute, text)
        except ValueError:
            raise ValueError(f"must be a {attribute.kind.value}") from None
    raise ValueError(f"must be a {attribute.kind.value}")


def _ipei(text: str) -> str:
    try:
        return ipei(text) if text else ""
    except IdentityError as wrong:
        raise ValueError(str(wrong)) from None
