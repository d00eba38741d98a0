"""CSV files with new records: what is read of them, and what is wrong with them."""

import pytest

from mom.web.errors import ApiError
from mom.web.table import MOST_BREAKS, MOST_CELLS, MOST_COLUMNS, MOST_LINES, read_table

ENTERED = ("num", "name", "vip")
SHOWN = {"uid", "marks"}


def lines(text: str) -> list[tuple[int, dict[str, object]]]:
    table = read_table(text.encode(), ENTERED, SHOWN)
    return [table.line(*row) for row in table.rows]


def test_columns_come_in_any_order_and_empty_cells_enter_nothing() -> None:
    assert lines("name,num,uid\r\nAnn,1,77\r\n,2,\r\n\r\n Bob ,3\r\n") == [
        (2, {"name": "Ann", "num": "1"}),
        (3, {"num": "2"}),
        (5, {"name": "Bob", "num": "3"}),
    ]


def test_what_spreadsheets_make_of_a_file_is_read() -> None:
    assert lines('\ufeffnum;name\n1;"a;b"\n') == [(2, {"num": "1", "name": "a;b"})]
    assert lines('num,name\n\'+49,"two\nlines"\n2,x\n') == [
        (2, {"num": "+49", "name": "two\nlines"}),
        (4, {"num": "2", "name": "x"}),
    ]
    assert lines("num,name\n1,'tis\n") == [(2, {"num": "1", "name": "'tis"})]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "no heading"),
        ("num,name\n", "no line"),
        ("num,colour\n1,2\n", "heading is wrong: colour: there is no such field; known are"),
        ("num,num\n1,2\n", "heading is wrong: num: is named twice"),
        ("num\n1,2\n", "line 2 has more cells"),
        ('num\n"1\n', "line 2 of the file is no CSV"),
        ('num,name\n1,"two\nlines"\n2,"Ann"x\n', "line 4 of the file is no CSV"),
        ("num\r\n1\r\n\0\r\n", "line 3 of the file contains NUL"),
        ("num\n" + "1\n" * (MOST_LINES + 1), "10000 are the most"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(text: str, error: str) -> None:
    with pytest.raises(ApiError, match=error):
        lines(text)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"num\n" + b"\n" * (3 * MOST_BREAKS), "too many lines"),
        (b"num\n" + b"1\n" * (3 * MOST_BREAKS), "too many lines"),
        (b"num\r" + b"1\r" * (3 * MOST_BREAKS), "too many lines"),
        (b"num," * (MOST_CELLS + 1), "too many cells"),
        (b"num," * (MOST_CELLS // 2) + b"\n1\n", f"{MOST_COLUMNS} are the most"),
    ],
)
def test_a_file_that_would_take_long_to_read_is_refused_before(content: bytes, error: str) -> None:
    with pytest.raises(ApiError, match=error):
        read_table(content, ENTERED, SHOWN)


def test_all_lines_may_have_all_columns() -> None:
    columns = [f"c{n}" for n in range(110)]
    text = ",".join(columns) + "\n" + ("1" + "," * 109 + "\n") * MOST_LINES
    assert len(read_table(text.encode(), columns, ()).rows) == MOST_LINES


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(ApiError, match="UTF-8"):
        read_table("num,name\n1,Jörg\n".encode("latin-1"), ENTERED, SHOWN)
