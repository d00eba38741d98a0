"""Brings to one OMM what it should hold: takes records that may differ, plans, asks, few at a time.

A copy is stored as offered or removing before the request goes out; the answer goes through the
same queue as everything the OMM tells. It decides nothing about who wins.
"""

from collections.abc import Awaitable, Callable, Container, Iterable

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import AxiError, LinkLost, RequestRefused, RequestTimeout
from mom.directory import wire
from mom.directory.bench import Bench
from mom.directory.desk import Desk
from mom.directory.errors import DirectoryStopped
from mom.directory.lines import omm_name
from mom.directory.rows import Known, Removed, Row
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.offering import Missing, check_secrets, offer
from mom.directory.sending.relating import NO_RELATION, switch
from mom.directory.sending.sends import (
    Change,
    Delete,
    Giving,
    Part,
    Relate,
    Site,
    Step,
    next_step,
    pair_of,
    requests,
    rows_in,
)
from mom.directory.sending.setbacks import Setbacks
from mom.directory.sending.standing import Standing, standing
from mom.directory.wanted import wanted
from mom.directory.wire import Record
from mom.model.copy import Copy, CopyState, Noun
from mom.model.user import User
from mom.ports import OmmPort
from mom.store.errors import NotRead, NotStored

MOST_PATIENCE = 600
"""Seconds of a session after which system-wide numbers are written though OMMs are being read."""
IN_FLIGHT = 4
"""Requests to one OMM that are under way at once."""
NUMBERS_IN_FLIGHT = 1
"""The same of those that only tell system-wide numbers: all OMMs are told theirs at once."""
Push = Callable[[Iterable[Row | Removed]], Awaitable[None]]


