"""What administration is tested with: shelves in memory, a recorder, and quick password hashes."""

from collections.abc import Callable
from typing import Any

import msgspec
from twisted.internet.defer import Deferred, maybeDeferred

from mom.admin.accounts import AccountBook
from mom.admin.delays import SignInDelays
from mom.admin.hashing import Hasher
from mom.admin.password_checks import PasswordChecks
from mom.model.account import Account, AccountId
from mom.model.identities import OmmId
from mom.model.omm import Omm, Severity
from mom.model.token import Token, TokenId


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self, at: float = 1_700_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class Records:
    """A recorder that remembers."""

    def __init__(self) -> None:
        self.events: list[tuple[Severity, str, str]] = []

    def record(self, severity: Severity, subsystem: str, text: str) -> None:
        self.events.append((severity, subsystem, text))

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.events]


class MemoryShelf:
    """All shelves of administration in dictionaries."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.file = b""
        self.facts: object = None
        self.held = (0, 0)
        self.kept_accounts: dict[AccountId, Account] = {}
        self.kept_omms: dict[OmmId, Omm] = {}
        self.kept_tokens: dict[TokenId, Token] = {}
        self.uses: list[Token] = []

    async def setting(self, key: str) -> object:
        return self.values.get(key)

    async def put_setting(self, key: str, value: object, *, cause: str = "") -> None:
        self.values[key] = msgspec.json.decode(msgspec.json.encode(value))

    async def licence(self) -> tuple[bytes, object]:
        return self.file, self.facts

    async def put_licence(self, file: bytes, facts: object, *, cause: str = "") -> None:
        self.file, self.facts = file, msgspec.json.decode(msgspec.json.encode(facts))

    async def size(self) -> tuple[int, int]:
        return self.held

    async def accounts(self) -> list[Account]:
        return [self.kept_accounts[number] for number in sorted(self.kept_accounts)]

    async def create_account(
        self, make: Callable[[AccountId], Account], *, cause: str = ""
    ) -> Account:
        account = make(AccountId(max(self.kept_accounts, default=0) + 1))
        self.kept_accounts[account.id] = account
        return account

    async def put_account(self, before: Account | None, after: Account, *, cause: str = "") -> None:
        self.kept_accounts[after.id] = after

    async def delete_account(self, before: Account, *, cause: str = "") -> None:
        del self.kept_accounts[before.id]

    async def tokens(self) -> list[Token]:
        return [self.kept_tokens[number] for number in sorted(self.kept_tokens)]

    async def create_token(self, make: Callable[[TokenId], Token], *, cause: str = "") -> Token:
        token = make(TokenId(max(self.kept_tokens, default=0) + 1))
        self.kept_tokens[token.id] = token
        return token

    async def note_use(self, token: Token) -> None:
        self.kept_tokens[token.id] = token
        self.uses.append(token)

    async def delete_token(self, before: Token, *, cause: str = "") -> None:
        del self.kept_tokens[before.id]

    async def omms(self) -> list[Omm]:
        return [self.kept_omms[number] for number in sorted(self.kept_omms)]

    async def create_omm(self, make: Callable[[OmmId, list[Omm]], Omm], *, cause: str = "") -> Omm:
        number = OmmId(max(self.kept_omms, default=0) + 1)
        self.kept_omms[number] = make(number, await self.omms())
        return self.kept_omms[number]

    async def change_omm(
        self, number: OmmId, decide: Callable[[Omm, list[Omm]], Omm], *, cause: str = ""
    ) -> Omm | None:
        if number not in self.kept_omms:
            return None
        self.kept_omms[number] = decide(self.kept_omms[number], await self.omms())
        return self.kept_omms[number]

    async def delete_omm(self, number: OmmId, *, cause: str = "") -> Omm | None:
        return self.kept_omms.pop(number, None)


def at_once(work: Callable[[], Any]) -> Deferred[Any]:
    """Runs in this thread what would run in another."""
    return maybeDeferred(work)


def quick_hasher() -> Hasher:
    """Hashes that cost next to nothing."""
    return Hasher(at_once, memory=8, passes=1, lanes=1)


class Office:
    """An account book with its default account, and everything around it."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.shelf = MemoryShelf()
        self.records = Records()
        hasher = quick_hasher()
        checks = PasswordChecks(hasher, SignInDelays(self.watch), self.records)
        self.book = AccountBook(
            self.shelf, hasher, checks, self.records, hosts=("manager.example.org", "192.0.2.7")
        )
        self.ended: list[tuple[AccountId, str]] = []
        self.book.on_end(lambda number, keep: self.ended.append((number, keep)))

    @property
    def admin(self) -> Account:
        return self.book.get(AccountId(0))
