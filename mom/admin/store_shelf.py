"""The store as the shelf of administration. Everything here is durable: a person waits for it.

Knows no rule; records are decided by those who call, inside the unit of work that stores them.
"""

from collections.abc import Callable

from mom.model.account import Account, AccountId
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.token import Token, TokenId
from mom.store.query import Query
from mom.store.store import Store

LICENCE_FACTS = "licence"
"""The setting that says who imported the licence, and when."""


class StoreShelf:
    """Implements all protocols of `mom.admin.shelf` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def setting(self, key: str) -> object:
        """What is kept under that name; `None` if there is nothing."""
        value: object = await self._store.read(lambda reading: reading.settings().get(key))
        return value

    async def put_setting(self, key: str, value: object, *, cause: str = "") -> None:
        """Keep a value under that name."""
        async with self._store.write(durable=True, cause=cause) as work:
            before = (await work.settings()).get(key)
            work.put_setting(key, value, before)

    async def licence(self) -> tuple[bytes, object]:
        """The licence file that was imported last, and what was kept with it."""
        return await self._store.read(
            lambda reading: (reading.licence(), reading.settings().get(LICENCE_FACTS))
        )

    async def put_licence(self, file: bytes, facts: object, *, cause: str = "") -> None:
        """Keep a licence file and what belongs to it."""
        async with self._store.write(durable=True, cause=cause) as work:
            before = (await work.settings()).get(LICENCE_FACTS)
            work.put_setting(LICENCE_FACTS, facts, before)
            work.put_licence(file)

    async def size(self) -> tuple[int, int]:
        """How many OMM records and how many users there are."""
        return await self._store.read(
            lambda reading: (len(reading.omms()), reading.page("users", Query(limit=1)).total)
        )

    async def accounts(self) -> list[Account]:
        """All accounts, by number."""
        return await self._store.read(lambda reading: list(reading.accounts().values()))

    async def create_account(
        self, make: Callable[[AccountId], Account], *, cause: str = ""
    ) -> Account:
        """Create the account that `make` returns for a new number."""
        async with self._store.write(durable=True, cause=cause) as work:
            account = make(AccountId(work.next_numbers(Noun.ACCOUNT, 1)[0]))
            work.put_account(None, account)
        return account

    async def put_account(self, before: Account | None, after: Account, *, cause: str = "") -> None:
        """Create the default account, or change any."""
        async with self._store.write(durable=True, cause=cause) as work:
            work.put_account(before, after)

    async def delete_account(self, before: Account, *, cause: str = "") -> None:
        """Delete an account."""
        async with self._store.write(durable=True, cause=cause) as work:
            work.delete_account(before)

    async def tokens(self) -> list[Token]:
        """All tokens, by number."""
        return await self._store.read(lambda reading: reading.tokens())

    async def create_token(self, make: Callable[[TokenId], Token], *, cause: str = "") -> Token:
        """Create the token that `make` returns for a new number."""
        async with self._store.write(durable=True, cause=cause) as work:
            token = make(TokenId(work.next_numbers(Noun.TOKEN, 1)[0]))
            work.put_token(None, token)
        return token

    async def note_use(self, token: Token) -> None:
        """Keep when a token was used last."""
        async with self._store.write(cause="use") as work:
            work.put_token(token, token)

    async def delete_token(self, before: Token, *, cause: str = "") -> None:
        """Delete a token."""
        async with self._store.write(durable=True, cause=cause) as work:
            work.delete_token(before)

    async def omms(self) -> list[Omm]:
        """All OMM records, by number."""
        return await self._store.read(lambda reading: list(reading.omms().values()))

    async def create_omm(self, make: Callable[[OmmId, list[Omm]], Omm], *, cause: str = "") -> Omm:
        """Create the record that `make` returns for a new number, given all others."""
        async with self._store.write(durable=True, cause=cause) as work:
            others = list((await work.omms()).values())
            omm = make(OmmId(work.next_numbers(Noun.OMM, 1)[0]), others)
            work.put_omm(None, omm)
        return omm

    async def change_omm(
        self, number: OmmId, decide: Callable[[Omm, list[Omm]], Omm], *, cause: str = ""
    ) -> Omm | None:
        """Put what `decide` makes of the record as it is now and all others."""
        async with self._store.write(durable=True, cause=cause) as work:
            omms = await work.omms()
            before = omms.get(number)
            if before is None:
                return None
            after = decide(before, list(omms.values()))
            if after != before:
                work.put_omm(before, after)
        return after

    async def delete_omm(self, number: OmmId, *, cause: str = "") -> Omm | None:
        """Delete a record and return it."""
        async with self._store.write(durable=True, cause=cause) as work:
            before = (await work.omms()).get(number)
            if before is not None:
                work.delete_omm(before)
        return before
