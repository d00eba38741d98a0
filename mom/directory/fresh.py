"""The straight way for what an OMM tells when it is read first: records that MOM does not know.

A hundred thousand of them may come at once. Of an unbound record, or a user and its device side by
side, that nobody in MOM is like, nothing has to be compared or decided: it is taken as it is. It
gives exactly what `mom.directory.settle` gives, which takes all the rest.
"""

from collections.abc import Sequence

import msgspec

from mom.directory import lines, marks, wire
from mom.directory.bench import Bench
from mom.directory.entry import UNBOUND, revisions_of
from mom.directory.fingerprints import Raw, digests
from mom.directory.known import key_in
from mom.directory.plans import Plan, plan_of
from mom.directory.reconcile import Facts, own_time
from mom.directory.relation import PLACE
from mom.directory.rows import Removed, Row
from mom.directory.wire import Record
from mom.model.agreement import prefix
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId

_NO_NUMBER = ("", "0")


class _Newcomer(msgspec.Struct, frozen=True):
    """A record that nobody is like. `partner` is the local number of the bound one, 0 = none."""

    noun: Noun
    local: int
    partner: int
    attrs: dict[str, str]
    plan: Plan
    raw: Raw


def take(bench: Bench, items: Sequence[Row | Removed], place: int, facts: Facts) -> int:
    """Draft the record at `place`, or the pair that begins there; tells how many rows that took.

    0 = this is not the way for it.
    """
    first = _newcomer(bench, items[place], facts)
    if first is None:
        return 0
    if not first.partner:
        _arrive(bench, first, bench.number(first.noun), {}, facts)
        return 1
    if first.noun is not Noun.USER or place + 1 >= len(items):
        return 0
    second = _newcomer(bench, items[place + 1], facts)
    if second is None or not _are_pair(first, second):
        return 0
    user, device = bench.number(Noun.USER), bench.number(Noun.DEVICE)
    bond: dict[str, object] = {
        "relType": second.attrs["relType"],
        "timeStampRelation": own_time(second.raw.stamps[PLACE], facts),
        "revRelation": 2,
        "revision": 2,
    }
    _arrive(bench, first, user, {**bond, "ppn": device}, facts)
    _arrive(bench, second, device, {**bond, "uid": user}, facts)
    return 2


def _newcomer(bench: Bench, row: Row | Removed, facts: Facts) -> _Newcomer | None:
    """What a reading told of a record that nobody is like; None if this is something else."""
    if not isinstance(row, Row) or not _is_read(row):
        return None
    noun, attrs = row.noun, row.element.attrs
    if attrs.get(wire.number_name(noun), "") not in _NO_NUMBER:
        return None
    if bench.local(noun, facts.omm, row.local) is not None:
        return None
    if not bench.is_strange(noun, key_in(noun, row.element)):
        return None
    partner = _partner(noun, attrs)
    if partner is None:
        return None
    plan = plan_of(noun, tuple(attrs))
    if not plan.fits(attrs):
        return None
    return _Newcomer(noun, row.local, partner, attrs, plan, plan.shape.raw(attrs))


def _is_read(row: Row) -> bool:
    """Whether a row is of a reading, and no event or answer."""
    return row.whole and not (row.live or row.deleted or row.missing or row.sent or row.number)


def _partner(noun: Noun, attrs: dict[str, str]) -> int | None:
    """The local number of the bound record, 0 if there is none; None if that is not clear."""
    rel_type, text = attrs.get("relType"), attrs.get(wire.partner_name(noun))
    if rel_type == UNBOUND:
        return 0
    if rel_type is None or text is None:
        return None
    return wire.whole(text)


def _are_pair(user: _Newcomer, device: _Newcomer) -> bool:
    """Whether both tell that they are bound to each other, and since when."""
    return (
        device.noun is Noun.DEVICE
        and user.partner == device.local
        and device.partner == user.local
        and device.raw.stamps[PLACE] > 0
    )


def _arrive(
    bench: Bench, it: _Newcomer, number: int, bond: dict[str, object], facts: Facts
) -> None:
    """Draft the record, what MOM and the OMM agree on, and why it is there."""
    record = _record(it, number, bond, facts)
    if not facts.guard.is_harmless(it.noun, it.plan.names, it.attrs):
        flaws = facts.guard.flaws(it.noun, record)
        record = msgspec.structs.replace(record, marks=marks.guarded((), flaws))
    agreed = prefix(it.raw.stamps, it.raw.prints, it.raw.observed, revisions_of(record))
    copy = Copy(
        noun=it.noun,
        number=number,
        omm=facts.omm,
        local=it.local,
        state=CopyState.HELD,
        since=facts.now,
        agreed=agreed + digests(it.attrs) if it.noun is Noun.USER else agreed,
    )
    bench.arrive(record, copy, lines.imported(facts.omm))


def _record(it: _Newcomer, number: int, bond: dict[str, object], facts: Facts) -> Record:
    """The record as it is told, its stamps by MOM's clock."""
    attrs = it.attrs
    own = {**bond, wire.local_name(it.noun): number}
    for name, stamp in zip(it.plan.stamps, it.raw.stamps, strict=True):
        if name and stamp:
            own[name] = own_time(stamp, facts)
    if it.noun is Noun.USER:
        for name in it.plan.secrets:
            if cipher := attrs[name]:
                own[name] = facts.sealed(cipher)
    elif attrs.get("s") == "Yes":
        ari = attrs.get("ommId")
        own["home"] = (facts.home_of(ari) if ari else OmmId(0)) or facts.omm
    return it.plan.record(attrs, own)
