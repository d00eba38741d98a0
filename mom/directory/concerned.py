"""Which OMMs a change matters to: those that hold a record, or should, before or after it.

Pure. Whether anything is to be sent there is not decided here.
"""

from collections.abc import Iterable

from mom.directory.bench import Drafts
from mom.directory.entry import other
from mom.directory.index import Index
from mom.directory.rows import Known
from mom.directory.wanted import wanted
from mom.model.identities import OmmId


def due(index: Index, drafts: Drafts, sessions: Iterable[OmmId]) -> dict[OmmId, dict[Known, None]]:
    """The records that may differ now at each OMM, in order. `sessions`: the OMMs that have one."""
    if place := only_place(drafts):
        return {place: {(noun, number): None for noun, number, _ in drafts.copies}}
    found: dict[OmmId, dict[Known, None]] = {}
    for noun, number, omm in drafts.copies:
        found.setdefault(omm, {})[noun, number] = None
    for known in drafts.records:
        for omm in concerned(index, known, sessions):
            found.setdefault(omm, {})[known] = None
    return found


def only_place(drafts: Drafts) -> OmmId:
    """The one OMM that records matter to which all came from there just now; 0 if not all did.

    Those are nearly all that OMMs tell when they are read first.
    """
    if not drafts.are_arrivals:
        return OmmId(0)
    entries = drafts.records.values()
    places = {omm for _, _, omm in drafts.copies} | {e.home for e in entries if e and e.home}
    if len(places) != 1 or any(entry.permanent for entry in entries if entry):
        return OmmId(0)
    return places.pop()


def concerned(index: Index, known: Known, sessions: Iterable[OmmId]) -> set[OmmId]:
    """The OMMs that hold a record or should; those without a session learn it when they have one.

    `sessions`: the OMMs that have one.
    """
    noun, number = known
    omms = {copy.omm for copy in index.copies(noun, number)}
    entry = index.entry(noun, number)
    if entry is None:
        return omms
    partner = index.entry(other(noun), entry.partner) if entry.partner else None
    if entry.permanent or (partner is not None and partner.permanent):
        return omms | {omm for omm in sessions if wanted(entry, omm, index)}
    homes = {e.home for e in (entry, partner) if e is not None and e.home}
    if partner is not None:
        omms |= {copy.omm for copy in index.copies(other(noun), entry.partner)}
    return omms | homes
