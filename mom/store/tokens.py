"""The table of tokens: what has to be said beyond the record class."""

from mom.model.token import Token
from mom.store.columns import TableSpec

TOKENS = TableSpec(table="tokens", record=Token, key="id", folded=("name",), searched=("name",))
