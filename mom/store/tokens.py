"""The table of tokens: what has to be said beyond the record class."""

from mom.model.token import Token
from mom.store.columns import TableSpec, searchable


def search_text(token: Token) -> str:
    """What the quick search looks through."""
    return searchable(token.name)


TOKENS = TableSpec(table="tokens", record=Token, key="id", folded=("name",), search=search_text)