class Sender:
    """The sending side of one sitting."""

    def __init__(
        self,
        desk: Desk,
        port: OmmPort,
        abilities: Abilities,
        push: Push,
        all_settled: Callable[[], bool],
    ) -> None:
        """`push` puts answers into the sitting's queue and fires when they are committed.

        `all_settled` tells whether nothing waits in that queue: only then anything is deleted.
        """
        self._desk = desk
        self._port = port
        self._abilities = abilities
        self._push = push
        self._all_settled = all_settled
        self._dirty: dict[Known, None] = {}
        self._unhurried: dict[Known, None] = {}
        """Records that only lack their system-wide number; they wait until no OMM is read."""
        self._patience = 0
        self._busy: set[Known] = set()
        self._setbacks = Setbacks(desk, port, abilities)
        self._later: set[Known] = set()
        self.missing: frozenset[Known] = frozenset()
        """Records that vanished from the OMM and wait for the administrator."""
        self._running = 0
        self._open = False
        self._closed = False
        self._log = Logger()

    @property
    def idle(self) -> bool:
        """Nothing is under way and nothing waits."""
        return not self._running and not ((self._dirty or self._unhurried) and self._open)

    def start(self) -> None:
        """Send from now on."""
        self._open = True
        self._patience = self._desk.now() + MOST_PATIENCE
        index, omm = self._desk.index, self._port.omm.id
        site = Site(index, omm, self._abilities)
        due = {known: standing(site, *known) for known in dict.fromkeys(index.due(omm))}
        unclear = dict.fromkeys(known for known, how in due.items() if how is Standing.UNCLEAR)
        lacking = dict.fromkeys(known for known, how in due.items() if how is Standing.UNNUMBERED)
        both = unclear | lacking
        self._unhurried.update(
            (known, None) for known in lacking if not self._goes_with_user(known, both)
        )
        self.mark(known for known in unclear if not self._goes_with_user(known, unclear))
        self.resume()

    def _goes_with_user(self, known: Known, due: Container[Known]) -> bool:
        """Whether a device is looked at with its user, so that a pair is not looked at twice."""
        noun, number = known
        device = self._desk.index.entry(noun, number) if noun is Noun.DEVICE else None
        if device is None or (Noun.USER, device.partner) not in due:
            return False
        user = self._desk.index.entry(Noun.USER, device.partner)
        return user is not None and user.partner == number

    def close(self) -> None:
        """Send nothing any more."""
        self._closed = True
        self._dirty.clear()
        self._unhurried.clear()

    def mark(self, records: Iterable[Known]) -> None:
        """These records may differ from what the OMM should hold; `start` looks at all anyway."""
        if self._open and not self._closed:
            self._dirty.update(dict.fromkeys(records))
            self._pump()

    def settled(self) -> None:
        """All that the OMM told is settled: what was not to be deleted before may be now."""
        self._pump()

    def resume(self) -> None:
        """Take up what waited for calm, if there is calm or it has waited long enough."""
        if self._unhurried and self._hurries():
            waiting, self._unhurried = self._unhurried, {}
            self.mark(waiting)

    def _hurries(self) -> bool:
        return self._desk.calm or self._desk.now() >= self._patience

    def busy(self, noun: Noun, number: int) -> bool:
        """Whether a request about a record is under way."""
        return (noun, number) in self._busy

    def look_again(self, records: Iterable[Known]) -> None:
        """Ask the OMM for these records once the requests about them are answered."""
        self._later.update(records)

    def _pump(self) -> None:
        waiting = []
        while self._dirty and self._open and not self._closed and self._running < IN_FLIGHT:
            key = next(iter(self._dirty))
            del self._dirty[key]
            pair = pair_of(self._desk.index, *key)
            if any(self.busy(*known) for known in pair.items()):
                waiting.append(key)
                continue
            step = next_step(self._site(pair), pair)
            if step is None:
                self._setbacks.settled(key)
            elif isinstance(step, Delete) and not self._all_settled():
                waiting.append(key)
            elif isinstance(step, Change) and step.is_number and not self._hurries():
                self._unhurried[key] = None
            elif isinstance(step, Change) and step.is_number and self._running >= NUMBERS_IN_FLIGHT:
                waiting.append(key)
                break
            elif self._setbacks.repeats(key, step):
                self._log.warn("{key} stays different on {omm}", key=key, omm=self._name)
                self._setbacks.suspend(pair.items())
            else:
                self._begin(key, step)
        self._dirty.update(dict.fromkeys(waiting))

    def _site(self, pair: dict[Noun, int]) -> Site:
        """The OMM without the records that wait, move, are guests, or were refused as they are."""
        index = self._desk.index
        skip = set()
        if pair.get(Noun.DEVICE, 0) in index.moving:
            return Site(index, self._port.omm.id, self._abilities, frozenset(pair.items()))
        for key in pair.items():
            guest = self._desk.guests.has(self._port.omm.id, key)
            if guest or key in self.missing or self._setbacks.holds_back(key):
                skip.add(key)
        return Site(index, self._port.omm.id, self._abilities, frozenset(skip))

    def _begin(self, key: Known, step: Step) -> None:
        if isinstance(step, Change | Relate):
            keys = [(part.noun, part.number) for part in step.parts]
        else:
            keys = [(step.copy.noun, step.copy.number)]
        self._busy.update(keys)
        self._setbacks.plan(keys)
        self._running += 1
        done = ensureDeferred(self._do(step))
        done.addErrback(lambda why: self._failed(why, keys))
        done.addCallback(lambda _: self._end(key, keys))

    async def _do(self, step: Step) -> None:
        if isinstance(step, Change):
            await self._change(step)
        elif isinstance(step, Relate):
            await self._relate(step)
        elif isinstance(step, Delete):
            await self._delete(step.copy)
        else:
            await self._setbacks.forget(step.copy)

    def _failed(self, why: Failure, keys: list[Known]) -> None:
        if not isinstance(why.value, DirectoryStopped):
            self._log.failure("bringing {keys} failed", why, keys=keys)
        if isinstance(why.value, NotStored | NotRead):
            self.close()
            self._port.give_up(str(why.value))

    def _end(self, key: Known, keys: list[Known]) -> None:
        self._busy.difference_update(keys)
        self._setbacks.done(keys)
        self._running -= 1
        again = [known for known in keys if known in self._later]
        self._later.difference_update(again)
        for noun, number in again:
            self._look(noun, number)
        self.mark([key, *keys])

    def _look(self, noun: Noun, number: int) -> None:
        copy = self._desk.index.copy(noun, number, self._port.omm.id)
        if copy is not None and copy.local and not self._closed:
            self._desk.fetch(self._port.omm.id, noun, copy.local)

    async def _delete(self, copy: Copy) -> None:
        """Users before devices is the plan's care; here the copy is marked, then removed."""
        if copy.state is not CopyState.REMOVING:
            async with self._desk.units.open(cause=f"leaves {omm_name(copy.omm)}") as bench:
                now = bench.copy(copy.noun, copy.number, copy.omm)
                if now is None or self._comes(bench, copy):
                    return
                bench.put_copy(
                    msgspec.structs.replace(now, state=CopyState.REMOVING, since=self._desk.now())
                )
        name = "DeletePPUser" if copy.noun is Noun.USER else "DeletePPDev"
        request = make(name, {wire.local_name(copy.noun): copy.local})
        removed = [Removed(copy.noun, copy.number)]
        try:
            await self._ask(request).addCallback(lambda _: ensureDeferred(self._pushed(removed)))
        except RequestRefused as refused:
            if refused.code == "ENoEnt":
                await self._push(removed)
            else:
                await self._setbacks.mark([(copy.noun, copy.number)], refused)
        except RequestTimeout:
            self._setbacks.suspend([(copy.noun, copy.number)])
        except LinkLost:
            self.close()

    def _comes(self, bench: Bench, copy: Copy) -> bool:
        """Whether a copy that was to be removed is wanted by now, or its phone moves."""
        entry = bench.entry(copy.noun, copy.number)
        pair = pair_of(bench, copy.noun, copy.number)
        device = bench.entry(Noun.DEVICE, pair.get(Noun.DEVICE, 0))
        moves = device is not None and device.moving
        return moves or wanted(entry, copy.omm, bench)

    async def _change(self, step: Change) -> None:
        records = await self._prepare(step)
        if records is None:
            return
        giving = Giving(
            self._port.facts.key,
            self._abilities,
            self._desk.guard,
            round(self._port.facts.clock_offset),
        )
        for request, parts in requests(step, records, giving):
            await self._carry(request, parts, records)

    async def _prepare(self, step: Change) -> dict[Known, Record] | None:
        """Load what is sent, and store what is made as offered; None if it has gone meanwhile."""
        new = [part for part in step.parts if not part.local]
        if not new and not any(part.groups for part in step.parts):
            return {}
        users = [part.number for part in step.parts if part.noun is Noun.USER]
        devices = [part.number for part in step.parts if part.noun is Noun.DEVICE]
        warned: list[Missing] = []
        omm, key = self._port.omm.id, self._port.facts.key
        async with self._desk.units.open(cause=f"goes to {self._name}") as bench:
            await bench.load(users, devices)
            for part in step.parts:
                record = bench.record(part.noun, part.number)
                if record is None:
                    return None
                if isinstance(record, User) and part.groups:
                    warned += check_secrets(bench, record, key, omm)
                if not part.local:
                    offer(bench, part, omm, self._desk.now())
            found = {(p.noun, p.number): bench.record(p.noun, p.number) for p in step.parts}
        for user, names in warned:
            self._desk.credentials_missing(user, names, omm)
        return {key: record for key, record in found.items() if record is not None}

    async def _carry(
        self, request: Element, parts: tuple[Part, ...], records: dict[Known, Record]
    ) -> None:
        answered: set[Known] = set()

        def take(answer: Element) -> "Deferred[None]":
            rows = rows_in(answer, parts, records)
            answered.update((row.noun, row.number) for row in rows)
            if len(rows) == len(parts) and not any(part.groups for part in parts):
                noted = self._desk.note_numbers(self._port.omm.id, rows)
                if noted is not None:
                    return noted
            return ensureDeferred(self._pushed(rows))

        async def carried() -> None:
            await self._ask(request).addCallback(take)
            for part in parts:
                if (part.noun, part.number) not in answered:
                    await self._read_back(part, records)

        await self._try(carried(), parts)

    async def _relate(self, step: Relate) -> None:
        """Bring a relation to an OMM without `SetPP`, or say that it cannot take it."""
        records = await self._prepare(Change(step.parts))
        if records is None:
            return
        first, *others = step.parts
        partner = others[0].local if others else 0
        rel_type = records[first.noun, first.number].rel_type

        async def related() -> None:
            if not await switch(self._ask, first.noun, first.local, partner, rel_type):
                keys = [(part.noun, part.number) for part in step.parts]
                await self._setbacks.not_taken(keys, NO_RELATION)
                return
            for part in step.parts:
                await self._read_back(part, records)

        await self._try(related(), step.parts)

    async def _try(self, doing: Awaitable[None], parts: tuple[Part, ...]) -> None:
        """Do what may fail at the OMM; a setback waits for a change of the records."""
        keys = [(part.noun, part.number) for part in parts]
        try:
            await doing
        except RequestRefused as refused:
            await self._setbacks.refused(refused, parts)
        except RequestTimeout:
            await self._setbacks.not_taken(keys, "no answer")
        except LinkLost:
            self.close()
        except AxiError as unsendable:
            self._log.error("{keys} cannot be sent: {why}", keys=keys, why=str(unsendable))
            await self._setbacks.not_taken(keys, "cannot be sent")

    async def _read_back(self, part: Part, records: dict[Known, Record]) -> None:
        """An answer left a record out: ask what the OMM stored."""
        if not part.local:
            await self._setbacks.not_taken([(part.noun, part.number)], "answered without it")
            return
        name = "GetPPUser" if part.noun is Noun.USER else "GetPPDev"
        request = make(name, {wire.local_name(part.noun): part.local})

        def take(answer: Element) -> "Deferred[None]":
            return ensureDeferred(self._pushed(rows_in(answer, (part,), records)))

        await self._ask(request).addCallback(take)

    async def _pushed(self, rows: list[Row] | list[Removed]) -> None:
        await self._push(rows)

    def _ask(self, request: Element) -> "Deferred[Element]":
        """The callbacks of the answer run in byte order with the events."""
        return self._port.request(request)

    @property
    def _name(self) -> str:
        return omm_name(self._port.omm.id)
