"""Everything that an administrative request can fail with.

The tree::

    AdminError
    +-- FieldErrors         fields of the request are wrong: says which, and why
    +-- NotFound            there is no such record
    +-- Conflict            the record was changed by somebody else in the meantime
    +-- ConfirmationNeeded  it would be done, but has consequences that must be agreed to first
    +-- Refused             a rule of the system forbids it
        +-- SignInRefused   nobody was signed in
        +-- TooBusy         too many passwords wait to be hashed or checked already

`code` is the error code that an AXI client is told. The text is for people: it never holds a
secret. This module must not know how an error reaches the one who asked.
"""

import enum
from collections.abc import Mapping


class AdminError(Exception):
    """Anything that an administrative request can fail with."""

    code = "EInval"


class FieldErrors(AdminError):
    """Fields that are wrong: the name each has in the API, and what is wrong with it."""

    def __init__(self, fields: Mapping[str, str], code: str = "EInval") -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)
        self.code = code


class NotFound(AdminError):
    """There is no such record."""

    code = "ENoEnt"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what}")


class Conflict(AdminError):
    """The record is no longer as the request assumed; `revision` is the one it has now."""

    def __init__(self, what: str, revision: int) -> None:
        super().__init__(f"{what} was changed in the meantime; look at it again")
        self.revision = revision


class ConfirmationNeeded(AdminError):
    """The same request with a confirmation would be carried out; the text says what follows."""


class Refused(AdminError):
    """A rule of the system forbids it; `code` is the protocol's error code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class TooBusy(Refused):
    """Too many passwords wait to be hashed or checked already."""

    def __init__(self) -> None:
        super().__init__("EInProgress", "Too many passwords are being checked; try again")


class SignInReason(enum.Enum):
    """Why nobody was signed in."""

    WRONG = "wrong"
    """Name or password is wrong; which of the two is not told."""
    DISABLED = "disabled"
    TOKEN = "token"
    EXPIRED = "expired"
    """Both about the token of a script."""
    TOO_SOON = "too soon"
    """After failures; the password was not even looked at."""
    BUSY = "busy"
    """More people sign in at once than passwords can be checked."""


class SignInRefused(Refused):
    """Nobody was signed in. `delay` is how many seconds to wait before the next try."""

    def __init__(self, reason: SignInReason, delay: float = 0.0) -> None:
        text = {
            SignInReason.WRONG: "The name or the password is wrong",
            SignInReason.DISABLED: "The account is disabled",
            SignInReason.TOKEN: "The token is wrong or was revoked",
            SignInReason.EXPIRED: "The token has expired",
            SignInReason.TOO_SOON: f"Too many failed attempts; try again in {delay:.0f} s",
            SignInReason.BUSY: "Too many people are signing in at this moment; try again",
        }[reason]
        super().__init__("EForbidden" if reason is SignInReason.DISABLED else "EAuth", text)
        self.reason = reason
        self.delay = delay
