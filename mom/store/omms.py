"""The table of OMM records: what has to be said beyond the record class."""

from mom.model.omm import Omm
from mom.store.columns import TableSpec

OMMS = TableSpec(
    table="omms",
    record=Omm,
    key="id",
    hidden=("password",),
    folded=("name", "description", "omm1", "omm2", "username", "park", "omm_version"),
    searched=("name", "description", "omm1", "omm2", "park"),
)
