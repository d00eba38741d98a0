"""Loads what a batch of an OMM's records is about, in few queries, before it is settled."""

from collections.abc import Sequence

from mom.directory.bench import Bench
from mom.directory.entry import other
from mom.directory.known import key_in
from mom.directory.rows import Removed, Row
from mom.directory.wire import partner_name, whole
from mom.model.copy import Noun
from mom.model.identities import OmmId


async def preload(bench: Bench, items: Sequence[Row | Removed], omm: OmmId) -> None:
    """Load the records that the batch is surely about in one query per noun."""
    needed: dict[Noun, set[int]] = {Noun.USER: set(), Noun.DEVICE: set()}
    for item in items:
        if isinstance(item, Removed):
            if item.noun is Noun.USER and bench.entry(item.noun, item.number) is not None:
                needed[item.noun].add(item.number)
            continue
        number = item.number or _guess(bench, item, omm)
        entry = bench.entry(item.noun, number) if number else None
        if entry is not None:
            needed[item.noun].add(number)
            needed[other(item.noun)].add(entry.partner)
        partner = whole(item.element.attrs.get(partner_name(item.noun), ""))
        bound = bench.local(other(item.noun), omm, partner) if partner else None
        if bound is not None:
            needed[other(item.noun)].add(bound.number)
    await bench.load(needed[Noun.USER], needed[Noun.DEVICE])


def _guess(bench: Bench, row: Row, omm: OmmId) -> int:
    copy = bench.local(row.noun, omm, row.local)
    if copy is not None:
        return copy.number
    found = bench.with_key(row.noun, key_in(row.noun, row.element)) if row.whole else ()
    return found[0] if found else 0


async def load_pair(bench: Bench, noun: Noun, number: int, partner: int) -> None:
    """Load a record and the one that it is bound to (0 = none)."""
    user, device = (number, partner) if noun is Noun.USER else (partner, number)
    await bench.load([user], [device])
