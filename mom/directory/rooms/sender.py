"""Brings to one OMM the conference rooms that it should hold: one request after the other.

A copy is stored as offered or removing before the request goes out; the answer goes through the
same queue as everything the OMM tells. What was refused waits until the room changes.
"""

from collections.abc import Awaitable, Callable, Iterable

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import AxiError, LinkLost, RequestRefused, RequestTimeout
from mom.directory import marks
from mom.directory.errors import DirectoryStopped
from mom.directory.fingerprints import digest
from mom.directory.lines import omm_name
from mom.directory.rooms.bench import UNPLACED, Agreed, RoomBench, agreed, packed
from mom.directory.rooms.rules import Answered, Changed, Deleted, Removed, Row, Site
from mom.directory.rooms.sends import Change, Create, Delete, Step, next_step
from mom.directory.rooms.setbacks import RoomDesk, RoomSetbacks, State, state_of
from mom.directory.rooms.wire import element, password_for, read, sendable
from mom.directory.wire import Value
from mom.model.copy import Copy, CopyState, Noun
from mom.model.room import ConferenceRoom
from mom.ports import OmmPort
from mom.store.errors import NotRead, NotStored

Push = Callable[[Iterable[Row]], "Deferred[None]"]


class RoomSender:
    """The sending side of one sitting."""

    _log = Logger()

    def __init__(
        self,
        desk: RoomDesk,
        port: OmmPort,
        push: Push,
        read_all: Callable[[], Awaitable[None]],
        settled: Callable[[], bool],
    ) -> None:
        """`push` queues what an answer tells and fires when it is committed.

        `read_all` reads all rooms; `settled` tells whether nothing waits in the queue.
        """
        self._desk = desk
        self._port = port
        self._name = omm_name(port.omm.id)
        self._push = push
        self._read_all = read_all
        self._settled = settled
        self._open = False
        self._closed = False
        self._busy = 0
        self._running = False
        self._reencrypts = False
        self._setbacks = RoomSetbacks(desk, port)
        self._last: dict[int, tuple[State, tuple[str, ...], bool]] = {}
        """What was changed last of each room: again at once would be in vain."""

    @property
    def idle(self) -> bool:
        """Nothing is under way."""
        return not self._running

    def start(self) -> None:
        """Send from now on."""
        self._open = True
        self.pump()

    def close(self) -> None:
        """Send nothing any more."""
        self._closed = True

    def site(self, site: Site) -> Site:
        """The OMM with what the session has found out."""
        return msgspec.structs.replace(site, reencrypts=self._reencrypts, busy=self._busy)

    def note(self, rows: Iterable[Row]) -> None:
        """Learn from what the OMM tells, before it is settled.

        One whose ciphertext changes though no password was sent encrypts anew each time.
        """
        for row in rows:
            if isinstance(row, Changed | Deleted):
                self._setbacks.try_taken_again()
            if not isinstance(row, Answered) or row.secret or row.told is None:
                continue
            copy = self._copy(row.number)
            known = agreed(copy).cipher if copy is not None else b""
            if known and row.told.cipher is not None and digest(row.told.cipher) != known:
                self._reencrypts = True

    def pump(self) -> None:
        """Take the next step, if there is one and none is under way."""
        if not self._open or self._closed or self._running or not self._settled():
            return
        step = next_step(self._desk.units.book, self._desk.site(self._port), self._setbacks.waits)
        if step is None:
            return
        number = step.copy.number if isinstance(step, Delete) else int(step.room.id)
        self._running, self._busy = True, number
        self._setbacks.begin(number)
        done = ensureDeferred(self._do(step))
        done.addErrback(self._failed, number)
        done.addCallback(lambda _: self._end())

    def _end(self) -> None:
        self._running, self._busy = False, 0
        self.pump()

    def _failed(self, why: Failure, number: int) -> None:
        self._setbacks.hold(number, "failed")
        if not isinstance(why.value, DirectoryStopped):
            self._log.failure("bringing room {number} failed", why, number=number)
        if isinstance(why.value, NotStored | NotRead):
            self.close()
            self._port.give_up(str(why.value))

    async def _do(self, step: Step) -> None:
        number = self._busy
        try:
            if isinstance(step, Delete):
                await self._delete(step.copy)
            elif isinstance(step, Create):
                await self._create(step.room)
            else:
                await self._change(step)
        except RequestRefused as refused:
            await self._refused(number, refused)
        except RequestTimeout:
            await self._setbacks.not_taken(number, marks.NO_ANSWER, "")
        except LinkLost:
            self.close()
        except AxiError as unsendable:
            self._log.error("room {number}: {why}", number=number, why=str(unsendable))
            await self._setbacks.not_taken(number, marks.UNSENDABLE, "")

    async def _delete(self, copy: Copy) -> None:
        async with self._desk.units.open(cause=f"leaves {self._name}") as bench:
            now = bench.copy(copy.number, copy.omm)
            if now is None or _belongs(bench, now):
                return
            bench.put_copy(msgspec.structs.replace(now, state=CopyState.REMOVING, since=bench.now))
        removed = [Removed(copy.number)]
        try:
            request = make("DeleteConferenceRoom", {"id": copy.local})
            await self._port.request(request).addCallback(lambda _: self._push(removed))
        except RequestRefused as refused:
            if refused.code != "ENoEnt":
                raise
            await self._push(removed)
        self._setbacks.try_taken_again()

    async def _create(self, room: ConferenceRoom) -> None:
        site = self._desk.site(self._port)
        values = sendable(room, site.guard)
        if room.conference_id is not None and "conference_id" not in values:
            self._setbacks.hold(room.id, "guarded")
            return
        password = password_for(room.sip_pw, site.key)
        async with self._desk.units.open(cause=f"goes to {self._name}") as bench:
            if bench.room(room.id) != room or bench.copies_of(room.id):
                return
            self._check_password(bench, room, password)
            bench.put_copy(_offered(room, site, values, bench.now))
        await self._carry("CreateConferenceRoom", room, None, values, password)
        copy = self._copy(room.id)
        if copy is not None and copy.local == UNPLACED:
            await self._read_all()

    async def _change(self, step: Change) -> None:
        room, names = step.room, tuple(step.values)
        key = (state_of(room), names, step.password)
        if self._last.get(room.id) == key:
            await self._setbacks.stays_different(room.id, names)
            return
        self._last[room.id] = key
        key_of_omm = self._desk.site(self._port).key
        password = password_for(room.sip_pw, key_of_omm) if step.password else None
        await self._carry("SetConferenceRoom", room, step.copy.local, step.values, password)
        self._setbacks.try_taken_again()

    async def _carry(
        self,
        name: str,
        room: ConferenceRoom,
        local: int | None,
        values: dict[str, Value],
        password: str | None,
    ) -> None:
        secret = room.rev_secret if password is not None else 0

        def take(answer: Element) -> "Deferred[None]":
            child = answer.child("room")
            told = read(child) if child is not None else None
            return self._push([Answered(int(room.id), values, secret, told)])

        request = make(name, None, element(local, values, password))
        await self._port.request(request).addCallback(take)

    async def _refused(self, number: int, refused: RequestRefused) -> None:
        copy = self._copy(number)
        if refused.code == "ENoEnt" and copy is not None and copy.local != UNPLACED:
            await self._push([Removed(number)])
        else:
            await self._setbacks.refused(number, refused)

    def _check_password(self, bench: RoomBench, room: ConferenceRoom, password: str | None) -> None:
        """Mark a room whose password MOM can neither open nor pass on to this OMM."""
        missing = room.sip_pw is not None and password is None
        names = ("sipPw",) if missing else ()
        marked = marks.credentials_missing(room.marks, self._port.omm.id, names)
        if marked != room.marks:
            bench.put(msgspec.structs.replace(room, marks=marked))
        if missing:
            text = (
                f"conference room {room.id} goes to {self._name} without sipPw,"
                " which MOM keeps under another key only"
            )
            self._desk.notices.warn(text)

    def _copy(self, number: int) -> Copy | None:
        copies = self._desk.units.book.copies_of(number)
        return next((copy for copy in copies if copy.omm == self._port.omm.id), None)


def _offered(room: ConferenceRoom, site: Site, values: dict[str, Value], now: int) -> Copy:
    """The copy of a room that is being made at an OMM. `now`: seconds since 1970."""
    return Copy(
        noun=Noun.ROOM,
        number=room.id,
        omm=site.omm,
        local=UNPLACED,
        since=now,
        agreed=packed(Agreed(values)),
    )


def _belongs(bench: RoomBench, copy: Copy) -> bool:
    """Whether a room belongs to the OMM again, before it was asked to delete it."""
    room = bench.room(copy.number)
    here = room is not None and room.omm == copy.omm
    return here and copy.state is not CopyState.REMOVING
