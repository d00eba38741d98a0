"""Checking passwords that people give, with the delays that make trying out many pointless.

Each check counts as a failure before the password is looked at, so that many at once gain nothing;
a success takes that back. Knows no rights and changes no account.
"""

from mom.admin.delays import SignInDelays
from mom.admin.errors import FieldErrors, SignInReason, SignInRefused, TooBusy
from mom.admin.hashing import Hasher
from mom.admin.passwords import MAX_LENGTH
from mom.model.account import Account
from mom.model.omm import Severity
from mom.ports import Recorder

SUBSYSTEM = "Accounts"
"""The subsystem of events about accounts."""


class PasswordChecks:
    """Checks passwords and records the failures as events, without what was typed."""

    def __init__(self, hasher: Hasher, delays: SignInDelays, recorder: Recorder) -> None:
        self._hasher = hasher
        self._delays = delays
        self._recorder = recorder

    async def check(self, account: Account | None, name: str, password: str, address: str) -> None:
        """Check the password for signing in; no account takes as long as a wrong password.

        Raises `SignInRefused`.
        """
        name = name[:MAX_LENGTH]
        delay = self._count(name, address)
        if not await self.is_password_of(account, password):
            who = f"account {account.name}" if account else "an unknown account"
            self._record(f"Sign-in to {who} from {address} failed")
            raise SignInRefused(SignInReason.WRONG, delay)
        self._delays.succeeded(name, address)

    async def require(self, account: Account, password: str, address: str, field: str) -> None:
        """Check the password that somebody signed in has to give again.

        Raises `FieldErrors` naming `field`, and `SignInRefused` after too many failures.
        """
        self._count(account.name, address)
        if not await self.is_password_of(account, password):
            self._record(f"A wrong password was given for a change by {account.name} at {address}")
            raise FieldErrors({field: "The password is wrong"}, "EAuth")
        self._delays.succeeded(account.name, address)

    async def is_password_of(self, account: Account | None, password: str) -> bool:
        """Whether the account has that password. Raises `SignInRefused` if too many are waiting."""
        if len(password) > MAX_LENGTH:
            return False
        try:
            return await self._hasher.matches(account.password_hash if account else "", password)
        except TooBusy:
            raise SignInRefused(SignInReason.BUSY, 1.0) from None

    def _count(self, name: str, address: str) -> float:
        wait = self._delays.wait(name, address)
        if wait > 0:
            raise SignInRefused(SignInReason.TOO_SOON, wait)
        return self._delays.failed(name, address)

    def _record(self, text: str) -> None:
        self._recorder.record(Severity.WARNING, SUBSYSTEM, text)
