"""Which OMM should hold what: the one function from which all sending and removing follows."""

from typing import Protocol

from mom.directory.entry import Entry
from mom.model.copy import Noun
from mom.model.identities import OmmId


class Partners(Protocol):
    """Finds the entries of records by number."""

    def entry(self, noun: Noun, number: int) -> Entry | None:
        """The entry of a record, or None."""


def wanted(entry: Entry | None, omm: OmmId, partners: Partners) -> bool:
    """Whether that OMM should hold that record.

    A subscribed device belongs to its home, a user where its device is, a permanent user and its
    subscribed device to all; unbound users and unsubscribed devices wait in MOM.
    """
    if entry is None:
        return False
    if entry.noun is Noun.DEVICE:
        if not entry.active or entry.home == omm:
            return entry.active
        user = partners.entry(Noun.USER, entry.partner) if entry.partner else None
        return user is not None and user.permanent
    if entry.permanent:
        return True
    device = partners.entry(Noun.DEVICE, entry.partner) if entry.partner else None
    return device is not None and device.active and device.home == omm


def home_of(entry: Entry, partners: Partners) -> OmmId:
    """Where the record lives: a device's home, a user's device's home; 0 = nowhere."""
    if entry.noun is Noun.DEVICE:
        return entry.home if entry.active else OmmId(0)
    device = partners.entry(Noun.DEVICE, entry.partner) if entry.partner else None
    return home_of(device, partners) if device is not None else OmmId(0)
