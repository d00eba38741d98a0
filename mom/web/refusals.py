"""How the errors of all rooms become refusals that a client may read. Pure.

What is not listed here is an unexpected failure.
"""

from werkzeug.exceptions import HTTPException, MethodNotAllowed

from mom.admin.errors import (
    AdminError,
    ConfirmationNeeded,
    Conflict,
    FieldErrors,
    NotFound,
    Refused,
    SignInReason,
    SignInRefused,
)
from mom.axi.errors import RequestFailed, RequestRefused
from mom.directory import errors as directory_errors
from mom.directory.errors import DirectoryError
from mom.store.errors import (
    Clash,
    NotRead,
    NotStored,
    OutOfRange,
    QueryError,
    StoreClosed,
    StoreError,
)
from mom.web.errors import (
    ApiError,
    BadRequest,
    Contradiction,
    NotAllowed,
    NotThere,
    SignedOut,
    TooManyTries,
    Unavailable,
    Unprocessable,
    WrongMethod,
)


def refusal(error: BaseException | None) -> ApiError | None:
    """The refusal that an error of any room stands for; `None` for an unexpected one."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, AdminError):
        return _of_admin(error)
    if isinstance(error, DirectoryError):
        return _of_directory(error)
    if isinstance(error, RequestFailed):
        code = error.code if isinstance(error, RequestRefused) else "EOmm"
        return Contradiction(f"the OMM did not do it: {error}", code=code)
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(error.valid_methods or ())
        return WrongMethod(f"this path takes {allowed}", headers={"Allow": allowed})
    if isinstance(error, HTTPException):
        return NotThere("there is nothing at this path")
    return _of_store(error) if isinstance(error, StoreError) else None


def _of_store(error: StoreError) -> ApiError | None:
    match error:
        case QueryError():
            what = f"{error.mistake}; {error.right}"
            return BadRequest(f"{error.field}: {what}", fields={error.field: what})
        case Clash():
            return Contradiction("it contradicts another record")
        case OutOfRange():
            return Unprocessable("a number is too great, or a text has characters that no text has")
        case NotStored() | NotRead() | StoreClosed():
            return Unavailable(str(error))
        case _:
            return None


def _of_directory(error: DirectoryError) -> ApiError | None:
    text = str(error)
    match error:
        case directory_errors.FieldErrors():
            return Unprocessable(text, fields=error.fields)
        case directory_errors.NoLicence():
            return Unprocessable(text, code="ELicense")
        case directory_errors.NoSuchRecord():
            return NotThere(text)
        case directory_errors.ChangedMeanwhile():
            fields = {
                name: f"was changed by {by}" if by else "was changed meanwhile"
                for name, by in error.changed.items()
            }
            return Contradiction(text, fields=fields)
        case directory_errors.OmmAway():
            return Contradiction(text, code="EOmm")
        case directory_errors.DirectoryStopped():
            return Unavailable(text)
        case _:
            return None


def _of_admin(error: AdminError) -> ApiError:
    text = str(error)
    match error:
        case FieldErrors():
            return Unprocessable(text, fields=error.fields, code=error.code)
        case NotFound():
            return NotThere(text, code=error.code)
        case Conflict():
            return Contradiction(text, code=error.code)
        case ConfirmationNeeded():
            return Contradiction(text, code="Confirm")
        case SignInRefused(reason=SignInReason.TOO_SOON | SignInReason.BUSY):
            wait = {"Retry-After": str(max(1, round(error.delay)))}
            return TooManyTries(text, code=error.code, headers=wait)
        case SignInRefused():
            return SignedOut(text, code=error.code)
        case Refused(code="EPerm"):
            return NotAllowed(text, code=error.code)
        case _:
            return Unprocessable(text, code=error.code)
