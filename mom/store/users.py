"""The table of users: what has to be said beyond the record class."""

from mom.model.user import User
from mom.store.columns import TableSpec, hidden_fields, searchable, shown_texts


def search_text(user: User) -> str:
    """What the quick search looks through."""
    return searchable(user.num, user.name, user.add_id, user.hierarchy1, user.hierarchy2)


USERS = TableSpec(
    table="users",
    record=User,
    key="uid",
    hidden=hidden_fields(User),
    folded=shown_texts(User),
    by_length=("num",),
    search=search_text,
    indexed=("num", "name", "add_id"),
)
