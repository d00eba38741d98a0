"""The fields of an OMM record as a request brings them, checked one by one.

Pure: decides what a record becomes, given all others; knows no connection and no database. What MOM
learns of an OMM by itself (its PARK, version, last reading) cannot be written by anybody.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping

import msgspec

from mom.admin.errors import FieldErrors
from mom.model.identities import OmmId
from mom.model.omm import Omm

MAX_NAME = 64
MAX_DESCRIPTION = 128
MAX_CREDENTIAL = 128
MAX_PLACEHOLDERS = 64 * 1024
MAX_HOST = 253
"""Most characters of a host name, as the domain name system has it."""

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")
_LEARNED = (
    *("cloudId", "ommId", "park", "ommVersion", "protocolVersion", "lastAddress", "lastSync"),
    *("lastSyncSeconds", "waitingFor", "seen", "missing", "pins"),
)

Check = Callable[[object], object]


class _Wrong(ValueError):
    """One value is wrong; the text says what would be right."""


def created(number: OmmId, changes: Mapping[str, object], others: Collection[Omm]) -> Omm:
    """The new record. Raises `FieldErrors` with every field that is wrong or missing."""
    needed = {name: "It is needed" for name in ("name", "omm1") if name not in changes}
    values, errors = _checked(changes)
    if needed or errors:
        raise FieldErrors({**needed, **errors}, "EInval" if errors else "EMissing")
    blank = Omm(id=number, name="", omm1="")
    return _consistent(msgspec.structs.replace(blank, **values), others)


def edited(before: Omm, changes: Mapping[str, object], others: Collection[Omm]) -> Omm:
    """The record with the changes, one revision on if there are any.

    Fingerprints of addresses that are no longer used are forgotten. Raises `FieldErrors`.
    """
    values, errors = _checked(changes)
    if errors:
        raise FieldErrors(errors)
    after = _consistent(msgspec.structs.replace(before, **values), others)
    if after == before:
        return before
    pins = {address: pin for address, pin in after.pins.items() if address in after.addresses}
    return msgspec.structs.replace(after, pins=pins, revision=before.revision + 1)


def _checked(changes: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """The values by their names in the record, and what is wrong by their names in the API."""
    checks: dict[str, Check] = {
        "enabled": _switch,
        "name": lambda value: _text(value, MAX_NAME, needed=True),
        "description": lambda value: _text(value, MAX_DESCRIPTION),
        "omm1": _address,
        "omm2": lambda value: _address(value) if value else _text(value, MAX_HOST),
        "port": _port,
        "username": lambda value: _text(value, MAX_CREDENTIAL),
        "password": lambda value: _text(value, MAX_CREDENTIAL, strip=False),
        "provisioning": _switch,
        "placeholders": _placeholders,
    }
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    for name, value in changes.items():
        if name in _LEARNED:
            errors[name] = "MOM learns this from the OMM; it cannot be set"
        elif name not in checks:
            errors[name] = "An OMM record has no such field"
        else:
            try:
                values[name] = checks[name](value)
            except _Wrong as wrong:
                errors[name] = str(wrong)
    return values, errors


def _consistent(omm: Omm, others: Collection[Omm]) -> Omm:
    """Check what depends on more than one field or record."""
    if omm.omm2 and omm.omm2.casefold() == omm.omm1.casefold():
        raise FieldErrors({"omm2": "It is the same address as OMM 1"})
    wanted = omm.name.casefold()
    for other in others:
        if other.id != omm.id and other.name.casefold() == wanted:
            raise FieldErrors({"name": f"OMM {other.id:04d} has this name"}, "EExist")
    return omm


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("true or false is expected")
    return value


def _text(value: object, most: int, *, needed: bool = False, strip: bool = True) -> str:
    if not isinstance(value, str):
        raise _Wrong("A text is expected")
    text = value.strip() if strip else value
    if needed and not text:
        raise _Wrong("It is needed")
    if len(text) > most:
        raise _Wrong(f"It has at most {most} characters")
    if not text.isprintable():
        raise _Wrong("It holds a character that cannot be printed")
    return text


def _placeholders(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong("A text is expected")
    if len(value) > MAX_PLACEHOLDERS:
        raise _Wrong(f"It has at most {MAX_PLACEHOLDERS} characters")
    return value


def _port(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
        raise _Wrong("A number from 1 to 65535 is expected")
    return value


def _address(value: object) -> str:
    text = _text(value, MAX_HOST, needed=True)
    if not is_address(text):
        raise _Wrong("A host name or an IP address is expected")
    return text


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address (maybe with a zone) or can be a host name."""
    _, percent, zone = text.partition("%")
    if len(text) > MAX_HOST or (percent and not _LABEL.match(zone)):
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        labels = text.removesuffix(".").split(".")
        return not labels[-1].isdecimal() and all(_LABEL.match(label) for label in labels)
    return True
