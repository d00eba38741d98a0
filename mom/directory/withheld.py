"""What an OMM has in place of a value that is flawed in MOM and therefore not spread.

MOM leaves such a value out of what it sends, so other OMMs go on with what they had before. That is
no change of theirs, whatever else they change in the group; anything else that an OMM tells of the
field is. So the agreement with each OMM keeps fingerprints of what it has instead.
"""

from collections.abc import Mapping

import msgspec

from mom.directory.bench import Bench, key_of
from mom.directory.entry import revisions_of
from mom.directory.fingerprints import checksums
from mom.directory.news import Facts, News
from mom.directory.wire import Record, Value, text_of
from mom.model.agreement import GROUPS, MOST, NEVER, Agreement, unpack


def untouched(
    flawed: frozenset[str],
    values: Mapping[str, Value],
    agreed: Agreement,
    news: News,
    place: int,
) -> frozenset[str]:
    """The `flawed` fields that an OMM left as they were, by its `values` of a group."""
    if not flawed:
        return flawed
    return frozenset(n for n in flawed if _is_as_before(n, values.get(n), agreed, news, place))


def instead(
    record: Record, flawed: frozenset[str], agreed: Agreement, news: News
) -> tuple[bytes, ...]:
    """Fingerprints of what an OMM has otherwise than the `flawed` fields of a decided record.

    What an answer says while MOM has news is not decided before the next answer.
    """
    if not flawed:
        return ()
    found = {} if news.raw else dict.fromkeys(agreed.instead)
    for place, group in enumerate(GROUPS[news.told.noun]):
        waits = news.answers(place) and revisions_of(record)[place] != news.sent[place]
        for name, value in news.told.groups.get(group, {}).items():
            if name not in flawed or value == getattr(record, name):
                continue
            if not waits or _is_as_before(name, value, agreed, news, place):
                found[_print(name, value)] = None
    return tuple(found)[-MOST:]


def remember(bench: Bench, before: Record, after: Record, facts: Facts) -> None:
    """Keep with the other OMMs' copies what they have in place of values that are flawed now."""
    noun, number = key_of(after)
    flawed = facts.guard.flaws(noun, after)
    former = [_print(n, getattr(before, n)) for n in flawed if _differ(before, after, n)]
    if not former:
        return
    for copy in bench.copies(noun, number):
        if copy.omm == facts.omm or not copy.agreed:
            continue
        agreed = unpack(noun, copy.agreed)
        known = tuple(dict.fromkeys((*agreed.instead, *former)))[-MOST:]
        packed = msgspec.structs.replace(agreed, instead=known).pack()
        bench.put_copy(msgspec.structs.replace(copy, agreed=packed))


def _is_as_before(name: str, value: Value, agreed: Agreement, news: News, place: int) -> bool:
    """Whether an OMM has a value because MOM left the field out: so has each copy that is new."""
    is_new = agreed.stamps[place] == NEVER and news.answers(place)
    return is_new or _print(name, value) in agreed.instead


def _differ(before: Record, after: Record, name: str) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _print(name: str, value: Value) -> bytes:
    return checksums(f"{name}\x00{text_of(value or '')}".encode())
