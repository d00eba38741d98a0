"""Cells of CSV files: no formulas for any spreadsheet, and the same when they are read back."""

import csv
import io
import itertools
import random
from collections.abc import Iterator

import pytest

from mom.web.cells import harmless, plain
from mom.web.download import csv_text
from mom.web.table import read_table

PIECES = ["=", "+", "-", "@", "\uff1d", ";", ",", "|", "\t", "\r", "\n", "'", '"', " ", "a", "1"]


def texts() -> Iterator[str]:
    """All short texts of these pieces, and some long ones."""
    for length in range(5):
        yield from map("".join, itertools.product(PIECES, repeat=length))
    chance = random.Random(1)
    for _ in range(2000):
        yield "".join(chance.choices(PIECES, k=chance.randint(5, 12)))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (";=1+1", ";'=1+1"),
        ("a; =1", "a; '=1"),
        ('x;"=1"', 'x;"\'=1"'),
        ("\tx", "'\tx"),
        ("\r=1", "'\r'=1"),
        ("a\tb|@c\n-d", "a\tb|'@c\n'-d"),
        ("'=1", "''=1"),
        ("\uff1d1", "'\uff1d1"),
        ("+49 30", "'+49 30"),
        ("+4930", "+4930"),
        ("-5;+6", "'-5;'+6"),
        ("a=b; c-d", "a=b; c-d"),
        ("'tis", "'tis"),
    ],
)
def test_an_apostrophe_goes_in_front_of_what_may_begin_a_formula(text: str, written: str) -> None:
    assert harmless(text) == written
    assert plain(written) == text


def test_whatever_is_written_is_read_back_the_same() -> None:
    assert [text for text in texts() if plain(harmless(text)) != text] == []


def test_a_sheet_cut_at_any_separator_has_no_formula() -> None:
    for text in texts():
        file = csv_text([["7", text, "x"]])
        for separator in ";,|\t":
            for row in csv.reader(io.StringIO(file, newline=""), delimiter=separator):
                for cell in row:
                    begin = cell.strip().strip('"').strip()
                    signed = begin[:1] in ("+", "-") and begin[1:].isdigit()
                    assert not begin.startswith(("=", "+", "-", "@", "\uff1d")) or signed, text


def test_a_file_that_was_written_is_taken_with_the_same_values() -> None:
    values = ["=1", ";=1", "\tx", "+49", "'+49", "a;b", "two\nlines", 'say "x"', "'tis", "\t"]
    file = csv_text([["num"], *([value] for value in values)]).encode()
    table = read_table(file, ["num"], [])
    assert [table.line(*row)[1]["num"] for row in table.rows] == values
