"""Taking some values out of many rows of the same form."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any


def taker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """A function that takes the values at these places out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    first = places[0] if places else 0
    return itemgetter(slice(first, first + len(places)))
