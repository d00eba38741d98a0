"""Reads all users and devices of an OMM, both lists at once, and brings pairs together.

What they mean is not known here.
"""

from collections.abc import Callable, Iterable, Sequence

from twisted.internet.defer import FirstError, gatherResults

from mom.axi.element import Element, Uniform
from mom.directory.index import NOUNS
from mom.directory.reading.pages import Pages
from mom.directory.reading.reading import ListReading
from mom.model.copy import Noun
from mom.ports import OmmPort

Progress = Callable[[int, int], None]
"""Hears how many records of how many are read."""


async def read_lists(
    port: OmmPort,
    pages: Pages,
    show: Callable[[Noun, Iterable[str]], None],
    closed: Callable[[], bool],
    progress: Progress,
) -> dict[Noun, int]:
    """Hand every record to `pages`, unless it is `closed`; tells how many there were.

    `show` hears which attributes all records have that came together, once for all of them.
    Fails with `RequestFailed` if the link breaks.
    """

    def take(noun: Noun, locals: Sequence[int], elements: Sequence[Element]) -> None:
        if closed():
            return
        if isinstance(elements, Uniform):
            show(noun, elements.names)
        pages.take(noun, locals, elements)
        done = sum(reading.done for reading in lists.values())
        progress(done, max(sum(reading.total for reading in lists.values()), done))

    lists = {noun: ListReading(port, noun, take) for noun in NOUNS}
    try:
        await gatherResults([reading.start() for reading in lists.values()], consumeErrors=True)
    except FirstError as error:
        error.subFailure.raiseException()
    pages.flush()
    return {noun: reading.done for noun, reading in lists.items()}
