"""What two records must not share.

Two users with one number: kept, marked on both, told to the event log, never merged. Two devices
with one IPEI: that cannot be; the second one keeps its own, and its OMM is told so.
"""

import msgspec

from mom.directory import marks
from mom.directory.bench import Bench
from mom.directory.lines import omm_name
from mom.directory.wanted import home_of
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import OmmId, ipei_key


async def refresh(bench: Bench) -> list[str]:
    """Mark all users whose number is now used twice, unmark those that are alone again.

    Returns the texts for the event log, one for each new conflict.
    """
    texts = []
    for num in bench.entries.touched_keys(Noun.USER):
        now = bench.with_key(Noun.USER, num)
        alone = len(now) < 2 and bench.entries.former_with_key(Noun.USER, num) < 2
        if alone and not any(_is_marked(bench, number) for number in now):
            continue
        await bench.load(now, ())
        for number in now:
            user = bench.user(number)
            if user is None:
                continue
            others = tuple((n, _where(bench, n)) for n in now if n != number)
            marked = marks.conflicts(user.marks, num, others)
            if marked == user.marks:
                continue
            bench.put(msgspec.structs.replace(user, marks=marked, revision=user.revision + 1))
            if len(marked) > len(user.marks):
                texts.append(f"user {number}: {marked[-1]}")
    return texts


def keep_own_ipei(bench: Bench, before: Record, after: Record, now: int) -> tuple[Record, int]:
    """A device that would take the IPEI of another one keeps its own, as a change made in MOM.

    One that had none yet gets none: as a whole it will be known as the other one. Returns the
    record and the number of the other device, 0 if nothing is put back. `now`: seconds since 1970.
    """
    if not isinstance(before, Device) or not isinstance(after, Device):
        return after, 0
    key = ipei_key(after.ipei)
    if key == ipei_key(before.ipei):
        return after, 0
    others = [number for number in bench.with_key(Noun.DEVICE, key) if number != after.ppn]
    if not others:
        return after, 0
    if not before.ipei:
        return msgspec.structs.replace(after, ipei=before.ipei), 0
    kept = msgspec.structs.replace(
        after,
        ipei=before.ipei,
        rev_subscription=after.rev_subscription + 1,
        time_stamp_subscription=max(now, after.time_stamp_subscription + 1),
    )
    return kept, others[0]


def ipei_refused(device: Record, other: int, omm: OmmId) -> str:
    """The text for the event log."""
    ipei = device.ipei if isinstance(device, Device) else ""
    return f"{omm_name(omm)} gave a device the IPEI {ipei} of device {other}: not taken, put back"


def _is_marked(bench: Bench, number: int) -> bool:
    """Whether a user that is on the bench bears the mark of a conflict."""
    user = bench.user(number) if bench.loaded(Noun.USER, number) else None
    return user is not None and marks.in_conflict(user.marks)


def _where(bench: Bench, number: int) -> OmmId:
    """Where a user is: its home, else the OMM that holds it, else 0."""
    entry = bench.entry(Noun.USER, number)
    home = home_of(entry, bench) if entry is not None else OmmId(0)
    if home:
        return home
    return next((copy.omm for copy in bench.copies(Noun.USER, number)), OmmId(0))
