"""Taking the values out of many records that are written alike, at once.

Most values are the same in all records of all OMMs. Those that were so far are looked for as they
are, and every record gets the same text: a text for each of a hundred thousand records is memory
that is waited for, here and wherever it is looked at. What is taken is the same without them.
"""

import re
from collections.abc import Mapping, Sequence

from mom.axi.element import Uniform

LONGEST = 32
"""Characters of a value that may be a part of the pattern."""
_ANYTHING = '([^"]*+)'


class Mould:
    """Records of one name that have the same attributes in the same order.

    A list in which a value differs that was the same in all so far is read twice, and that value is
    no longer one of them; so they only grow fewer.
    """

    def __init__(self, name: str, names: Sequence[str]) -> None:
        self.name = name
        self.names = tuple(names)
        self._any = self._pattern({})
        self._usual = self._any
        self._same: Mapping[str, str] | None = None
        self._unfilled = dict.fromkeys(self.names, "")
        self._filled = self._unfilled
        self._others = self.names

    def take(self, text: str, begin: int, count: int) -> Uniform | None:
        """All records from `begin` on that are followed by another element.

        None if that are not `count`, or none. Between them may be anything; no value has a quote in
        it.
        """
        if self._same is not None:
            found = self._usual.findall(text, begin)
            if found and len(found) == count:
                return Uniform(self.name, self._filled, self._others, found)
        found = self._any.findall(text, begin)
        if not found or len(found) != count:
            return None
        self._learn(found)
        return Uniform(self.name, self._unfilled, self.names, found)

    def _learn(self, found: Sequence[Sequence[str]]) -> None:
        """Keep what all of these have that all had before."""
        first = dict(zip(self.names, found[0], strict=False))
        before = first if self._same is None else self._same
        same = {
            name: first[name]
            for name, values in zip(self.names, zip(*found, strict=True), strict=False)
            if before.get(name) == first[name]
            and len(first[name]) <= LONGEST
            and values.count(first[name]) == len(values)
        }
        self._same = same
        self._others = tuple([name for name in self.names if name not in same])
        self._filled = {name: same.get(name, "") for name in self.names}
        self._usual = self._pattern(same)

    def _pattern(self, same: Mapping[str, str]) -> re.Pattern[str]:
        """What finds the records with these values, and takes out all others.

        With the empty group even a single one comes in a tuple.
        """
        parts = [f"<{re.escape(self.name)}"]
        for name in self.names:
            value = re.escape(same[name]) if name in same else _ANYTHING
            parts.append(f' {re.escape(name)}="{value}"')
        return re.compile("".join([*parts, "/>(?=<)()"]))
