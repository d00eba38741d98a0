"""One session of one OMM as far as conference rooms go: they are read, followed and told.

What the OMM tells is settled in the order of its bytes; one request is under way at a time, and
only while nothing waits to be settled. It decides nothing.
"""

from collections.abc import Iterable

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from mom.axi.element import Element, make
from mom.axi.errors import RequestRefused
from mom.axi.mom_profile import UNSUPPORTED
from mom.directory.errors import DirectoryStopped
from mom.directory.inbox import Inbox
from mom.directory.reading.pager import PAGE
from mom.directory.reading.valve import Valve
from mom.directory.rooms.rules import (
    Changed,
    Deleted,
    Read,
    ReadingEnded,
    Row,
    settle,
)
from mom.directory.rooms.sender import RoomSender
from mom.directory.rooms.setbacks import RoomDesk
from mom.directory.rooms.wire import EVENT, Told, read, read_event
from mom.ports import OmmPort
from mom.store.errors import NotRead, NotStored

NOT_AVAILABLE = "conference rooms not available"
"""What the health of an OMM says that does not know rooms."""
_MOST_AT_ONCE = 100


class RoomSitting:
    """The rooms of one session."""

    _log = Logger()

    def __init__(self, desk: RoomDesk, port: OmmPort, valve: Valve) -> None:
        self._desk = desk
        self._port = port
        self._inbox: Inbox[Row] = Inbox(
            valve, _MOST_AT_ONCE, self._settle, lambda: self.sender.pump()
        )
        self._seen: set[int] | None = None
        """The OMM's numbers that the reading under way has met; None while there is none."""
        self.able = True
        """Whether the OMM knows conference rooms."""
        self.sender = RoomSender(desk, port, self.push, self.read_all, lambda: self._inbox.idle)

    @property
    def idle(self) -> bool:
        """Nothing waits, is settled, asked or sent."""
        return self._inbox.idle and self.sender.idle

    @property
    def closed(self) -> bool:
        """The session is over."""
        return self._inbox.closed

    @property
    def notes(self) -> tuple[str, ...]:
        """What the health of the OMM is to say."""
        return () if self.able else (NOT_AVAILABLE,)

    def take(self, event: Element) -> None:
        """Take the next event; others than those about rooms are not ours."""
        if self.closed or event.name != EVENT:
            return
        told, deleted = read_event(event)
        if told is not None:
            self._note(told)
            self._inbox.put([Changed(told)])
        elif deleted is not None:
            self._inbox.put([Deleted(deleted)])

    async def read(self) -> None:
        """Read and reconcile all rooms; fails with `RequestFailed` if the link breaks."""
        self._seen = set()
        try:
            await self.read_all()
        except RequestRefused as refused:
            if refused.code not in UNSUPPORTED:
                raise
            self.able = False
            name = self._desk.site(self._port).name
            text = f"{name}: conference rooms not available ({refused.code})"
            self._desk.notices.warn(text)
            return
        seen, self._seen = self._seen, None
        if seen or self._desk.units.book.copies_on(self._port.omm.id):
            await self.push([ReadingEnded(frozenset(seen))])

    def follow(self) -> None:
        """Begin to bring to the OMM what it should hold."""
        if self.able and not self.closed:
            self.sender.start()

    def close(self) -> None:
        """What is still under way does not apply."""
        if self.closed:
            return
        self._inbox.shut()
        self._desk.left(self._port.omm.id)
        self.sender.close()
        self._inbox.dismiss()

    def push(self, rows: Iterable[Row]) -> "Deferred[None]":
        """Queue what an answer tells; fires when it is committed."""
        return self._inbox.push(rows)

    async def read_all(self) -> None:
        """Ask for all rooms, page by page."""
        start: int | None = 0
        while start is not None:
            start = await self._read_page(start)

    async def _read_page(self, start: int) -> int | None:
        """Queue one page; returns where the next one starts, None after the last."""
        found: list[Told] = []

        def take(answer: Element) -> "Deferred[None]":
            found.extend(told for child in answer.all("room") if (told := read(child)) is not None)
            fresh = [told for told in found if told.local >= start]
            for told in fresh:
                self._note(told)
            return self.push([Read(told) for told in fresh])

        try:
            request = make("GetConferenceRoom", {"id": start, "maxRecords": PAGE})
            await self._port.request(request).addCallback(take)
        except RequestRefused as refused:
            if refused.code != "ENoEnt":
                raise
            return None
        last = max((told.local for told in found), default=start - 1)
        return last + 1 if last >= start else None

    def _note(self, told: Told) -> None:
        if self._seen is not None:
            self._seen.add(told.local)

    async def _settle(self, rows: list[Row]) -> Exception | None:
        self.sender.note(rows)
        failed = await self._commit(rows)
        if failed is not None and self._seen is None:
            self._port.give_up(str(failed))
        return failed

    async def _commit(self, rows: list[Row]) -> Exception | None:
        """Settle rows in one unit of work; one by one if that fails, to find what is bad.

        Returns the error of a database that stores nothing.
        """
        site = self._desk.site(self._port)
        texts: list[str] = []
        try:
            async with self._desk.units.open(cause=site.name) as bench:
                for row in rows:
                    texts += settle(bench, self.sender.site(site), row)
        except DirectoryStopped:
            return None
        except Exception as error:  # noqa: BLE001 - what cannot be stored must not end the session
            if len(rows) > 1:
                return next(filter(None, [await self._commit([row]) for row in rows]), None)
            self._log.failure("a conference room of {omm} was not taken", omm=site.name)
            text = f"a conference room of {site.name} was not taken: {error}"
            self._desk.notices.error(text)
            return error if isinstance(error, NotStored | NotRead) else None
        for text in texts:
            self._desk.notices.warn(text)
        return None
