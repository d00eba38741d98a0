"""Whether one more phone fits on an OMM, permanent users that are still on their way included.

It knows no messages.
"""

from mom.directory.index import Index
from mom.model.copy import Noun
from mom.model.identities import OmmId


def has_room(
    index: Index, omm: OmmId, limit: int, user: int, device: int, granted: int = 0
) -> bool:
    """Whether an OMM that takes `limit` phones (0 = it did not tell) takes this one, too.

    `user` and `device` are its records (0 = none, or a new one); `granted` more phones are about to
    be brought there.
    """
    if not limit:
        return True
    return _fits(index, Noun.DEVICE, device, omm, limit - granted) and (
        not user or _fits(index, Noun.USER, user, omm, limit - granted)
    )


def has_namesake(index: Index, omm: OmmId, user: int) -> bool:
    """Whether the OMM holds another user with the same number."""
    entry = index.entry(Noun.USER, user) if user else None
    if entry is None:
        return False
    others = (other for other in index.with_key(Noun.USER, entry.key) if other != user)
    return any(index.copy(Noun.USER, other, omm) is not None for other in others)


def _fits(index: Index, noun: Noun, number: int, omm: OmmId, limit: int) -> bool:
    if number and index.copy(noun, number, omm) is not None:
        return True
    coming = sum(
        1
        for other in permanent_ones(index, noun)
        if other != number and index.copy(noun, other, omm) is None
    )
    return len(index.shelf(noun, omm)) + coming < limit


def permanent_ones(index: Index, noun: Noun) -> set[int]:
    """The permanent users, or their subscribed devices."""
    if noun is Noun.USER:
        return index.permanent
    users = (index.entry(Noun.USER, number) for number in index.permanent)
    devices = (index.entry(Noun.DEVICE, user.partner) for user in users if user and user.partner)
    return {device.number for device in devices if device is not None and device.active}
