"""Texts in cells of CSV files, written so that no spreadsheet takes one for a formula. Pure.

A spreadsheet may cut a file at other separators than it was written with, as its language has it:
then a formula may begin within a cell. So an apostrophe goes in front of whatever could begin one,
there too, and is taken away when the file is read back.
"""

import re

_SIGNS = "[=@+\\-\uff1d\uff20\uff0b\uff0d]"
_CUTS = frozenset(";,|\t\r\n")
_BETWEEN = r'(?:\A|(?<![;,|\s"])(?=[;,|\s"]))([;,|\s"]*+)'
"""All that stands between two pieces of a text. A spreadsheet may begin to read a cell after it, if
there is a separator in it, or if it is the beginning; blanks and quotes do not count."""
_DANGER = re.compile(rf"{_BETWEEN}(?='*+{_SIGNS})")
_GUARDED = re.compile(rf"{_BETWEEN}'(?='*+{_SIGNS})")
_BLANK_FIRST = re.compile(r"'*[\t\r]")
"""Programs that leave out a tab or a line break at the beginning go on with what follows."""
_NUMBER = re.compile(r"[+-][0-9]+")


def harmless(text: str) -> str:
    """The text as it is written; a number with a sign stays a number."""
    if _NUMBER.fullmatch(text):
        return text
    written = _DANGER.sub(lambda found: f"{found[1]}'" if _begins(found) else found[0], text)
    return f"'{written}" if _BLANK_FIRST.match(written) else written


def plain(text: str) -> str:
    """The text as it was before `harmless`."""
    bare = text.removeprefix("'")
    written = bare if _BLANK_FIRST.match(bare) else text
    return _GUARDED.sub(lambda found: found[1] if _begins(found) else found[0], written)


def _begins(found: re.Match[str]) -> bool:
    """Whether a cell may begin behind what stands between two pieces."""
    return found.start() == 0 or not _CUTS.isdisjoint(found[1])
