"""Brings the two records of a bound pair together while both lists of an OMM are read. Pure.

A user and its device that are settled side by side are decided, stored and indexed once; a record
whose partner does not come soon goes on alone, which costs a second write and loses nothing.
"""

from collections.abc import Callable, Iterable

from mom.directory import wire
from mom.directory.rows import Row
from mom.model.copy import Noun

MOST_WAITING = 400
"""Records that wait for their partner at once; when there are more, all go on alone."""
_OTHER = {Noun.USER: Noun.DEVICE, Noun.DEVICE: Noun.USER}


class Pairing:
    """Holds records back until the one they are bound to has been read, too."""

    def __init__(self, give: Callable[[list[Row]], None]) -> None:
        """`give` takes rows in the order in which they are to be settled."""
        self._give = give
        self._waiting: dict[Noun, dict[int, Row]] = {Noun.USER: {}, Noun.DEVICE: {}}
        self._gone: dict[Noun, set[int]] = {Noun.USER: set(), Noun.DEVICE: set()}

    def take(self, rows: Iterable[Row]) -> None:
        """The next records of either list."""
        going: list[Row] = []
        for row in rows:
            going += self._next(row)
        self._pass_on(going)
        if sum(map(len, self._waiting.values())) > MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Let go of all that wait, users first."""
        for noun in (Noun.USER, Noun.DEVICE):
            rows = list(self._waiting[noun].values())
            self._waiting[noun].clear()
            self._pass_on(rows)

    def _next(self, row: Row) -> tuple[Row, ...]:
        """What goes on with a record: itself, with its partner if that waited, or nothing yet."""
        other = _OTHER[row.noun]
        text = row.element.attrs.get(wire.partner_name(row.noun), "")
        partner = int(text) if text.isdecimal() and len(text) < 10 else 0
        if not partner or partner in self._gone[other]:
            return (row,)
        found = self._waiting[other].pop(partner, None)
        if found is not None:
            self._gone[other].add(partner)
            return (row, found) if row.noun is Noun.USER else (found, row)
        self._waiting[row.noun][row.local] = row
        return ()

    def _pass_on(self, rows: list[Row]) -> None:
        for row in rows:
            self._gone[row.noun].add(row.local)
        if rows:
            self._give(rows)
