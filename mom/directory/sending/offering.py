"""Getting records ready to be sent to an OMM: copies are stored as offered before that.

Sends nothing itself.
"""

from collections.abc import Iterable

import msgspec

from mom.axi.secrets import PublicKey
from mom.directory import credentials, marks, removal
from mom.directory.bench import Bench
from mom.directory.lines import omm_name
from mom.directory.rows import Known
from mom.directory.sending.sends import Part
from mom.directory.units import Units
from mom.model.copy import Copy, CopyState
from mom.model.identities import OmmId
from mom.model.user import User

Missing = tuple[User, tuple[str, ...]]
"""A user, and the secrets that an OMM will not get."""


def offer(bench: Bench, part: Part, omm: OmmId, now: int) -> None:
    """Keep that a record is being made on an OMM. `now`: seconds since 1970."""
    copy = bench.copy(part.noun, part.number, omm)
    if copy is None:
        copy = Copy(noun=part.noun, number=part.number, omm=omm)
    bench.put_copy(msgspec.structs.replace(copy, state=CopyState.OFFERED, since=now))


def check_secrets(bench: Bench, user: User, key: PublicKey | None, omm: OmmId) -> list[Missing]:
    """Mark a user whose secrets MOM can neither open nor pass on to an OMM with that key."""
    missing = credentials.give(user, key)[1]
    marked = marks.credentials_missing(user.marks, omm, missing)
    if marked == user.marks:
        return []
    bench.put(msgspec.structs.replace(user, marks=marked, revision=user.revision + 1))
    return [(user, missing)] if missing else []


async def withdraw(units: Units, omm: OmmId, keys: Iterable[Known]) -> None:
    """An OMM did not take what it was offered: no copy is left, nor marks of what it would lack."""
    async with units.open(cause=f"refused by {omm_name(omm)}") as bench:
        for noun, number in keys:
            copy = bench.copy(noun, number, omm)
            if copy is not None and copy.state is CopyState.OFFERED:
                await removal.left(bench, copy)
