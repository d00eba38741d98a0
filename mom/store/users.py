"""The table of users: what has to be said beyond the record class."""

from mom.model.user import User
from mom.store.columns import TableSpec, hidden_fields, shown_texts

USERS = TableSpec(
    table="users",
    record=User,
    key="uid",
    hidden=hidden_fields(User),
    folded=shown_texts(User),
    by_length=("num",),
    searched=("num", "name", "add_id", "hierarchy1", "hierarchy2"),
    indexed=("num", "name", "add_id"),
)
