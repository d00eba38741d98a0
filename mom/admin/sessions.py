"""The sessions of browsers: made at sign-in, ended by idling, signing out or a change of account.

A session's identifier is known to the browser alone: here only its SHA-256 is kept, so that what
leaks from memory or a dump opens nothing. Knows no HTTP; sessions do not outlive the process.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from mom.model.account import AccountId

IDLE_SECONDS = 1800.0
MAX_SESSIONS = 1000
"""Most sessions at one time; a further sign-in ends the one that idled longest."""
MAX_OF_ACCOUNT = 50
"""The same for each account, so that nobody can push others out by signing in again and again."""
TOKEN_BYTES = 32
"""256 bits, written as hex digits."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in browser. `csrf` must come with each request that changes something.

    `key` names the session inside the server and is no secret; `since` is in seconds as `now`.
    """

    key: str
    account: AccountId
    csrf: str
    address: str
    since: float


class SessionBook:
    """All sessions. `random_bytes` makes so many unguessable bytes.

    `now` is in seconds of a clock that is never set back: else sessions would not end in time.
    """

    def __init__(
        self,
        now: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        *,
        idle_seconds: float = IDLE_SECONDS,
        limit: int = MAX_SESSIONS,
    ) -> None:
        self._now = now
        self._random = random_bytes
        self._idle = idle_seconds
        self._limit = limit
        self._sessions: OrderedDict[str, tuple[Session, float]] = OrderedDict()
        self._listeners: list[Callable[[Session], None]] = []

    def __len__(self) -> int:
        """How many sessions there are."""
        return len(self._sessions)

    def open(self, account: AccountId, address: str, former: str = "") -> tuple[str, Session]:
        """Begin a session with a new identifier; the browser's former one, if any, ends.

        Returns the identifier for the browser's cookie, and the session.
        """
        self.close(former)
        self._sweep()
        mine = self._of(account)
        if len(mine) >= MAX_OF_ACCOUNT:
            self._end(mine[0])
        while len(self._sessions) >= self._limit:
            self._end(next(iter(self._sessions)))
        identifier = self._random(TOKEN_BYTES).hex()
        session = Session(
            key=_key(identifier),
            account=account,
            csrf=self._random(TOKEN_BYTES).hex(),
            address=address,
            since=self._now(),
        )
        self._sessions[session.key] = (session, self._now())
        return identifier, session

    def find(self, identifier: str) -> Session | None:
        """The session with that identifier, if it has not ended; it is in use again from now."""
        key = _key(identifier)
        if key not in self._sessions:
            return None
        session, used = self._sessions[key]
        if self._now() - used > self._idle:
            self._end(key)
            return None
        self._sessions[key] = (session, self._now())
        self._sessions.move_to_end(key)
        return session

    def is_open(self, key: str) -> bool:
        """Whether the session with that key still stands; does not count as use."""
        found = self._sessions.get(key)
        return found is not None and self._now() - found[1] <= self._idle

    def close(self, identifier: str) -> None:
        """End the session with that identifier, if there is one."""
        self._end(_key(identifier))

    def end_account(self, account: AccountId, except_key: str = "") -> None:
        """End all sessions of an account, but for the one with that key."""
        for key in self._of(account):
            if key != except_key:
                self._end(key)

    def on_end(self, listener: Callable[[Session], None]) -> Callable[[], None]:
        """Call `listener` for each session that ends; returns what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _of(self, account: AccountId) -> list[str]:
        """The keys of an account's sessions, the longest idle first."""
        return [s.key for s, _ in self._sessions.values() if s.account == account]

    def _sweep(self) -> None:
        """End what idled too long; the longest idle come first."""
        oldest = [
            key for key, (_, used) in self._sessions.items() if self._now() - used > self._idle
        ]
        for key in oldest:
            self._end(key)

    def _end(self, key: str) -> None:
        found = self._sessions.pop(key, None)
        if found is not None:
            for listener in tuple(self._listeners):
                listener(found[0])


def _key(identifier: str) -> str:
    return hashlib.sha256(identifier.encode("utf-8", "replace")).hexdigest()
