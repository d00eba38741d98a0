"""A collection as a CSV file, read and sent page by page, as fast as the browser takes it."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from mom.web.cells import harmless
from mom.web.paging import Listing

CSV = "text/csv; charset=utf-8"
PAGE = 1000
"""Rows that are read at a time."""

ReadPage = Callable[[int, int], Awaitable[Listing]]
"""Reads the rows from an offset on, at most so many."""


class Download(Resource):
    """Answers one request with a CSV file, as a push producer of Twisted.

    `names` are the fields of a row, which are also the heading. `read` is called again and again
    until there are no more rows.
    """

    isLeaf = True
    _log = Logger()

    def __init__(self, first: Listing, read: ReadPage, names: Sequence[str], file: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._first = first
        self._read = read
        self._names = names
        self._file = file
        self._stopped = False
        self._paused: Deferred[None] | None = None

    def render_GET(self, request: Request) -> int:
        """Begin to send."""
        headers = request.responseHeaders
        headers.setRawHeaders("content-type", [CSV])
        headers.setRawHeaders("content-disposition", [f'attachment; filename="{self._file}"'])
        headers.setRawHeaders("cache-control", ["no-store"])
        request.registerProducer(self, True)  # type: ignore[no-untyped-call]
        ensureDeferred(self._send(request)).addErrback(self._failed, request)
        return NOT_DONE_YET

    async def _send(self, request: Any) -> None:
        request.write(csv_text([self._names]).encode("utf-8-sig"))
        page, sent = self._first, 0
        while page.items and not self._stopped:
            rows = [as_row(item, self._names) for item in page.items]
            request.write(csv_text(rows).encode())
            sent += len(page.items)
            if self._paused is not None:
                await self._paused
            if sent >= page.total or self._stopped:
                break
            page = await self._read(sent, PAGE)
        if not self._stopped:
            request.unregisterProducer()
            request.finish()

    def _failed(self, failure: Failure, request: Any) -> None:
        """What was sent is not whole: the browser must see that."""
        self._log.failure("The download of {file} broke off", failure=failure, file=self._file)
        request.loseConnection()

    def pauseProducing(self) -> None:
        """The browser takes no more for a moment."""
        self._paused = self._paused or Deferred()

    def resumeProducing(self) -> None:
        """The browser takes more."""
        paused, self._paused = self._paused, None
        if paused is not None:
            paused.callback(None)

    def stopProducing(self) -> None:
        """The browser is gone."""
        self._stopped = True
        self.resumeProducing()


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as lines of a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def as_row(item: Any, names: Sequence[str]) -> list[Any]:
    """The fields of a record or of its JSON form, in this order; empty where there is none."""
    fields: Mapping[str, Any] = (
        item if isinstance(item, Mapping) else msgspec.to_builtins(item, str_keys=True)
    )
    return [fields.get(name, "") for name in names]


def _cell(value: Any) -> Any:
    """A cell as it is written; no spreadsheet takes it for a formula, numbers stay numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _cell("; ".join(f"{key}={inner}" for key, inner in value.items()))
    if isinstance(value, list | tuple):
        return _cell("; ".join(str(part) for part in value))
    return harmless(value) if isinstance(value, str) else value
