"""Bodies and queries from strangers: what is refused says what would be right."""

import enum
from typing import Annotated, Any, Literal

import msgspec
import pytest

from mom.web.body import read_json, read_query
from mom.web.errors import BadRequest, Unprocessable


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Coat(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    name: Annotated[str, msgspec.Meta(max_length=3)]
    main_colour: Colour = Colour.RED
    size: Literal["S", "L"] = "S"
    pockets: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        (b"{}", "name", "is required"),
        (b'{"name": 1}', "name", "Expected str, got int"),
        (b'{"name": "abcd"}', "name", "Expected str of length <= 3"),
        (b'{"name": "a", "mainColour": "pink"}', "mainColour", "one of red, blue is expected"),
        (b'{"name": "a", "size": "M"}', "size", "one of S, L is expected"),
        (b'{"name": "a", "pockets": [1, "x"]}', "pockets", "Expected int, got str"),
        (b'{"name": "a", "x": 1}', "x", "known are name, mainColour, size, pockets"),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(
    body: bytes, field: str, text: str
) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_json(body, Coat)
    assert text in caught.value.problem.fields[field]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"name":"\\u0000"}', b"[" * 100_000, b'{"name":%d}' % 2**60],
)
def test_what_cannot_be_read_at_all_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_json(body, Coat)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"name":"\\u0000"}', "name"),
        (b'{"size":9007199254740993}', "size"),
        (b'{"name": "a", "pockets":[1, 99999999999999999999]}', "pockets"),
        (b'{"name":{"mainColour":"a\\u0000"}}', "mainColour"),
    ],
)
def test_what_no_database_holds_is_told_by_field(body: bytes, field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_json(body, Coat)
    assert "must not" in caught.value.problem.fields[field]


def test_an_empty_body_is_called_empty() -> None:
    with pytest.raises(BadRequest, match="the body is empty; JSON is expected"):
        read_json(b"", Coat)


def test_a_list_as_a_whole_body_is_refused_without_a_field() -> None:
    with pytest.raises(Unprocessable) as caught:
        read_json(b"[]", Coat)
    assert caught.value.problem.fields == {}


def test_parameters_become_the_types_of_the_record() -> None:
    read = read_query({b"name": [b"a"], b"pockets": [b"1", b"2"]}, Coat)
    assert (read.name, read.pockets) == ("a", (1, 2))


@pytest.mark.parametrize(
    "args", [{b"name": [b"a", b"b"]}, {b"\xff": [b"a"]}, {b"name": [b"a"], b"pockets": [b"x"]}]
)
def test_parameters_that_make_no_sense_are_refused(args: dict[bytes, list[bytes]]) -> None:
    with pytest.raises(BadRequest):
        read_query(args, Coat)


def test_an_object_of_very_many_fields_is_refused_unread() -> None:
    body = msgspec.json.encode({"name": {str(n): "" for n in range(2000)}})
    with pytest.raises(BadRequest, match="more than 1000 fields"):
        read_json(body, dict[str, Any])


@pytest.mark.parametrize(
    "list_", ["[1, 9007199254740993]", "[-9007199254740993, 1]", '[1, "\\u0000"]']
)
def test_a_list_is_looked_at_as_a_whole(list_: str) -> None:
    with pytest.raises(BadRequest):
        read_json(f'{{"ids": {list_}}}'.encode(), dict[str, Any])
