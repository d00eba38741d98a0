"""The fields of an account as a request brings them, and what a name must be like.

Pure: knows no other account but the names it is given.
"""

from collections.abc import Collection, Mapping

import msgspec

from mom.admin.errors import FieldErrors

MAX_NAME = 63
"""Most characters of an account's name."""


class AccountChanges(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a request wants to change; `None` = leave as it is."""

    name: str | None = None
    password: str | None = None
    own_password: str | None = None
    enabled: bool | None = None
    write: bool | None = None

    def __repr__(self) -> str:
        """Show the name only."""
        return f"<AccountChanges name={self.name!r}>"


def account_changes(changes: Mapping[str, object]) -> AccountChanges:
    """The changes with their types checked. Raises `FieldErrors` with every field at fault."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(AccountChanges)}
    errors: dict[str, str] = {}
    values: dict[str, object] = {}
    for name, value in changes.items():
        if name not in fields:
            errors[name] = "An account has no such field"
            continue
        try:
            values[fields[name].name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError:
            is_switch = name in ("enabled", "write")
            errors[name] = f"{'true or false' if is_switch else 'A text'} is expected"
    if errors:
        raise FieldErrors(errors)
    return msgspec.structs.replace(AccountChanges(), **values)


def checked_name(name: str, others: Collection[str]) -> str:
    """The name if an account may have it beside `others`. Raises `FieldErrors`."""
    if not name or name != name.strip() or not name.isprintable():
        text = "A name in printable characters, without blanks around it, is needed"
        raise FieldErrors({"name": text}, "EInval" if name else "EMissing")
    if len(name) > MAX_NAME:
        raise FieldErrors({"name": f"It has at most {MAX_NAME} characters"}, "ETooLong")
    if name.casefold() in (other.casefold() for other in others):
        raise FieldErrors({"name": "Another account has this name"}, "EExist")
    return name
