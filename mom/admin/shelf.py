"""What administration needs of the database, and how the store provides it.

The books of this room keep their few records in memory and write through; they depend on these
protocols only, so that tests hand in a dictionary. Each write is one transaction.
"""

from collections.abc import Callable
from typing import Protocol

from mom.model.account import Account, AccountId
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.token import Token, TokenId


class Shelf(Protocol):
    """Settings by name: values that JSON can hold."""

    async def setting(self, key: str) -> object:
        """What is kept under that name; `None` if there is nothing."""

    async def put_setting(self, key: str, value: object, *, cause: str = "") -> None:
        """Keep a value under that name, safe against a crash when this returns."""


class LicenceShelf(Protocol):
    """The licence file and what is known of its import."""

    async def licence(self) -> tuple[bytes, object]:
        """The file that was imported last, and what was kept with it; empty if there is none."""

    async def put_licence(self, file: bytes, facts: object, *, cause: str = "") -> None:
        """Keep a file and what belongs to it, safe against a crash when this returns."""

    async def size(self) -> tuple[int, int]:
        """How many OMM records and how many users there are."""


class AccountShelf(Protocol):
    """All accounts."""

    async def accounts(self) -> list[Account]:
        """All of them, by number."""

    async def create_account(
        self, make: Callable[[AccountId], Account], *, cause: str = ""
    ) -> Account:
        """Create the account that `make` returns for a new number, from 1."""

    async def put_account(self, before: Account | None, after: Account, *, cause: str = "") -> None:
        """Change one, or create the default one; safe against a crash when this returns."""

    async def delete_account(self, before: Account, *, cause: str = "") -> None:
        """Delete one."""


class TokenShelf(Protocol):
    """All tokens; those of an account go with it."""

    async def tokens(self) -> list[Token]:
        """All of them, by number."""

    async def create_token(self, make: Callable[[TokenId], Token], *, cause: str = "") -> Token:
        """Create the token that `make` returns for a new number, from 1."""

    async def note_use(self, token: Token) -> None:
        """Keep when a token was used last; need not survive a crash."""

    async def delete_token(self, before: Token, *, cause: str = "") -> None:
        """Delete one, safe against a crash when this returns."""


class OmmShelf(Protocol):
    """All OMM records. Connections write into them too (what they learn of an OMM)."""

    async def omms(self) -> list[Omm]:
        """All of them, by number."""

    async def create_omm(self, make: Callable[[OmmId, list[Omm]], Omm], *, cause: str = "") -> Omm:
        """Create the record that `make` returns for a new number, given all others."""

    async def change_omm(
        self, number: OmmId, decide: Callable[[Omm, list[Omm]], Omm], *, cause: str = ""
    ) -> Omm | None:
        """Put what `decide` makes of the record as it is now and all others; `None` = no such."""

    async def delete_omm(self, number: OmmId, *, cause: str = "") -> Omm | None:
        """Delete a record and return it; `None` = no such."""
