"""CSV files: cells, and sending page by page to browsers that pause or leave."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred

from mom.web.download import Download, as_row, csv_text
from mom.web.paging import Listing


class Taker:
    """The request as a download sees it."""

    def __init__(self) -> None:
        self.text = b""
        self.ended = ""
        self.responseHeaders = self
        self.headers: dict[str, list[str]] = {}

    def setRawHeaders(self, name: str, values: list[str]) -> None:
        self.headers[name] = values

    def registerProducer(self, producer: object, streaming: bool) -> None:
        assert streaming

    def unregisterProducer(self) -> None:
        self.ended = "unregistered"

    def write(self, data: bytes) -> None:
        self.text += data

    def finish(self) -> None:
        self.ended = "finished"

    def loseConnection(self) -> None:
        self.ended = "lost"


def listing(numbers: range, total: int) -> Listing:
    return Listing([{"uid": number} for number in numbers], total)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-cmd", "'-cmd"),
        ("+4930", "+4930"),
        (True, "true"),
        (None, ""),
        (["a", "b"], "a; b"),
        ({"a": "1"}, "a=1"),
        ('say "x"', '"say ""x"""'),
    ],
)
def test_cells_are_plain_and_no_formulas(value: object, cell: str) -> None:
    assert csv_text([[value, 1]]) == f"{cell},1\r\n"


def test_fields_that_a_row_does_not_have_are_empty() -> None:
    assert as_row({"num": "1"}, ["uid", "num"]) == ["", "1"]


@ensureDeferred
async def test_all_pages_come_in_one_file() -> None:
    async def read(offset: int, limit: int) -> Listing:
        return listing(range(offset, min(offset + 2, 5)), 5)

    taker = Taker()
    Download(listing(range(2), 5), read, ["uid"], "x.csv").render_GET(taker)  # type: ignore[arg-type]
    assert taker.text.decode("utf-8-sig").split() == ["uid", "0", "1", "2", "3", "4"]
    assert taker.ended == "finished"
    assert taker.headers["content-disposition"] == ['attachment; filename="x.csv"']


@ensureDeferred
async def test_nothing_is_read_while_the_browser_takes_nothing() -> None:
    asked: list[int] = []

    async def read(offset: int, limit: int) -> Listing:
        asked.append(offset)
        return listing(range(offset, 4), 4)

    taker = Taker()
    download = Download(listing(range(2), 4), read, ["uid"], "x.csv")
    download.pauseProducing()
    download.render_GET(taker)  # type: ignore[arg-type]
    assert asked == []
    download.resumeProducing()
    assert (asked, taker.ended) == ([2], "finished")


@ensureDeferred
async def test_a_browser_that_leaves_ends_the_reading() -> None:
    waiting: Deferred[Listing] = Deferred()
    asked: list[int] = []

    async def read(offset: int, limit: int) -> Listing:
        asked.append(offset)
        return await waiting

    taker = Taker()
    download = Download(listing(range(2), 9), read, ["uid"], "x.csv")
    download.render_GET(taker)  # type: ignore[arg-type]
    download.stopProducing()
    waiting.callback(listing(range(2, 4), 9))
    assert (asked, taker.ended) == ([2], "")
