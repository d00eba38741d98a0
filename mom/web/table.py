"""Reads a CSV file with new records. Pure.

The heading names the fields as the protocol does, in any order; cells are separated as in the
heading, by commas or semicolons.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from mom.web.cells import plain
from mom.web.errors import BadRequest, Unprocessable

MOST_LINES = 10_000
"""Records in one file."""
MOST_BREAKS = 100_000
"""Line breaks in a file, those within cells and blank lines included."""
MOST_CELLS = 1_500_000
"""Separators in a file: all lines with all columns there can be."""
MOST_COLUMNS = 1000
"""Columns of a file, so that looking at the heading takes no time."""
MOST_TOLD = 3
"""Wrong columns of a heading that the text of the refusal names."""
MOST_SHOWN = 40
"""Characters of such a name."""

Row = tuple[int, list[str]]
"""The number of a line, from 1, and its cells."""


class Table:
    """A file that was read: its rows, and what each of them enters."""

    def __init__(self, names: Sequence[str], rows: Sequence[Row]) -> None:
        """`names` are the fields of the columns, empty for one that is passed over."""
        self._names = names
        self.rows = rows

    def line(self, number: int, cells: Sequence[str]) -> tuple[int, dict[str, object]]:
        """The number of a line and its values by field; an empty cell enters nothing."""
        texts = (plain(cell.strip(" ")) for cell in cells)
        pairs = zip(self._names, texts, strict=False)
        return number, {name: text for name, text in pairs if name and text}


def read_table(content: bytes, entered: Collection[str], shown: Collection[str]) -> Table:
    """The rows of a file with the fields `entered`; those only `shown` are passed over.

    Raises `BadRequest` for a file that is none, `Unprocessable` for unknown fields or too many
    lines.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest("the file is not UTF-8") from error
    before, nul, _ = text.partition("\0")
    if nul:
        line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        raise BadRequest(f"line {line} of the file contains NUL")
    rows = _all_rows(text)
    if len(rows) < 2:
        raise BadRequest("the file has no heading, or no line below it")
    names = [cell.strip() for cell in rows[0][1]]
    _check_heading(names, entered, shown)
    if long := next((n for n, cells in rows if len(cells) > len(names)), 0):
        raise Unprocessable(f"line {long} has more cells than the heading")
    return Table([name if name in entered else "" for name in names], rows[1:])


def _all_rows(text: str) -> list[Row]:
    """The lines that are not blank. What would take long to read is refused before it is read."""
    heading = text.partition("\n")[0]
    separator = ";" if heading.count(";") > heading.count(",") else ","
    too_many = Unprocessable(f"the file has too many lines, {MOST_LINES} are the most")
    if text.count("\n") + text.count("\r") > 2 * MOST_BREAKS:
        raise too_many
    if text.count(separator) > MOST_CELLS:
        raise Unprocessable("the file has too many cells")
    filled = (row for row in _rows(text, separator) if any(row[1]))
    rows = list(islice(filled, MOST_LINES + 2))
    if len(rows) > MOST_LINES + 1:
        raise too_many
    return rows


def _check_heading(names: Sequence[str], entered: Collection[str], shown: Collection[str]) -> None:
    if len(names) > MOST_COLUMNS:
        most = f"the heading has {len(names)} columns, {MOST_COLUMNS} are the most"
        raise Unprocessable(most)
    wrong = {n: "there is no such field" for n in names if n not in shown and n not in entered}
    wrong |= {n: "is named twice" for n, times in Counter(names).items() if times > 1}
    if wrong:
        known = ", ".join(entered)
        first = list(wrong.items())[:MOST_TOLD]
        told = ", ".join(f"{name[:MOST_SHOWN] or 'an empty cell'}: {why}" for name, why in first)
        raise Unprocessable(f"the heading is wrong: {told}; known are {known}", fields=wrong)


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise BadRequest(f"line {before + 1} of the file is no CSV: {error}") from error
