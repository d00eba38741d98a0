"""Brings the two records of a bound pair together while both lists of an OMM are read. Pure.

A user and its device that are settled side by side are decided, stored and indexed once; a record
whose partner does not come soon goes on alone, which costs a second write and loses nothing. What
goes on is gathered, because one unit of work for two hundred records is cheaper than ten of them.
"""

from collections.abc import Callable, Iterable

from mom.directory import wire
from mom.directory.rows import Row
from mom.model.copy import Noun

MOST_WAITING = 400
"""Records that wait for their partner at once; when there are more, all go on alone."""
PORTION = 200
"""Records that go on together."""
_OTHER = {Noun.USER: Noun.DEVICE, Noun.DEVICE: Noun.USER}


class Pairing:
    """Holds records back until the one they are bound to has been read, too."""

    def __init__(
        self, give: Callable[[list[Row]], None], keep: Callable[[Row], bool] = lambda row: False
    ) -> None:
        """`give` takes rows in the order in which they are to be settled, `keep` takes unbound ones
        that wait for more than a partner.
        """
        self._give = give
        self._keep = keep
        self._ready: list[Row] = []
        self._waiting: dict[Noun, dict[int, Row]] = {Noun.USER: {}, Noun.DEVICE: {}}
        self._gone: dict[Noun, set[int]] = {Noun.USER: set(), Noun.DEVICE: set()}

    def take(self, rows: Iterable[Row]) -> None:
        """The next records of either list."""
        for row in rows:
            self._go_on(self._next(row))
        if sum(map(len, self._waiting.values())) > MOST_WAITING:
            self.flush()
        elif len(self._ready) >= PORTION:
            self._pass_on()

    def flush(self) -> None:
        """Let go of all, those that wait for their partner last, users first."""
        for noun in (Noun.USER, Noun.DEVICE):
            waiting, self._waiting[noun] = self._waiting[noun], {}
            self._go_on(waiting.values())
        self._pass_on()

    def _next(self, row: Row) -> tuple[Row, ...]:
        """What goes on with a record: itself, with its partner if that waited, or nothing yet."""
        other = _OTHER[row.noun]
        text = row.element.attrs.get(wire.partner_name(row.noun), "")
        partner = int(text) if text.isdecimal() and len(text) < 10 else 0
        if not partner:
            return () if self._keep(row) else (row,)
        if partner in self._gone[other]:
            return (row,)
        found = self._waiting[other].pop(partner, None)
        if found is not None:
            self._gone[other].add(partner)
            return (row, found) if row.noun is Noun.USER else (found, row)
        self._waiting[row.noun][row.local] = row
        return ()

    def _go_on(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._gone[row.noun].add(row.local)
            self._ready.append(row)

    def _pass_on(self) -> None:
        ready, self._ready = self._ready, []
        if ready:
            self._give(ready)
