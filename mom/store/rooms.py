"""The table of conference rooms: what has to be said beyond the record class."""

from mom.model.room import ConferenceRoom
from mom.store.columns import TableSpec, hidden_fields, shown_texts

ROOMS = TableSpec(
    table="rooms",
    record=ConferenceRoom,
    key="id",
    hidden=hidden_fields(ConferenceRoom),
    folded=shown_texts(ConferenceRoom),
    by_length=("conference_id",),
    searched=("name", "conference_id", "sip_auth_id"),
    indexed=("conference_id", "omm"),
)
