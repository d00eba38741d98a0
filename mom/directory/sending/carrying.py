"""Carries out at one OMM what is planned for it: makes, changes, relates and deletes records.

A copy is stored as offered or removing before the request goes out; the answer goes through the
same queue as everything the OMM tells. It must not know what is planned next.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import AxiError, LinkLost, RequestRefused, RequestTimeout
from mom.directory import marks, wire
from mom.directory.bench import Bench
from mom.directory.guard import Guard
from mom.directory.lines import omm_name
from mom.directory.numbering import Numbering
from mom.directory.rows import Known, Removed, Row
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.offering import Missing, check_secrets, offer
from mom.directory.sending.relating import switch
from mom.directory.sending.requests import Recipient, requests, rows_in
from mom.directory.sending.sends import Change, Delete, Part, Relate, Step, pair_of
from mom.directory.sending.setbacks import SetbackDesk, Setbacks
from mom.directory.wanted import wanted
from mom.directory.wire import Record
from mom.model.copy import Copy, CopyState, Noun
from mom.model.device import ROAMING_STARTED, Device
from mom.model.user import User
from mom.ports import OmmPort


def may_be_sent(record: Record | None) -> bool:
    """Whether a record that was to be sent when this was planned still is.

    Not if it has gone, nor while its phone moves: the end of the move is told to all that have it.
    """
    moves = isinstance(record, Device) and record.roaming == ROAMING_STARTED
    return record is not None and not moves


class Answers(Protocol):
    """The queue of what the OMM tells, where answers go in the order of their bytes."""

    @property
    def empty(self) -> bool:
        """Nothing waits to be settled: only then anything is deleted."""

    def note(self, items: Iterable[Row | Removed]) -> None:
        """Queue what an answer tells, to be settled with what is pushed soon after."""

    def push(self, items: Iterable[Row | Removed]) -> "Deferred[None]":
        """Queue what an answer tells; fires when it is committed."""


class CarrierDesk(SetbackDesk, Protocol):
    """What carrying steps out needs of the directory."""

    guard: Guard
    numbering: Numbering


class Carrier:
    """Asks one OMM."""

    _log = Logger()

    def __init__(
        self,
        desk: CarrierDesk,
        port: OmmPort,
        abilities: Abilities,
        setbacks: Setbacks,
        answers: Answers,
        lost: Callable[[], None],
    ) -> None:
        """`lost` hears that there is no link any more."""
        self._desk = desk
        self._port = port
        self._abilities = abilities
        self._setbacks = setbacks
        self._answers = answers
        self._lost = lost

    async def carry_out(self, step: Step) -> None:
        """Do what a step says; what goes wrong at the OMM is a setback. Fails as the store does."""
        if isinstance(step, Change):
            await self._change(step)
        elif isinstance(step, Relate):
            await self._relate(step)
        elif isinstance(step, Delete):
            await self._delete(step.copies)
        else:
            await self._setbacks.forget(step.copy)

    async def _delete(self, copies: tuple[Copy, ...]) -> None:
        """Mark copies and have the OMM delete them, in their order and without waiting between:
        what it answers about both ends of a pair is settled together.
        """
        if any(copy.state is not CopyState.REMOVING for copy in copies):
            copies = await self._condemn(copies)
        asked = [self._remove(copy) for copy in copies]
        failed = [await answer for answer in asked]
        if not all(failed):
            try:
                await self._answers.push([])
            except LinkLost:
                self._lost()
        for copy, error in zip(copies, failed, strict=True):
            if error is not None:
                await self._kept((copy.noun, copy.number), error)

    async def _condemn(self, copies: tuple[Copy, ...]) -> tuple[Copy, ...]:
        """Mark copies as on their way out; tells which of them really go."""
        go = []
        async with self._desk.units.open(cause=f"leaves {self._name}") as bench:
            for copy in copies:
                now = bench.copy(copy.noun, copy.number, copy.omm)
                if now is None or self._comes(bench, copy):
                    continue
                if now.state is not CopyState.REMOVING:
                    now = msgspec.structs.replace(
                        now, state=CopyState.REMOVING, since=self._desk.now()
                    )
                    bench.put_copy(now)
                go.append(now)
        return tuple(go)

    def _remove(self, copy: Copy) -> "Deferred[BaseException | None]":
        """Ask for the end of a copy; tells why it does not end. If it does, that is queued in byte
        order, and settled with what follows.
        """

        def answered(answer: Element | Failure) -> BaseException | None:
            error = answer.value if isinstance(answer, Failure) else None
            if error is not None and not _is_gone(error):
                return error
            self._answers.note([Removed(copy.noun, copy.number)])
            return None

        name = "DeletePPUser" if copy.noun is Noun.USER else "DeletePPDev"
        return self._ask(make(name, {wire.local_name(copy.noun): copy.local})).addBoth(answered)

    async def _kept(self, known: Known, error: BaseException) -> None:
        """The OMM did not delete a copy."""
        if isinstance(error, RequestRefused):
            await self._setbacks.mark([known], error)
        elif isinstance(error, RequestTimeout):
            self._setbacks.suspend([known])
        elif isinstance(error, LinkLost):
            self._lost()
        else:
            raise error

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
        recipient = Recipient(
            self._port.facts.key,
            self._abilities,
            self._desk.guard,
            round(self._port.facts.clock_offset),
        )
        for request, parts in requests(step, records, recipient):
            await self._carry(request, parts, records)

    async def _prepare(self, step: Change) -> dict[Known, Record] | None:
        """Load what is sent, and store what is made as offered; None if it is not to go."""
        new = [part for part in step.parts if not part.local]
        if not new and not any(part.groups for part in step.parts):
            return {}
        users = [part.number for part in step.parts if part.noun is Noun.USER]
        devices = [part.number for part in step.parts if part.noun is Noun.DEVICE]
        warned: list[Missing] = []
        omm, key = self._port.omm.id, self._port.facts.key
        async with self._desk.units.open(cause=f"goes to {self._name}") as bench:
            await bench.load(users, devices)
            if not all(may_be_sent(bench.record(p.noun, p.number)) for p in step.parts):
                return None
            for part in step.parts:
                record = bench.record(part.noun, part.number)
                if isinstance(record, User) and part.groups:
                    warned += check_secrets(bench, record, key, omm)
                if not part.local:
                    offer(bench, part, omm, self._desk.now())
            found = {(p.noun, p.number): bench.record(p.noun, p.number) for p in step.parts}
        for user, names in warned:
            self._desk.notices.credentials_missing(user, names, omm)
        return {key: record for key, record in found.items() if record is not None}

    async def _carry(
        self, request: Element, parts: tuple[Part, ...], records: dict[Known, Record]
    ) -> None:
        answered: set[Known] = set()

        def take(answer: Element) -> "Deferred[None]":
            self._setbacks.accepted()
            rows = self._rows(answer, parts, records)
            answered.update((row.noun, row.number) for row in rows)
            if len(rows) == len(parts) and not any(part.groups for part in parts):
                noted = self._desk.numbering.note(self._port.omm.id, rows)
                if noted is not None:
                    return noted
            return self._answers.push(rows)

        async def carried() -> None:
            await self._ask(request).addCallback(take)
            for part in parts:
                if (part.noun, part.number) not in answered:
                    await self._read_back(part, records)
                elif not part.groups and part.noun not in self._abilities.kept:
                    await self._prove(part, records)

        await self._try(carried(), parts)

    def _rows(
        self, answer: Element, parts: tuple[Part, ...], records: dict[Known, Record]
    ) -> list[Row]:
        return rows_in(answer, parts, records, self._abilities.set_pp)

    async def _prove(self, part: Part, records: dict[Known, Record]) -> None:
        """Look whether a number was kept, or the answer only repeated it: the OMM never showed one
        of that noun by itself.
        """
        if self._has_number(part):
            await self._read_back(part, records)
        if self._has_number(part):
            self._abilities.kept.add(part.noun)

    def _has_number(self, part: Part) -> bool:
        copy = self._desk.index.copy(part.noun, part.number, self._port.omm.id)
        return copy is not None and copy.told == part.number

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
                await self._setbacks.not_taken(keys, marks.NO_RELATION)
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
            await self._setbacks.not_taken(keys, marks.NO_ANSWER)
        except LinkLost:
            self._lost()
        except AxiError as unsendable:
            self._log.error("{keys} cannot be sent: {why}", keys=keys, why=str(unsendable))
            await self._setbacks.not_taken(keys, marks.UNSENDABLE)

    async def _read_back(self, part: Part, records: dict[Known, Record]) -> None:
        """An answer says too little: ask what the OMM stored."""
        if not part.local:
            await self._setbacks.not_taken([(part.noun, part.number)], marks.LEFT_OUT)
            return

        def take(answer: Element) -> "Deferred[None]":
            return self._answers.push(self._rows(answer, (part,), records))

        await self._ask(wire.question(part.noun, part.local)).addCallback(take)

    def _ask(self, request: Element) -> "Deferred[Element]":
        """The callbacks of the answer run in byte order with the events."""
        return self._port.request(request)

    @property
    def _name(self) -> str:
        return omm_name(self._port.omm.id)


def _is_gone(error: BaseException) -> bool:
    """Whether a record could not be deleted because it is not there."""
    return isinstance(error, RequestRefused) and error.code == "ENoEnt"
