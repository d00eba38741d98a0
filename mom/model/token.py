"""A token: what a script shows instead of signing in. Pure data, without the token's text."""

import typing

import msgspec

from mom.model.account import AccountId

TokenId = typing.NewType("TokenId", int)
"""Number of a token, from 1; never used again."""


class Token(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One token of an account; it may do what the account may, and change things only if `write`.

    `digest` is the SHA-256 of its text as hex digits. Times are seconds since 1970: `expires` is
    the first moment at which it is no longer taken, 0 = never; `last_used` is coarse, 0 = never.
    """

    id: TokenId
    account: AccountId
    name: str
    digest: str
    write: bool = False
    created: int = 0
    expires: int = 0
    last_used: int = 0

    @property
    def key(self) -> str:
        """Names the token inside the server, beside the keys of sessions; no secret."""
        return f"token/{self.id}"
