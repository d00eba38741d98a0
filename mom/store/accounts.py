"""The table of accounts: what has to be said beyond the record class.

The password hash rests encrypted like a secret and is readable by no page.
"""

from mom.model.account import Account
from mom.store.columns import TableSpec

ACCOUNTS = TableSpec(
    table="accounts",
    record=Account,
    key="id",
    hidden=("password_hash",),
    folded=("name",),
    searched=("name",),
)
