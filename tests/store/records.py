"""Records for tests: each test names only the fields it is about."""

from typing import Any

from mom.model.attribute import Kind, attributes
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.event import Event
from mom.model.identities import OmmId, check_digit
from mom.model.omm import Omm, Severity
from mom.model.secret import Sealed, Secret
from mom.model.user import User


def ipei_of(number: int) -> str:
    serial = f"{number:07d}"
    return f"03074 {serial} {check_digit('03074' + serial)}"


def user(number: int, **fields: Any) -> User:
    return User(uid=number, **{"num": str(1000 + number), "name": f"User {number}", **fields})


def device(number: int, **fields: Any) -> Device:
    return Device(ppn=number, **{"ipei": ipei_of(number), **fields})


def omm(number: int, **fields: Any) -> Omm:
    return Omm(id=OmmId(number), **{"name": f"Site {number}", "omm1": "10.0.0.1", **fields})


def copy(number: int, on: int = 1, noun: Noun = Noun.USER, **fields: Any) -> Copy:
    return Copy(noun=noun, number=number, omm=OmmId(on), **fields)


def event(text: str, at: int = 100, **fields: Any) -> Event:
    values = {"severity": Severity.WARNING, "subsystem": "fleet", **fields}
    return Event(id=0, text=text, first=at, last=at, **values)


def full(record: type[User] | type[Device], number: int) -> Any:
    """A record in which every attribute was told, secrets included."""
    key = "uid" if record is User else "ppn"
    secret = Secret("gehäim", (Sealed("Y2lwaGVy", "ab" * 32),))
    values = {
        Kind.TEXT: "Ünique",
        Kind.NUMBER: 7,
        Kind.BOOLEAN: True,
        Kind.SECRET: secret,
    }
    fields: dict[str, Any] = {a.name: values[a.kind] for a in attributes(record)}
    return record(**{**fields, key: number, "extra": {"newAttr": "ß"}, "marks": ("EInval num",)})
