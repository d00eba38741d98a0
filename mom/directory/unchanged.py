"""Whether what an OMM told is nothing new: the way of nearly all records that are read.

Compares with the last agreement, without a query. It decides nothing.
"""

from mom.directory import wire
from mom.directory.alike import Alike
from mom.directory.credentials import as_agreed
from mom.directory.fingerprints import COMMON_STAMP, Shapes, digests, digests_of_all
from mom.directory.index import Index
from mom.directory.rows import Row
from mom.model.agreement import GROUPS, prefix, prefixes
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId

_NO_REVISIONS = {noun: (0,) * len(groups) for noun, groups in GROUPS.items()}


def which_are_unchanged(
    index: Index, shapes: Shapes, omm: OmmId, told: Alike, opens_secrets: bool
) -> list[bool]:
    """Which of some records that were read, all with a copy, are just as at the last agreement.

    `opens_secrets`: there is a private key that opens what OMMs encrypted.
    """
    noun, columns, count = told.noun, told.columns, len(told.places)
    places = index.shelf(noun, omm).by_local
    copies = [places[local] for local in told.locals]
    entries = [index.entry(noun, copy.number) for copy in copies]
    revisions = [entry.revisions if entry else _NO_REVISIONS[noun] for entry in entries]
    raws = shapes.of(noun, told.names).raws(columns, count, told.same)
    agreed = prefixes(raws.stamps, raws.prints, raws.observed, list(zip(*revisions, strict=True)))
    secrets = digests_of_all(columns, count) if noun is Noun.USER else [b""] * count
    numbers = columns.get(wire.number_name(noun)) or ["0"] * count
    held = CopyState.HELD
    return [
        copy.agreed.startswith(begin)
        and entry is not None
        and copy.state is held
        and number == str(copy.shown)
        and (copy.agreed.endswith(end) or as_agreed(copy.agreed, end, opens_secrets))
        for copy, entry, number, begin, end in zip(
            copies, entries, numbers, agreed, secrets, strict=True
        )
    ]


def took_number(index: Index, shapes: Shapes, omm: OmmId, row: Row, opens_secrets: bool) -> bool:
    """Whether an answer says that the number was taken and all else is as it was agreed."""
    noun, attrs = row.noun, row.element.attrs
    copy, entry = index.local(noun, omm, row.local), index.entry(noun, row.number)
    if copy is None or entry is None or copy.number != row.number or copy.refused:
        return False
    if copy.state is not CopyState.HELD or attrs.get(wire.number_name(noun)) != str(row.number):
        return False
    raw = shapes.raw(noun, attrs)
    if not copy.agreed.startswith(prefix(raw.stamps, raw.prints, raw.observed, entry.revisions)):
        return False
    if noun is Noun.DEVICE or not opens_secrets:
        return True
    return copy.agreed.endswith(digests(attrs))


def echoes_number(index: Index, omm: OmmId, row: Row) -> bool:
    """Whether an event says nothing but the number that MOM itself told the OMM."""
    if not row.live or row.whole or row.deleted or row.missing:
        return False
    noun, attrs = row.noun, row.element.attrs
    copy = index.local(noun, omm, row.local)
    if copy is None or copy.state is not CopyState.HELD or not copy.agreed:
        return False
    keys = (wire.local_name(noun), wire.number_name(noun))
    if any(name not in keys and not name.startswith(COMMON_STAMP) for name in attrs):
        return False
    return attrs.get(keys[1], "0") in (str(copy.number), str(copy.shown))
