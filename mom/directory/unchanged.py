"""Whether what an OMM told is nothing new: the way of nearly all records that are read.

Compares with the last agreement, without a query. It decides nothing.
"""

from mom.directory import wire
from mom.directory.credentials import as_agreed
from mom.directory.fingerprints import COMMON_STAMP, Shapes, digests
from mom.directory.index import Index
from mom.directory.rows import Row
from mom.model.agreement import prefix
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId


def unchanged(index: Index, shapes: Shapes, omm: OmmId, row: Row, opens_secrets: bool) -> bool:
    """Whether a record is just as at the last agreement. `opens_secrets`: there is a private key
    that opens what OMMs encrypted.
    """
    if row.live and not (row.whole or row.deleted or row.missing):
        return echoes_number(index, omm, row)
    if not row.whole or row.live or row.sent:
        return False
    attrs = row.element.attrs
    copy = index.local(row.noun, omm, row.local)
    if copy is None or copy.state is not CopyState.HELD:
        return False
    told = attrs.get(wire.number_name(row.noun))
    entry = index.entry(row.noun, copy.number)
    if entry is None or (told is not None and told != str(copy.told)):
        return False
    raw = shapes.raw(row.noun, attrs)
    if not copy.agreed.startswith(prefix(raw.stamps, raw.prints, raw.observed, entry.revisions)):
        return False
    now = digests(attrs) if row.noun is Noun.USER else b""
    return as_agreed(copy.agreed, now, opens_secrets)


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
    noun, attrs = row.noun, row.element.attrs
    copy = index.local(noun, omm, row.local)
    if copy is None or copy.state is not CopyState.HELD or not copy.agreed:
        return False
    keys = (wire.local_name(noun), wire.number_name(noun))
    if any(name not in keys and not name.startswith(COMMON_STAMP) for name in attrs):
        return False
    return attrs.get(keys[1], "0") in (str(copy.number), str(copy.told))
