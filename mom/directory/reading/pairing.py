"""Brings the two records of a bound pair together while both lists of an OMM are read. Pure.

A user and its device that are settled side by side are decided, stored and indexed once; a record
whose partner does not come soon goes on alone, which costs a second write and loses nothing. What
goes on is gathered, because one unit of work for two hundred records is cheaper than ten of them.
"""

from collections.abc import Callable, Iterable

from mom.directory import wire
from mom.directory.entry import other
from mom.directory.index import NOUNS
from mom.directory.rows import Row
from mom.model.copy import Noun

MOST_WAITING = 400
"""Records that wait for their partner at once; when there are more, all go on alone."""
PORTION = 200
"""Records that go on together."""
_PARTNER = {noun: wire.partner_name(noun) for noun in NOUNS}


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
        waiting, gone, ready = self._waiting, self._gone, self._ready
        for row in rows:
            noun, far = row.noun, other(row.noun)
            partner = _partner(row)
            is_alone = not partner or partner in gone[far]
            found = None if is_alone else waiting[far].pop(partner, None)
            if found is not None:
                gone[far].add(partner)
                gone[noun].add(row.local)
                ready += (row, found) if noun is Noun.USER else (found, row)
            elif not is_alone:
                waiting[noun][row.local] = row
            elif partner or not self._keep(row):
                gone[noun].add(row.local)
                ready.append(row)
        if sum(map(len, waiting.values())) > MOST_WAITING:
            self.flush()
        elif len(ready) >= PORTION:
            self._pass_on()

    def leave_out(self, noun: Noun, locals: Iterable[int]) -> None:
        """These records are not given on, and nobody waits for them."""
        left, far = set(locals), other(noun)
        self._gone[noun] |= left
        for local, row in list(self._waiting[far].items()):
            if _partner(row) in left:
                self._gone[far].add(local)
                self._ready.append(self._waiting[far].pop(local))

    def flush(self) -> None:
        """Let go of all, those that wait for their partner last, users first."""
        for noun in NOUNS:
            waiting, self._waiting[noun] = self._waiting[noun], {}
            self._gone[noun].update(waiting)
            self._ready += waiting.values()
        self._pass_on()

    def _pass_on(self) -> None:
        ready, self._ready = self._ready, []
        if ready:
            self._give(ready)


def _partner(row: Row) -> int:
    """The local number of the record that it is bound to; 0 = none."""
    text = row.element.attrs.get(_PARTNER[row.noun], "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
