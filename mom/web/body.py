"""Bodies and queries as they come from strangers, checked and turned into records.

Pure. Every refusal names the field, what is wrong with it and what would be right.
"""

import enum
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from mom.web.errors import BadRequest, Unprocessable

_MAX_DEPTH = 16
_LARGEST = 2**53 - 1
"""The largest number that every JSON reader keeps exactly."""
_MOST_FIELDS = 1000
"""Fields of one object; none has a third of it."""
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?\Z", re.DOTALL)
_FIRST_FIELD = re.compile(r"\.([^.\[]+)")
_NAMED_FIELD = re.compile(r"Object (missing required|contains unknown) field `([^`]*)`")


def read_json(raw: bytes, record: Any) -> Any:
    """The JSON text `raw` as a `record`.

    `BadRequest` if it is not JSON, `Unprocessable` with the field if it does not fit.
    """
    if not raw:
        raise BadRequest("the body is empty; JSON is expected", code="NotJson")
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}", code="NotJson") from error
    _check_values(value)
    try:
        return msgspec.convert(value, record)
    except msgspec.ValidationError as error:
        field, what = explain(str(error), record)
        where = f"{field}: " if field else ""
        fields = {field: what} if field else {}
        raise Unprocessable(f"{where}{what}", fields=fields) from error


def read_query(args: Mapping[bytes, Sequence[bytes]], record: Any) -> Any:
    """The parameters of a URL as a `record`; fields that are tuples may be given several times."""
    several = {
        field.encode_name for field in msgspec.structs.fields(record) if _is_several(field.type)
    }
    values: dict[str, Any] = {}
    for key, given in args.items():
        try:
            name = key.decode()
            texts = [text.decode() for text in given]
        except UnicodeDecodeError as error:
            raise BadRequest("the URL's parameters are not UTF-8") from error
        if name not in several and len(texts) > 1:
            raise BadRequest(f"{name} is given more than once", fields={name: "only one value"})
        values[name] = texts if name in several else texts[0]
    _check_values(values)
    try:
        return msgspec.convert(values, record, strict=False)
    except msgspec.ValidationError as error:
        field, what = explain(str(error), record)
        fields = {field: what} if field else {}
        raise BadRequest(f"{field}: {what}" if field else what, fields=fields) from error


def _is_several(kind: Any) -> bool:
    """Whether a field is a tuple, with or without bounds on it."""
    if typing.get_origin(kind) is typing.Annotated:
        return _is_several(typing.get_args(kind)[0])
    return typing.get_origin(kind) is tuple


def explain(message: str, record: Any) -> tuple[str, str]:
    """The field and the text for people in a validation message, with the choices of a word."""
    named = _NAMED_FIELD.match(message)
    if named and named.group(1) == "missing required":
        return named.group(2), "is required"
    if named:
        known = ", ".join(_names_of(record))
        return named.group(2), f"is not known here; known are {known}" if known else "is not known"
    found = _AT.match(message)
    what, path = (found.group("what"), found.group("path") or "") if found else (message, "")
    first = _FIRST_FIELD.match(path)
    field = first.group(1) if first else ""
    choices = ", ".join(_choices_of(record, field))
    what = what.replace("`", "")
    return field, f"{what}; one of {choices} is expected" if choices else what


def _names_of(record: Any) -> Iterator[str]:
    if isinstance(record, type) and issubclass(record, msgspec.Struct):
        yield from record.__struct_encode_fields__


def _choices_of(record: Any, name: str) -> Iterator[str]:
    if not (isinstance(record, type) and issubclass(record, msgspec.Struct)):
        return
    for field in msgspec.structs.fields(record):
        if field.encode_name != name:
            continue
        for option in (field.type, *typing.get_args(field.type)):
            if isinstance(option, type) and issubclass(option, enum.Enum):
                yield from (str(member.value) for member in option)
            if typing.get_origin(option) is typing.Literal:
                yield from (str(word) for word in typing.get_args(option))


def _check_values(value: Any, depth: int = 0, field: str = "") -> None:
    """Refuse what no database takes: NUL, lone surrogates, giants; and nesting without end.

    `field` is the one that the value is in, empty = none.
    """
    if depth > _MAX_DEPTH:
        raise BadRequest(f"the body is nested more than {_MAX_DEPTH} levels deep")
    if isinstance(value, str):
        if "\x00" in value or not _is_utf8(value):
            raise _unfit(field, "texts must not contain NUL or half of a surrogate pair")
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise _unfit(field, f"numbers must not be beyond {_LARGEST}")
    elif isinstance(value, dict):
        if len(value) > _MOST_FIELDS:
            raise BadRequest(f"an object must not have more than {_MOST_FIELDS} fields")
        for key, inner in value.items():
            _check_values(key, depth + 1)
            _check_values(inner, depth + 1, key)
    elif isinstance(value, list):
        # Of numbers alone, like the 100,000 of an order for many records, the extremes tell all.
        are_numbers = {type(inner) for inner in value} == {int}
        for inner in (min(value), max(value)) if are_numbers else value:
            _check_values(inner, depth + 1, field)


def _unfit(field: str, why: str) -> BadRequest:
    return BadRequest(f"{field}: {why}" if field else why, fields={field: why} if field else {})


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
