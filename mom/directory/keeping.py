"""Whether an OMM keeps the system-wide numbers that MOM tells it, by what it showed so far. Pure.

Each copy remembers it for itself (`Copy.told`): there is no verdict on an OMM, which could be
another one after an update or a restored backup.
"""

from mom.directory.index import NOUNS, Index
from mom.model.copy import Noun
from mom.model.identities import OmmId

NOTE = (
    "does not keep system-wide numbers: records are known by their numbers (num, IPEI)"
    " and local numbers"
)


def nouns_kept(index: Index, omm: OmmId) -> set[Noun]:
    """The nouns of which the OMM has the system-wide number of at least one record."""
    return {
        noun for noun in NOUNS if any(copy.told == copy.number for copy in index.shelf(noun, omm))
    }


def notes(index: Index, omm: OmmId) -> tuple[str, ...]:
    """What there is to say of it for the health of an OMM: something if it keeps none at all."""
    if nouns_kept(index, omm):
        return ()
    told = any(copy.told < 0 for noun in NOUNS for copy in index.shelf(noun, omm))
    return (NOTE,) if told else ()
