"""The tokens of scripts: made once, shown once, known here by their digest alone.

A token's text is 256 random bits, so that its SHA-256 tells nobody what it was: a slow hash like
that of passwords would protect what can be guessed, and cost every request. Knows no HTTP.
"""

import hashlib
from collections.abc import Callable

import msgspec
from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger

from mom.admin.delays import SignInDelays
from mom.admin.errors import FieldErrors, NotFound, Refused, SignInReason, SignInRefused
from mom.admin.password_checks import SUBSYSTEM
from mom.admin.shelf import TokenShelf
from mom.model.account import Account, AccountId
from mom.model.omm import Severity
from mom.model.token import Token, TokenId
from mom.ports import Recorder
from mom.store.errors import StoreError

SECRET_BYTES = 32
PREFIX = "mom_"
"""Begins each token, so that people and scanners recognise one that lies about."""
MAX_NAME = 63
"""Most characters of a token's name."""
MAX_OF_ACCOUNT = 50
OPERATOR = "command line"
"""Who works on the machine itself, in the event log."""
USE_SECONDS = 900
"""How exactly the last use is known: each request would be a write otherwise."""


class TokenWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token that somebody wants; `account` is a number, that of who asks if it is left out.

    `expires` is in seconds since 1970, 0 = never.
    """

    name: str
    account: int | None = None
    write: bool = False
    expires: int = 0


class TokenBook:
    """All tokens, in memory and on the shelf.

    `account` finds an account by its number and raises `NotFound`; `now` is seconds since 1970.
    """

    _log = Logger()

    def __init__(
        self,
        shelf: TokenShelf,
        account: Callable[[AccountId], Account],
        delays: SignInDelays,
        recorder: Recorder,
        now: Callable[[], float],
    ) -> None:
        self._shelf = shelf
        self._account = account
        self._delays = delays
        self._recorder = recorder
        self._now = now
        self._turn = DeferredLock()
        self._tokens: dict[TokenId, Token] = {}
        self._by_digest: dict[str, TokenId] = {}
        self._listeners: list[Callable[[Token], None]] = []

    async def load(self) -> None:
        """Read all tokens."""
        for token in await self._shelf.tokens():
            self._keep(token)

    def on_end(self, listener: Callable[[Token], None]) -> Callable[[], None]:
        """Call `listener` for each token that is no longer taken; returns what stops that.

        Not for one that expires: `is_open` tells.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def visible(self, by: Account | None) -> list[Token]:
        """The tokens that an account may see, by number: its own, or all with write permission.

        `None` is the operator of the machine.
        """
        tokens = sorted(self._tokens.values(), key=lambda token: token.id)
        return [token for token in tokens if _may(by, token.account)]

    def get(self, number: TokenId, by: Account | None) -> Token:
        """The token with that number. Raises `NotFound`, also for one that `by` may not see."""
        token = self._tokens.get(number)
        if token is None or not _may(by, token.account):
            raise NotFound(f"token {number}")
        return token

    async def create(self, wish: TokenWish, by: Account | None, secret: bytes) -> tuple[str, Token]:
        """Make a token of `SECRET_BYTES` unguessable bytes; its text is known to nobody later.

        Raises `FieldErrors`, `NotFound` and `Refused`.
        """
        owner = self._owner(wish, by)
        text = PREFIX + secret.hex()
        async with self._turn:
            if len(self._of(owner.id)) >= MAX_OF_ACCOUNT:
                most = f"An account has at most {MAX_OF_ACCOUNT} tokens; revoke others first"
                raise Refused("ENoMem", most)

            def make(number: TokenId) -> Token:
                return Token(
                    id=number,
                    account=owner.id,
                    name=wish.name,
                    digest=digest(text),
                    write=wish.write,
                    created=int(self._now()),
                    expires=wish.expires,
                )

            token = await self._shelf.create_token(make, cause=_name(by))
            self._keep(token)
        right = "read and write" if token.write else "read"
        self._record(f"{_name(by)} made token {token.name} of account {owner.name} ({right})")
        return text, token

    async def revoke(self, number: TokenId, by: Account | None) -> None:
        """Take a token back; what is connected with it ends. Raises `NotFound`."""
        async with self._turn:
            token = self.get(number, by)
            await self._shelf.delete_token(token, cause=_name(by))
            self._drop(token)
        self._record(f"{_name(by)} revoked token {token.name}")

    def authenticate(self, text: str, address: str) -> tuple[Account, Token]:
        """The account that a token stands for, with no more rights than the token has.

        Raises `SignInRefused`. Wrong ones are answered ever more slowly, right ones never: there
        are too many to guess one.
        """
        token = self._tokens.get(self._by_digest.get(digest(text), TokenId(0)))
        if token is None:
            raise self._wrong(address)
        account = self._account(token.account)
        if not account.enabled:
            raise SignInRefused(SignInReason.DISABLED)
        if self._has_expired(token):
            raise SignInRefused(SignInReason.EXPIRED)
        self._note_use(token)
        return msgspec.structs.replace(account, write=account.write and token.write), token

    def is_open(self, key: str) -> bool:
        """Whether the token with that key is still taken; does not count as use."""
        token = next((each for each in self._tokens.values() if each.key == key), None)
        return (
            token is not None
            and self._account(token.account).enabled
            and not self._has_expired(token)
        )

    def account_ended(self, number: AccountId, _keep: str) -> None:
        """End the tokens of an account that was disabled or deleted; with the latter they go.

        A new password ends none. (A listener of the accounts.)
        """
        try:
            is_enabled = self._account(number).enabled
        except NotFound:
            for token in self._of(number):
                self._drop(token)
            return
        if not is_enabled:
            for token in self._of(number):
                self._tell_end(token)

    def _of(self, account: AccountId) -> list[Token]:
        return [token for token in self._tokens.values() if token.account == account]

    def _owner(self, wish: TokenWish, by: Account | None) -> Account:
        if wish.account is None and by is None:
            raise FieldErrors({"account": "It is needed"}, "EMissing")
        number = by.id if wish.account is None and by is not None else wish.account
        if not _may(by, AccountId(number or 0)):
            raise Refused("EPerm", "Tokens of other accounts need write permission")
        owner = self._account(AccountId(number or 0))
        errors = {}
        if not wish.name.strip() or not wish.name.isprintable() or len(wish.name) > MAX_NAME:
            errors["name"] = f"A name of 1 to {MAX_NAME} printable characters is expected"
        if wish.write and not owner.write:
            errors["write"] = f"Account {owner.name} may read only"
        if wish.expires and not self._now() < wish.expires < 2**53:
            errors["expires"] = "A time to come is expected, in seconds since 1970; 0 = never"
        if errors:
            raise FieldErrors(errors)
        return owner

    def _wrong(self, address: str) -> SignInRefused:
        wait = self._delays.wait(address, address)
        if wait > 0:
            return SignInRefused(SignInReason.TOO_SOON, wait)
        delay = self._delays.failed(address, address)
        self._recorder.record(Severity.WARNING, SUBSYSTEM, f"A wrong token came from {address}")
        return SignInRefused(SignInReason.TOKEN, delay)

    def _has_expired(self, token: Token) -> bool:
        return bool(token.expires) and self._now() >= token.expires

    def _note_use(self, token: Token) -> None:
        now = int(self._now())
        if now - token.last_used < USE_SECONDS:
            return
        used = msgspec.structs.replace(token, last_used=now)
        self._tokens[token.id] = used
        done = Deferred.fromCoroutine(self._store_use(used))
        done.addErrback(lambda failure: self._log.failure("A use was not stored", failure))

    async def _store_use(self, token: Token) -> None:
        async with self._turn:
            if self._tokens.get(token.id) is not token:
                return
            try:
                await self._shelf.note_use(token)
            except StoreError as error:
                self._log.warn("The last use of a token was not stored: {error}", error=error)

    def _keep(self, token: Token) -> None:
        self._tokens[token.id] = token
        self._by_digest[token.digest] = token.id

    def _drop(self, token: Token) -> None:
        self._tokens.pop(token.id, None)
        self._by_digest.pop(token.digest, None)
        self._tell_end(token)

    def _tell_end(self, token: Token) -> None:
        for listener in tuple(self._listeners):
            with self._log.failuresHandled("A listener to tokens failed"):
                listener(token)

    def _record(self, text: str) -> None:
        self._recorder.record(Severity.OK, SUBSYSTEM, text)


def digest(text: str) -> str:
    """What is kept of a token's text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _may(by: Account | None, owner: AccountId) -> bool:
    """Whether somebody may see, make and revoke the tokens of an account."""
    return by is None or by.id == owner or by.write


def _name(by: Account | None) -> str:
    return by.name if by is not None else OPERATOR
