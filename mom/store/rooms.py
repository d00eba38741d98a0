"""The table of conference rooms: what has to be said beyond the record class."""

from mom.model.room import ConferenceRoom
from mom.store.columns import TableSpec, hidden_fields, searchable, shown_texts


def search_text(room: ConferenceRoom) -> str:
    """What the quick search looks through."""
    return searchable(room.name, room.conference_id, room.sip_auth_id)


ROOMS = TableSpec(
    table="rooms",
    record=ConferenceRoom,
    key="id",
    hidden=hidden_fields(ConferenceRoom),
    folded=shown_texts(ConferenceRoom),
    by_length=("conference_id",),
    search=search_text,
    indexed=("conference_id", "omm"),
)
