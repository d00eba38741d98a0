"""Which pages of a list to ask an OMM for: a few at once, whatever the gaps and page sizes. Pure.

An answer to a start key `s` with the keys `k1..kn` covers `s` to `kn`; an empty answer or `ENoEnt`
covers everything from `s` on. Short pages do not end a list.
"""

from collections.abc import Sequence

PAGE = 20
"""Records asked for at once: the most that an OMM gives."""
_DENSE = PAGE + 2
"""Keys that a full page may span so that the next ones are asked for before it is known where it
ends. They begin `PAGE` keys further on: it never ends before that, so nothing is left out between
them, and what comes twice is little.
"""


class Pager:
    """Plans the requests of one list and knows when it is read completely."""

    def __init__(self, depth: int = 4) -> None:
        """`depth` is how many requests may be under way at once."""
        self._depth = depth
        self._asked: set[int] = set()
        self._covered: list[tuple[int, int]] = []
        self._end: int | None = None
        self._stride = 0

    @property
    def done(self) -> bool:
        """Every key is covered."""
        return self._end is not None and self._front() >= self._end

    def next(self, left: int | None = None) -> list[int]:
        """The start keys to ask for now; `left` is how many records are still to come, if known.

        Beyond the first gap pages are asked for on speculation, once they come full and dense.
        """
        if self.done:
            return []
        starts: list[int] = []
        start = self._front()
        ahead = self._depth
        if left is not None:
            ahead = min(ahead, max(1, -(-left // PAGE)))
        for _ in range(ahead):
            if len(self._asked) >= self._depth or (self._end is not None and start >= self._end):
                break
            coming = self._coming(start)
            if coming is None and not self._is_covered(start):
                self._asked.add(start)
                starts.append(start)
            if not self._stride:
                break
            start = (start if coming is None else coming) + self._stride
        return starts

    def answer(self, start: int, keys: Sequence[int]) -> list[int]:
        """Take the keys of an answer (none: the end of the list); tells which of them are new."""
        self._asked.discard(start)
        keys = [key for key in keys if key >= start]
        if not keys:
            self._end = start if self._end is None else min(self._end, start)
            return []
        first, last = min(keys), max(keys)
        fresh = list(dict.fromkeys(keys))
        if any(low <= last and first <= high for low, high in self._covered):
            fresh = [key for key in fresh if not self._is_covered(key)]
        span = last - (start or first) + 1
        self._stride = PAGE if len(keys) == PAGE and span <= _DENSE else 0
        self._cover(start, last)
        return fresh

    def _front(self) -> int:
        """The first key that is not covered."""
        if self._covered and self._covered[0][0] == 0:
            return self._covered[0][1] + 1
        return 0

    def _coming(self, key: int) -> int | None:
        """The start key of a page under way that will have this key in it; None if there is none.

        Should it come shorter, the key is asked for again.
        """
        return next((asked for asked in self._asked if asked <= key < asked + PAGE), None)

    def _is_covered(self, key: int) -> bool:
        return any(low <= key <= high for low, high in self._covered)

    def _cover(self, low: int, high: int) -> None:
        """Add a range and join those that touch; there are never more than a few."""
        joined: list[tuple[int, int]] = []
        for other in sorted([*self._covered, (low, high)]):
            if joined and other[0] <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], other[1]))
            else:
                joined.append(other)
        self._covered = joined
