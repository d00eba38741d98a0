"""One session of one OMM at the directory: one ordered queue of everything that it tells.

Events and answers enter the queue in byte order; one worker settles them in batches, each in one
unit of work. Nothing in the queue waits for an OMM. A closed sitting takes and does nothing more.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from twisted.internet.defer import Deferred, FirstError, ensureDeferred, gatherResults
from twisted.logger import Logger

from mom.axi.element import Element
from mom.directory import beyond, conflicts, keeping
from mom.directory.asked import Asked
from mom.directory.bench import Bench
from mom.directory.beyond import Beyond
from mom.directory.errors import DirectoryStopped
from mom.directory.fingerprints import Shapes
from mom.directory.inbox import Inbox
from mom.directory.lines import omm_name
from mom.directory.losses import LossDesk, Losses
from mom.directory.news import Facts
from mom.directory.policy import Policy
from mom.directory.reading.absences import Absences
from mom.directory.reading.fetching import Fetches
from mom.directory.reading.lists import Progress, read_lists
from mom.directory.reading.sweep import Sweep
from mom.directory.reading.valve import Valve
from mom.directory.removal import Reach
from mom.directory.roaming.endings import Endings
from mom.directory.roaming.visits import Lobby, Visits
from mom.directory.rooms.sitting import RoomSitting
from mom.directory.rows import Item, Removed, Row, Visit
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.giving import Giving
from mom.directory.sending.sender import Sender, SenderDesk
from mom.directory.settle import Settler
from mom.directory.sharing import Sharing
from mom.directory.sieve import Sieve
from mom.directory.surplus import Surplus
from mom.directory.told import items_of
from mom.model.copy import Noun
from mom.ports import OmmPort, ReadingResult
from mom.store.errors import NotRead, NotStored

BATCH = 200
"""Rows settled in one unit of work."""


class SittingDesk(SenderDesk, LossDesk, Protocol):
    """What a sitting needs of the directory."""

    endings: Endings
    policy: Policy
    sharing: Sharing
    surplus: Surplus
    visits: Visits
    opens_secrets: bool
    """Whether a private key was configured."""


class SittingOf:
    """A sitting; see `mom.ports.Sitting`."""

    _log = Logger()

    def __init__(
        self,
        desk: SittingDesk,
        port: OmmPort,
        valve: Valve,
        rooms: RoomSitting,
        facts: Callable[[], Facts],
        reach: Callable[[], Reach],
        shapes: Shapes,
    ) -> None:
        """`facts` and `reach` are what decisions need now."""
        self._desk = desk
        self.port = port
        self._omm = port.omm.id
        self._name = omm_name(port.omm.id)
        self._rooms = rooms
        self._sieve = Sieve(desk.index, shapes, self._omm, desk.opens_secrets)
        self.abilities = Abilities(port.facts.omm_version, port.facts.versions)
        self._inbox: Inbox[Item] = Inbox(
            valve, BATCH, self._settle, lambda: self.sender.settled(), self._go_in
        )
        self.sender = Sender(desk, port, self.abilities, self._inbox)
        self.losses = Losses(desk, port.omm.id, self.sender, reach)
        self.giving = Giving()
        self.beyond = Beyond(port.omm.id, lambda users: desk.policy.room(users))
        """Users that the licence does not allow, and their phones."""
        self._settler = Settler(facts, reach, shapes, self.sender.busy, desk.endings, self.beyond)
        self._lobby = Lobby(desk.visits, self)
        self._sweep = self._new_sweep()
        absences = Absences(
            desk.index, port, self.beyond, self.losses, self._is_read_later, self.push
        )
        self._fetches = Fetches(port, self.push, absences.judge)
        self._changed = 0
        self._broken: Exception | None = None
        self.following = False

    @property
    def idle(self) -> bool:
        """Nothing waits, is settled, asked or sent."""
        asked = not self._fetches.idle
        return self._inbox.idle and not asked and self.sender.idle and self._rooms.idle

    @property
    def closed(self) -> bool:
        """The session is over."""
        return self._inbox.closed

    @property
    def limit(self) -> int:
        """How many phones of MOM the OMM takes; 0 if it never told how many it takes at all."""
        most = self.port.facts.most_phones or self.port.omm.most_phones
        return max(1, most - self.beyond.users) if most else 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be brought to the OMM, in words for its health."""
        own = () if self.abilities.set_pp else ("SetPP not known: no numbers, no relations",)
        users = self.beyond.users
        full = (beyond.note(users, self._desk.policy.max_users),) if users else ()
        numbers = keeping.notes(self._desk.index, self._omm)
        return (*own, *full, *numbers, *self._rooms.notes)

    def take(self, event: Element) -> None:
        """Take the next event; others than those about users, devices and rooms are not ours."""
        if self.closed:
            return
        self._rooms.take(event)
        index = self._desk.index
        items = [i for i in items_of(event) if not self.giving.covers(i, index, self._omm)]
        if items and not self._is_nothing_new(items):
            self._put(items)

    async def read(self, progress: Progress) -> ReadingResult:
        """Read and reconcile everything; see `mom.ports.Sitting.read`."""
        return await self._desk.readings.run(lambda: self._read(progress))

    def follow(self) -> None:
        """Begin to bring to the OMM what it should hold."""
        if not self.closed:
            self.following = True
            self._lobby.open()
            self.sender.start()
            self._rooms.follow()

    def close(self) -> None:
        """What is still under way does not apply."""
        if self.closed:
            return
        self._inbox.shut()
        self.sender.close()
        self._rooms.close()
        self._fetches.close()
        self._inbox.dismiss()
        self._lobby.close()

    def push(self, items: Iterable[Row | Removed]) -> "Deferred[None]":
        """Queue answers; fires when they are committed."""
        return self._inbox.push(self._sweep.after(items))

    def fetch(self, noun: Noun, local: int) -> "Deferred[None]":
        """Ask for a whole record; fires when the answer is committed, or there is none."""
        return self._fetches.fetch(noun, local)

    def look(self, noun: Noun, number: int) -> None:
        """Ask for a whole record by its system-wide number, if the OMM has it."""
        copy = self._desk.index.copy(noun, number, self._omm)
        if copy is not None and copy.local and not self.closed:
            self.fetch(noun, copy.local)

    def _put(self, items: Iterable[Item]) -> None:
        """Queue what came after all that was read so far."""
        self._inbox.put(self._sweep.after(items))

    def _is_read_later(self, row: Row) -> bool:
        """Whether a record that is not there is found out at the end of the reading."""
        self._sweep.miss(row)
        return not self.following

    def _is_nothing_new(self, items: list[Item]) -> bool:
        """Whether there is nothing to settle, like the echo of a number, and nothing before it."""
        if not self._inbox.idle or self._sweep.under_way:
            return False
        return all(isinstance(item, Row) and self._sieve.is_echo(item) for item in items)

    async def _settle(self, items: list[Item]) -> None:
        """Settle a batch; one that fails is logged and the session goes on."""
        told = [item for item in items if not isinstance(item, Visit)]
        if missing := self.sender.missing:
            told = [self._sweep.told(it, missing) if isinstance(it, Row) else it for it in told]
        self._note([item for item in told if isinstance(item, Row)])
        rows = self._sieve.sift(told)
        for asked in await self._commit(rows) if rows else ():
            self._changed += asked.changed
            self._go_on(asked)
        if missing:
            await self.losses.turned_up((it.noun, it.local) for it in rows if isinstance(it, Row))

    def _go_in(self, items: Sequence[Item]) -> None:
        """All that was told before they came is settled."""
        self._lobby.enter([item for item in items if isinstance(item, Visit)])

    async def _commit(self, rows: list[Row | Removed]) -> list[Asked]:
        """Settle rows in one unit of work; one by one if that fails, to find what is bad."""
        try:
            asked, shared = await self._desk.sharing.run(
                self._name, lambda bench: self._decide(bench, rows), len(rows)
            )
        except DirectoryStopped:
            return []
        except Exception as error:  # noqa: BLE001 - one bad record must not end the session
            if len(rows) > 1:
                return [one for row in rows for one in await self._commit([row])]
            self._not_taken(rows[0], error)
            return []
        self._desk.notices.conflicts([*asked.texts, *shared])
        return [asked]

    async def _decide(self, bench: Bench, rows: list[Row | Removed]) -> tuple[Asked, list[str]]:
        asked = await self._settler.settle(bench, rows)
        return asked, await conflicts.refresh(bench)

    def _not_taken(self, row: Row | Removed, error: Exception) -> None:
        """A bad record is left as it is in MOM; a database that stores nothing ends the session."""
        if self._broken is None:
            self._log.failure("a record from {omm} was not taken", omm=self._name)
        if isinstance(error, NotStored | NotRead):
            self._broken = error
            if self.following:
                self.port.give_up(str(error))
            return
        number = row.local if isinstance(row, Row) else row.number
        text = f"{row.noun.value} {number} of {self._name} was not taken: {error}"
        self._desk.notices.error(text)

    def _go_on(self, asked: Asked) -> None:
        if self.closed:
            return
        if asked.beyond:
            self._note_beyond(asked.beyond)
        self._lobby.found(asked.arrived, asked.left)
        self.sender.look_again(asked.later)
        for noun, local in dict.fromkeys(asked.fetch):
            self.fetch(noun, local)

    def _note_beyond(self, found: beyond.Found) -> None:
        self._desk.surplus.note(self._omm)
        if self.beyond.settled(found):
            text = beyond.told(self._omm, self._desk.policy.max_users)
            self._desk.notices.warn(text)

    def _note(self, rows: list[Row]) -> None:
        self._sweep.meet(rows)
        for row in rows:
            if row.whole and row.names is None:
                self.abilities.show(row.noun, row.element.attrs)

    async def _read(self, progress: Progress) -> ReadingResult:
        """Read users, devices and rooms side by side: the first requests leave together."""
        records = ensureDeferred(self._read_records(progress))
        both: list[Deferred[Any]] = [records, ensureDeferred(self._rooms.read())]
        try:
            await gatherResults(both, consumeErrors=True)
        except FirstError as error:
            error.subFailure.raiseException()
        return await records

    async def _read_records(self, progress: Progress) -> ReadingResult:
        self._changed, self._broken = 0, None
        sweep = self._sweep = self._new_sweep()
        sweep.under_way = True
        done = await read_lists(
            self.port, sweep.pages, self.abilities.show, lambda: self.closed, progress
        )
        await self._settled([])
        sweep.meet_kept()
        missing = await self.losses.find(sweep.met)
        await self._settled(sweep.end())
        sweep.under_way = False
        users, devices = done[Noun.USER], done[Noun.DEVICE]
        return ReadingResult(users=users, devices=devices, changed=self._changed, missing=missing)

    def _new_sweep(self) -> Sweep:
        return Sweep(
            self._desk.index,
            self._omm,
            self._sieve,
            self._inbox.put,
            lambda: self._inbox.idle and not self.sender.missing,
        )

    async def _settled(self, rows: list[Row]) -> None:
        """Settle what was read, and these rows; fails if the database does not take it."""
        await self.push(rows)
        if self._broken is not None:
            raise self._broken
