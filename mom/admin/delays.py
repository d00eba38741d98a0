"""How long to wait after failed sign-ins: longer with each one, per account and per address.

Who has signed in to an account from an address before is not held up by what others try on that
account, so that nobody can lock the administrator out. Remembers a bounded number of names and
addresses. Pure but for the clock that is handed in; knows no passwords.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec

FREE_FAILURES = 3
"""So many failures cost no delay: people mistype."""
FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
FORGOTTEN_AFTER = 3600.0
"""Seconds after which a failure no longer counts."""
REMEMBERED = 10_000
"""How many accounts and addresses are remembered; the oldest are forgotten first."""

Key = tuple[str, str]


class _Failures(msgspec.Struct, frozen=True):
    count: int
    last: float

    @property
    def delay(self) -> float:
        """Seconds that must pass after the last failure."""
        if self.count <= FREE_FAILURES:
            return 0.0
        steps = min(self.count - FREE_FAILURES - 1, 16)
        return min(FIRST_DELAY * 2.0**steps, LONGEST_DELAY)


class SignInDelays:
    """Counts failures and says how long the next try has to wait.

    `now` is in seconds of a clock that is never set back: else nobody could sign in for as long.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures: OrderedDict[Key, _Failures] = OrderedDict()
        self._known: OrderedDict[Key, None] = OrderedDict()

    def wait(self, account: str, address: str) -> float:
        """Seconds until a sign-in to `account` from `address` may be tried; 0 = now."""
        return max(self._wait_of(key) for key in self._keys(account, address))

    def failed(self, account: str, address: str) -> float:
        """A sign-in failed; returns how many seconds the next one has to wait."""
        for key in self._keys(account, address):
            before = self._recent(key)
            self._failures[key] = _Failures(before.count + 1 if before else 1, self._now())
            _keep_newest(self._failures, key)
        return self.wait(account, address)

    def succeeded(self, account: str, address: str) -> None:
        """A sign-in succeeded: what it counted is forgotten, and the address is known."""
        for key in self._keys(account, address):
            self._failures.pop(key, None)
        pair = (account.casefold(), address)
        self._known[pair] = None
        _keep_newest(self._known, pair)

    def _keys(self, account: str, address: str) -> tuple[Key, ...]:
        """What a try counts for; kinds are told apart by their first letter."""
        name = account.casefold()
        if (name, address) in self._known:
            return (("k:" + name, address),)
        return (("n:" + name, ""), ("a:", address))

    def _wait_of(self, key: Key) -> float:
        failures = self._recent(key)
        return max(0.0, failures.last + failures.delay - self._now()) if failures else 0.0

    def _recent(self, key: Key) -> _Failures | None:
        failures = self._failures.get(key)
        if failures is None or self._now() - failures.last > FORGOTTEN_AFTER:
            return None
        return failures


def _keep_newest(kept: OrderedDict[Key, Any], key: Key) -> None:
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
