"""Reads all users and devices of an OMM, both lists at once, and brings pairs together.

What they mean is not known here.
"""

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import Deferred, FirstError, ensureDeferred, gatherResults

from mom.axi.element import Element
from mom.directory.index import NOUNS
from mom.directory.reading.pairing import Pairing
from mom.directory.reading.reading import ListReading, count
from mom.directory.rows import Row
from mom.model.copy import Noun
from mom.ports import OmmPort

Progress = Callable[[int, int], None]
"""Hears how many records of how many are read."""
T = TypeVar("T")


async def read_lists(
    port: OmmPort,
    pairing: Pairing,
    closed: Callable[[], bool],
    progress: Progress,
) -> dict[Noun, int]:
    """Hand every record to `pairing`, unless it is `closed`; tells how many there were.

    Fails with `RequestFailed` if the link breaks.
    """
    counts = await _all([ensureDeferred(count(port, noun)) for noun in NOUNS])
    totals = dict(zip(NOUNS, counts, strict=True))
    total, done = sum(counts), 0

    def take(noun: Noun, records: list[tuple[int, Element]]) -> None:
        nonlocal done
        if closed():
            return
        done += len(records)
        pairing.take(
            [Row(noun=noun, element=element, local=n, whole=True) for n, element in records]
        )
        progress(done, max(total, done))

    lists = {noun: ListReading(port, noun, totals[noun], take) for noun in NOUNS}
    await _all([reading.start() for reading in lists.values()])
    pairing.flush()
    return {noun: reading.done for noun, reading in lists.items()}


async def _all(work: list["Deferred[T]"]) -> list[T]:
    """The results of all; raises what went wrong first."""
    try:
        return await gatherResults(work, consumeErrors=True)
    except FirstError as error:
        error.subFailure.raiseException()
