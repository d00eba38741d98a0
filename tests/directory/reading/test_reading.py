"""Reading a list from OMMs that answer what no OMM should."""

from collections.abc import Callable

import pytest
from twisted.internet.defer import Deferred, succeed

from mom.axi.element import Element, make
from mom.axi.errors import RequestFailed
from mom.directory.reading.reading import MOST_RECORDS, ListReading
from mom.model.copy import Noun


class Port:
    """Answers each page as it is told to; counts them."""

    def __init__(self, page: Callable[[int], list[int]]) -> None:
        self.page = page
        self.asked = 0

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        self.asked += 1
        numbers = self.page(element.number("uid"))
        users = [make("user", {"uid": number}) for number in numbers]
        return succeed(make("GetPPUserResp", {}, *users))


def read(port: Port) -> tuple[list[int], list[object]]:
    taken: list[int] = []
    ends: list[object] = []

    def take(noun: Noun, records: list[tuple[int, Element]]) -> None:
        taken.extend(local for local, _ in records)

    reading = ListReading(port, Noun.USER, 0, take)  # type: ignore[arg-type]
    reading.start().addBoth(ends.append)
    return taken, ends


@pytest.mark.parametrize(
    "page",
    [
        lambda start: list(range(1, 21)),
        lambda start: [5] * 20,
        lambda start: [-1, 0, 7, 7, 3],
        lambda start: [10**17 + 1],
        lambda start: [10**30],
    ],
)
def test_a_page_that_repeats_itself_ends_the_list(page: Callable[[int], list[int]]) -> None:
    port = Port(page)
    taken, ends = read(port)
    assert ends == [None]
    assert len(taken) == len(set(taken))
    assert port.asked < 10


def test_a_list_without_end_is_given_up() -> None:
    def more(start: int) -> list[int]:
        return list(range(start, start + 5000))

    taken, (end,) = read(Port(more))
    end.trap(RequestFailed)  # type: ignore[attr-defined]
    assert f"more than {MOST_RECORDS} records" in str(end.value)  # type: ignore[attr-defined]
    assert len(taken) <= MOST_RECORDS + 5000
