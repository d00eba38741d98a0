"""The end of records and copies: what was deleted there, what is deleted in MOM.

Works on drafts. Whatever is deleted goes to the trash, and a relation that it had ends.
"""

from collections.abc import Callable, Iterable

import msgspec

from mom.directory import lines, marks, relation
from mom.directory.bench import Bench, key_of
from mom.directory.entry import UNBOUND
from mom.directory.index import Index
from mom.directory.rows import Removed, Row
from mom.directory.wanted import home_of
from mom.directory.wire import Record
from mom.model.agreement import PENDING, revisions
from mom.model.copy import Copy, CopyState, Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.user import User


class Reach(msgspec.Struct, frozen=True):
    """How deletions travel: which OMMs are connected, and whether deletes stick for the others.

    `keep` (the first reading after an import of the database): nothing is deleted because it is
    missing on an OMM, records lose their home instead.
    """

    now: int
    connected: Callable[[OmmId], bool]
    deletes_stick: bool = False
    keep: bool = False


async def gone(bench: Bench, copy: Copy, reach: Reach) -> None:
    """A held copy is no longer on its OMM, and not by MOM's doing.

    MOM's news bring it back; a record that lives elsewhere only loses the copy; else it was
    deleted there and is deleted in MOM.
    """
    noun, number, omm = copy.noun, copy.number, copy.omm
    entry = bench.entry(noun, number)
    await left(bench, copy)
    if entry is None or copy.state is not CopyState.HELD:
        return
    if is_news(copy, entry.revisions):
        bench.line(noun, number, reach.now, lines.kept_for_news(omm))
        return
    if home_of(entry, bench) not in (0, omm):
        bench.line(noun, number, reach.now, lines.lives_elsewhere(omm))
        return
    await bench.load(*_numbers(noun, number, entry.partner))
    record = bench.record(noun, number)
    if record is None:
        return
    if reach.keep:
        _lose_home(bench, record, omm, reach.now)
        return
    bench.line(noun, number, reach.now, lines.deleted_on(omm))
    delete(bench, record, reach, omm)


async def left(bench: Bench, copy: Copy) -> None:
    """A copy is no longer there, and with it goes what the OMM did not accept of the record, or did
    not get.
    """
    noun, number = copy.noun, copy.number
    bench.drop_copy(copy)
    may_be_marked = bool(copy.refused) or noun is Noun.USER
    if not may_be_marked or bench.entry(noun, number) is None:
        return
    await bench.load(*_numbers(noun, number, 0))
    record = bench.record(noun, number)
    marked = marks.left(record.marks, copy.omm) if record is not None else ()
    if record is not None and marked != record.marks:
        bench.put(msgspec.structs.replace(record, marks=marked, revision=record.revision + 1))


def delete(bench: Bench, record: Record, reach: Reach, omm: OmmId = relation.NOBODY) -> None:
    """Delete a loaded record whose partner is loaded too, and its copies on all OMMs.

    Connected OMMs are told; at others it stays, and comes back from there, unless deletes stick.
    `omm` is the OMM where it was deleted, which has parted it from its partner itself.
    """
    noun, number = key_of(record)
    relation.unbind(bench, noun, number, max(reach.now, record.time_stamp_relation + 1), omm)
    for copy in bench.copies(noun, number):
        if copy.state is CopyState.OFFERED and not copy.local:
            bench.drop_copy(copy)
        elif reach.connected(copy.omm) or reach.deletes_stick:
            bench.put_copy(msgspec.structs.replace(copy, state=CopyState.REMOVING, since=reach.now))
        else:
            bench.drop_copy(copy)
    bench.remove(noun, number)


def came_too_late(bench: Bench, row: Row, omm: OmmId, now: int) -> None:
    """An answer about a record that was deleted in MOM meanwhile: it leaves the OMM again."""
    copy = bench.copy(row.noun, row.number, omm) or Copy(noun=row.noun, number=row.number, omm=omm)
    local = row.local or copy.local
    bench.put_copy(msgspec.structs.replace(copy, local=local, state=CopyState.REMOVING, since=now))


def leaves(index: Index, omm: OmmId, row: Row, before: Iterable[Row | Removed]) -> bool:
    """Whether an event tells of a copy that is being removed: its end is all that counts.

    Unless something `before` it in the batch ends one: local numbers are used again.
    """
    if not row.live or row.whole or row.deleted or row.missing:
        return False
    copy = index.local(row.noun, omm, row.local)
    if copy is None or copy.state is not CopyState.REMOVING:
        return False
    same = (item for item in before if item.noun is row.noun)
    return not any(isinstance(item, Removed) or item.deleted for item in same)


def is_news(copy: Copy, current: tuple[int, ...]) -> bool:
    """Whether MOM has changed a record since its last agreement on this copy."""
    agreed = revisions(copy.noun, copy.agreed)
    return any(
        mine != theirs and theirs != PENDING for mine, theirs in zip(current, agreed, strict=True)
    )


def _lose_home(bench: Bench, record: Record, omm: OmmId, now: int) -> None:
    noun, number = key_of(record)
    bench.line(noun, number, now, lines.kept_after_import(omm))
    if isinstance(record, Device) and record.home == omm:
        bench.put(msgspec.structs.replace(record, home=OmmId(0), revision=record.revision + 1))


def _numbers(noun: Noun, number: int, partner: int) -> tuple[list[int], list[int]]:
    """A record and its partner as numbers of users and of devices."""
    return ([number], [partner]) if noun is Noun.USER else ([partner], [number])


def at_rest(record: Record) -> Record:
    """A record out of the trash: bound to nothing (as if never told), nowhere at home."""
    if isinstance(record, User):
        return msgspec.structs.replace(
            record,
            ppn=DeviceNumber(0),
            rel_type=UNBOUND,
            time_stamp_relation=0,
            revision=record.revision + 1,
        )
    return msgspec.structs.replace(
        record,
        uid=UserNumber(0),
        rel_type=UNBOUND,
        time_stamp_relation=0,
        home=OmmId(0),
        revision=record.revision + 1,
    )
