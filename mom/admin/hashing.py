"""Making and checking password hashes (argon2id), away from the reactor and one at a time.

A check takes about 20 MiB and some tens of milliseconds by design, so strangers who try passwords
must not be able to start many at once: who comes while too many wait is sent away. Must not know
what an account is.
"""

from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger

from mom.admin.errors import TooBusy

RunInThread = Callable[[Callable[[], Any]], Deferred[Any]]
"""Runs a function in a thread; `twisted.internet.threads.deferToThread` fits."""

_SALT, _DIGEST = "A" * 22, "A" * 43
"""16 and 32 zero bytes: a digest that no password has."""
MAX_WAITING = 32
"""How many checks may wait for their turn."""


class Hasher:
    """Makes and checks argon2id hashes.

    `memory` is in KiB. The values as shipped are those commonly recommended for argon2id where
    memory is scarce: m=19456, t=2, p=1.
    """

    _log = Logger()

    def __init__(
        self,
        run_in_thread: RunInThread,
        *,
        memory: int = 19456,
        passes: int = 2,
        lanes: int = 1,
    ) -> None:
        self._run = run_in_thread
        self._argon = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._turn = DeferredLock()
        self._nobody = f"$argon2id$v=19$m={memory},t={passes},p={lanes}${_SALT}${_DIGEST}"

    async def hash(self, password: str) -> str:
        """The encoded hash of a password, with a salt of its own. Raises `TooBusy`."""
        return str(await self._in_turn(lambda: self._argon.hash(password)))

    async def matches(self, encoded: str, password: str) -> bool:
        """Whether a password is the one of that hash. Raises `TooBusy`.

        An empty `encoded` (no such account) takes as long as any other and never matches.
        """
        found = await self._in_turn(lambda: self._check(encoded or self._nobody, password))
        return bool(encoded) and bool(found)

    def _check(self, encoded: str, password: str) -> bool:
        try:
            return self._argon.verify(encoded, password)
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError):
            self._log.failure("A stored password hash cannot be read")
            return False

    async def _in_turn(self, work: Callable[[], Any]) -> Any:
        if len(self._turn.waiting) >= MAX_WAITING:
            raise TooBusy()
        return await self._turn.run(self._run, work)
