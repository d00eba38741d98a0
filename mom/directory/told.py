"""What an event of an OMM is for its sitting: rows that tell of records, or a visitor.

It only reads; whom the local numbers mean is not known here.
"""

from collections.abc import Iterable

from twisted.logger import Logger

from mom.axi.element import Element
from mom.axi.errors import BadValue
from mom.axi.mom_profile import (
    ROAMING_EVENTS,
    DectLocate,
    DectSubscribe,
    PpLink,
    PpLogin,
    PpUserMovedLocally,
    roaming_event,
)
from mom.directory import wire
from mom.directory.entry import UNBOUND
from mom.directory.rows import Item, Row, Visit
from mom.model.copy import Noun

_BY_LOGIN = "Dynamic"
_log = Logger()


def items_of(event: Element) -> list[Item]:
    """What waits in the queue because of an event: rows, users first, or a visitor."""
    if event.name not in ROAMING_EVENTS:
        return list(_rows_of(event))
    try:
        told = roaming_event(event)
    except BadValue as wrong:
        _log.warn("{name} was not taken: {why}", name=event.name, why=str(wrong))
        return []
    if isinstance(told, DectLocate | DectSubscribe | PpLogin):
        return [Visit(told)]
    if isinstance(told, PpLink):
        return _relation(told.uid, told.ppn, told.rel_type or _BY_LOGIN)
    if isinstance(told, PpUserMovedLocally):
        return _relation(told.uid, told.ppn, _BY_LOGIN)
    return []


def _relation(user: int, device: int, rel_type: str) -> list[Item]:
    """The rows of a relation that an OMM made (`user` > 0) or ended, by its own numbers."""
    bound = {"relType": rel_type if user else UNBOUND}
    rows: list[Item] = []
    if user > 0 and device > 0:
        rows.append(_row(Noun.USER, user, {"uid": str(user), "ppn": str(device), **bound}))
    if device > 0:
        rows.append(_row(Noun.DEVICE, device, {"ppn": str(device), "uid": str(user), **bound}))
    return rows


def _row(noun: Noun, local: int, attrs: dict[str, str]) -> Row:
    element = Element("user" if noun is Noun.USER else "pp", attrs)
    return Row(noun=noun, element=element, local=local, whole=False, live=True)


def _rows_of(event: Element) -> Iterable[Row]:
    """The users and devices that an event tells of, users first."""
    if event.name not in ("EventPPCnf", "EventPPUserCnf", "EventPPDevCnf"):
        return
    for noun, flag in ((Noun.USER, "deletedUser"), (Noun.DEVICE, "deletedDev")):
        children = list(event.all(wire.child_name(noun)))
        if not children and wire.local_name(noun) in event.attrs and _about(event, noun):
            children = [Element(wire.child_name(noun), event.attrs)]
        gone = event.get(flag) in ("1", "true") or event.get("deleted") in ("1", "true")
        for child in children:
            local = wire.local_of(noun, child)
            deleted = gone or child.get("deleted") in ("1", "true")
            if local > 0:
                yield Row(
                    noun=noun, element=child, local=local, whole=False, live=True, deleted=deleted
                )


def _about(event: Element, noun: Noun) -> bool:
    """Whether a flat event is about that noun: its name says so."""
    return event.name == ("EventPPUserCnf" if noun is Noun.USER else "EventPPDevCnf")
