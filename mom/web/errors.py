"""What a request can be refused with; `mom.web.refusals` makes such of other rooms' errors.

::

    ApiError
    |-- BadRequest       400  not JSON, a wrong type, an unknown parameter
    |-- SignedOut        401  no session, or one that has ended
    |-- NotAllowed       403  no permission, a missing CSRF token, a step that comes first
    |-- NotThere         404  no such record or path
    |-- WrongMethod      405  the path is there, the method is not
    |-- Contradiction    409  the record has changed, or the name is taken
    |-- TooLarge         413  the body is longer than the route takes
    |-- Unprocessable    422  the values are understood, and not acceptable
    |-- TooManyTries     429  sign in again later
    `-- Unavailable      503  the database does not answer; nothing was changed

Knows nothing of Twisted; `mom.web.gate` writes these to the wire.
"""

from collections.abc import Mapping

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every refusal: a text for people, texts per field, and a word for programs."""

    error: str
    fields: Mapping[str, str] = {}
    code: str


class ApiError(Exception):
    """A refusal that the client may read in full."""

    status = 500
    code = "Failed"

    def __init__(
        self,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        code: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.headers = dict(headers or {})
        self.problem = Problem(error=text, fields=dict(fields or {}), code=code or self.code)


class BadRequest(ApiError):
    """The request cannot be understood."""

    status = 400
    code = "BadRequest"


class SignedOut(ApiError):
    """Nobody is signed in with this request."""

    status = 401
    code = "SignedOut"


class NotAllowed(ApiError):
    """The account, or the state of its session, does not permit this."""

    status = 403
    code = "EPerm"


class NotThere(ApiError):
    """There is no such record."""

    status = 404
    code = "ENoEnt"


class WrongMethod(ApiError):
    """The path knows other methods only."""

    status = 405
    code = "Method"


class Contradiction(ApiError):
    """The record is not what the client believes it to be."""

    status = 409
    code = "EConflict"


class TooLarge(ApiError):
    """The body is longer than this route accepts."""

    status = 413
    code = "TooLarge"


class Unprocessable(ApiError):
    """Some values are not acceptable; `fields` says which and why."""

    status = 422
    code = "EInval"


class TooManyTries(ApiError):
    """Too many failed sign-ins; the header `Retry-After` says for how long (seconds)."""

    status = 429
    code = "Delayed"


class Unavailable(ApiError):
    """The database did not take or give what was asked; the text says why (disk full, locked)."""

    status = 503
    code = "EDatabase"
