"""The table of OMM records: what has to be said beyond the record class."""

from mom.model.omm import Omm
from mom.store.columns import TableSpec, searchable


def search_text(omm: Omm) -> str:
    """What the quick search looks through."""
    return searchable(omm.name, omm.description, omm.omm1, omm.omm2, omm.park)


OMMS = TableSpec(
    table="omms",
    record=Omm,
    key="id",
    hidden=("password",),
    folded=("name", "description", "omm1", "omm2", "username", "park", "omm_version"),
    search=search_text,
)
