"""An account of MOM: who may sign in at the pages, the API and the applications' port.

Pure data; checking and changing passwords is the duty of `mom.admin`.
"""

import typing

import msgspec

AccountId = typing.NewType("AccountId", int)
"""Number of an account; 0 is the default account."""

DEFAULT_ACCOUNT = AccountId(0)
"""The account that every installation starts with; it can neither be deleted nor lose *write*."""
DEFAULT_NAME = "mom"
"""Name of the default account, and its password until it is changed."""


class Account(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One account. Everybody who may sign in may read; `write` also allows changes.

    `password_hash` is an argon2id hash in its encoded form and never leaves the server.
    `must_change_password`: until the password is changed the account may do nothing else.
    """

    id: AccountId
    name: str
    password_hash: str = ""
    enabled: bool = True
    write: bool = False
    must_change_password: bool = False
    revision: int = 1

    def __repr__(self) -> str:
        """Show who it is, without the hash."""
        return f"<Account {self.id} {self.name!r} enabled={self.enabled} write={self.write}>"
