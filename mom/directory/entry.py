"""What the index keeps of one record: just what finding it and `wanted` need.

There are a hundred thousand of them, so they are small and take no part in garbage collection.
"""

import functools

import msgspec

from mom.model.copy import Noun
from mom.model.device import ROAMING_STARTED, Device
from mom.model.identities import OmmId, ipei_key
from mom.model.user import User

UNBOUND = "Unbound"
"""The relation type of a record that is bound to nothing."""


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One user or device in memory.

    `key` is the number (`num`) of a user or the 12 digits of a device's IPEI, empty for none;
    `partner` the system-wide number of the bound record, 0 = none; `home` (devices) the OMM where
    it is; `active` (devices) whether it is subscribed; `moving` (devices) whether the move there is
    under way, `returning` whether a move was given up; `permanent` (users) whether it is on every
    OMM. `revisions` are the `rev_...` in the order of `mom.model.agreement.GROUPS`.
    """

    noun: Noun
    number: int
    revision: int
    revisions: tuple[int, ...]
    key: str = ""
    partner: int = 0
    home: OmmId = OmmId(0)
    active: bool = False
    moving: bool = False
    returning: bool = False
    permanent: bool = False


@functools.lru_cache(maxsize=1024)
def shared(revisions: tuple[int, ...]) -> tuple[int, ...]:
    """The same revisions as one object for all records that have them: most have the first."""
    return revisions


def entry_of(record: User | Device) -> Entry:
    """The entry of a record."""
    revision, revisions = record.revision, revisions_of(record)
    if isinstance(record, User):
        return user_entry(record.uid, revision, revisions, record.num, record.ppn, record.permanent)
    return device_entry(
        record.ppn,
        revision,
        revisions,
        record.ipei,
        record.uid,
        record.home,
        record.s,
        record.roaming,
        record.omm_id == record.omm_id_ack,
    )


def user_entry(
    number: int,
    revision: int,
    revisions: tuple[int, ...],
    num: str | None,
    partner: int,
    permanent: bool | None,
) -> Entry:
    """The entry of a user by its fields."""
    return Entry(
        noun=Noun.USER,
        number=number,
        revision=revision,
        revisions=shared(revisions),
        key=num or "",
        partner=partner,
        permanent=bool(permanent),
    )


def device_entry(
    number: int,
    revision: int,
    revisions: tuple[int, ...],
    ipei: str | None,
    partner: int,
    home: OmmId,
    s: str | None,
    roaming: str | None,
    is_back: bool,
) -> Entry:
    """The entry of a device by its fields; `is_back`: it goes to the OMM that it comes from."""
    moving = roaming == ROAMING_STARTED
    return Entry(
        noun=Noun.DEVICE,
        number=number,
        revision=revision,
        revisions=shared(revisions),
        key=ipei_key(ipei or ""),
        partner=partner,
        home=home,
        active=s == "Yes",
        moving=moving,
        returning=moving and is_back,
    )


def revisions_of(record: User | Device) -> tuple[int, ...]:
    """MOM's revision of each group, in the order of `mom.model.agreement.GROUPS`."""
    if isinstance(record, User):
        return (record.rev_admin, record.rev_relation)
    return (
        record.rev_admin,
        record.rev_relation,
        record.rev_roaming,
        record.rev_subscription,
    )


def other(noun: Noun) -> Noun:
    """The noun at the other end of a relation."""
    return Noun.DEVICE if noun is Noun.USER else Noun.USER
