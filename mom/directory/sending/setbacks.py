"""What did not work at one OMM: refusals, silence, steps in vain. Such records wait for a change.

Marks what was refused and tells it to people. It must not know what is sent next.
"""

from collections.abc import Iterable
from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred

from mom.axi.errors import RequestRefused
from mom.axi.mom_profile import UNSUPPORTED
from mom.directory import marks, wire
from mom.directory.bench import Bench
from mom.directory.desk import Desk
from mom.directory.index import NOUNS
from mom.directory.lines import omm_name
from mom.directory.notices import Notices
from mom.directory.rows import Known
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.sends import Part, Step
from mom.directory.wanted import wanted
from mom.directory.wire import Record
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId
from mom.ports import OmmPort

_NUMBERS = tuple(wire.number_name(noun) for noun in NOUNS)
_MOST_REPEATS = 3
_MOST_UNEXPLAINED = 3
"""Changes refused in a row for no reason after which `SetPP` itself is what is refused."""
_UNKNOWN_REQUEST = UNSUPPORTED | {"EPerm"}


class _Grounds(msgspec.Struct, frozen=True):
    """What decides on a step about a record: its revisions, and whether the OMM should hold it."""

    revisions: tuple[int, ...]
    wanted: bool


class SetbackDesk(Desk, Protocol):
    """What setbacks need of the directory."""

    notices: Notices

    def learn(self, wire: str, max_len: int) -> None:
        """An OMM allows only that many characters for an attribute."""

    def fetch(self, omm: OmmId, noun: Noun, local: int) -> "Deferred[None]":
        """Ask an OMM for one record; fires when the answer went through its queue."""


class Setbacks:
    """The setbacks of one session."""

    def __init__(self, desk: SetbackDesk, port: OmmPort, abilities: Abilities) -> None:
        self._desk = desk
        self._port = port
        self._abilities = abilities
        self._suspended: dict[Known, _Grounds] = {}
        self._planned: dict[Known, _Grounds] = {}
        self._last: dict[Known, tuple[int, tuple[int, ...], int]] = {}
        self._unexplained: list[list[Known]] = []
        self._released: list[Known] = []

    async def refused(self, refused: RequestRefused, parts: tuple[Part, ...]) -> None:
        """Take the refusal of a request about these parts."""
        keys = [(part.noun, part.number) for part in parts]
        strange = refused.request == "SetPP" and refused.code in _UNKNOWN_REQUEST
        only_numbers = self._abilities.proven and not any(part.groups for part in parts)
        if strange and only_numbers and refused.bad in ("", "SetPP", *_NUMBERS):
            await self._not_numbered(keys)
            return
        unexplained = strange and refused.bad in ("", "SetPP")
        if unexplained and self._is_about_the_request(keys):
            return
        if refused.code == "ENoEnt" and any(part.local for part in parts):
            await self._find_out(parts)
            return
        if refused.code == "ETooLong" and refused.max_len:
            self._desk.learn(refused.bad, refused.max_len)
        await self.mark(keys, refused)
        if unexplained and not self._abilities.set_pp:
            self._release(keys)

    def accepted(self) -> None:
        """The OMM took a change: what it refuses is not the request."""
        self._unexplained.clear()

    def released(self) -> list[Known]:
        """Records that need not wait any longer, told once."""
        released, self._released = self._released, []
        return released

    def _is_about_the_request(self, keys: list[Known]) -> bool:
        """Whether an OMM that refuses these for no reason does not know `SetPP`, though it may say
        so: what it refused so before is brought to it in another way, too.
        """
        if not self._abilities.set_pp:
            return True
        self._unexplained.append(keys)
        if self._abilities.proven and len(self._unexplained) < _MOST_UNEXPLAINED:
            return False
        self._abilities.set_pp = False
        self._desk.notices.without_set_pp(self._port.omm.id)
        for refused in self._unexplained:
            self._release(refused)
        return True

    def _release(self, keys: list[Known]) -> None:
        """These need not wait any longer."""
        self._released += keys
        for key in keys:
            self._suspended.pop(key, None)

    async def _not_numbered(self, keys: list[Known]) -> None:
        """The OMM refuses the system-wide numbers of these, and is not told them again."""
        omm = self._port.omm.id
        async with self._desk.units.open(cause=f"number refused by {omm_name(omm)}") as bench:
            for noun, number in keys:
                copy = bench.copy(noun, number, omm)
                if copy is not None:
                    bench.put_copy(msgspec.structs.replace(copy, told=-number))

    async def mark(self, keys: list[Known], refused: RequestRefused) -> None:
        """Mark the records that a refusal is about until the OMM accepts them."""
        why = marks.refusal(refused.code, refused.bad)
        await self.not_taken(_blamed(keys, refused.bad), why)

    async def not_taken(self, blamed: list[Known], why: marks.Why) -> None:
        """Mark these records until the OMM accepts them; retried when they change."""
        omm = self._port.omm.id
        is_new = False
        async with self._desk.units.open(cause=f"refused by {omm_name(omm)}") as bench:
            await bench.load(*_numbers(blamed))
            for noun, number in blamed:
                record, copy = bench.record(noun, number), bench.copy(noun, number, omm)
                if copy is not None and copy.refused != why:
                    is_new = True
                    bench.put_copy(msgspec.structs.replace(copy, refused=why))
                if record is not None:
                    _mark(bench, record, marks.refused(record.marks, omm, why))
        self.suspend(blamed)
        if not is_new:
            return
        names = ", ".join(f"{noun.value} {number}" for noun, number in blamed)
        text = f"{names} not accepted by {omm_name(omm)}: {why}"
        self._desk.notices.warn(text)

    async def forget(self, offered: Copy) -> None:
        """Drop a copy that was offered and never came to be, and what was said of it."""
        noun, number, omm = offered.noun, offered.number, offered.omm
        async with self._desk.units.open(cause=f"not wanted on {omm_name(omm)}") as bench:
            copy = bench.copy(noun, number, omm)
            if copy is None or copy.local:
                return
            bench.drop_copy(copy)
            await bench.load(*_numbers([(noun, number)]))
            record = bench.record(noun, number)
            if record is not None:
                _mark(bench, record, marks.left(record.marks, omm))

    def plan(self, keys: Iterable[Known]) -> None:
        """A step about these records begins, as they are now."""
        for key in keys:
            self._planned[key] = self._grounds(key)

    def done(self, keys: Iterable[Known]) -> None:
        """The step about these records is over."""
        for key in keys:
            self._planned.pop(key, None)

    def suspend(self, keys: Iterable[Known]) -> None:
        """Leave these records alone until they are no longer as the step found them, or until the
        next session.
        """
        for key in keys:
            self._suspended[key] = self._planned.get(key) or self._grounds(key)

    def holds_back(self, key: Known) -> bool:
        """Whether a record is left alone as it is now."""
        suspended = self._suspended.get(key)
        return suspended is not None and suspended == self._grounds(key)

    def repeats(self, key: Known, step: Step) -> bool:
        """Whether a step is tried again and again though the OMM accepts it: then it waits."""
        revisions = self._revisions(key)
        this = hash(step)
        former, of, times = self._last.get(key, (0, (), 0))
        again = times + 1 if (former, of) == (this, revisions) else 1
        self._last[key] = (this, revisions, again)
        return again > _MOST_REPEATS

    def settled(self, key: Known) -> None:
        """Nothing is to be done about a record any more."""
        self._last.pop(key, None)

    async def _find_out(self, parts: tuple[Part, ...]) -> None:
        """The OMM has no such record: ask for it, which brings a loss to light."""
        omm = self._port.omm.id
        for part in parts:
            if part.local:
                await self._desk.fetch(omm, part.noun, part.local)
        copies = [self._desk.index.copy(part.noun, part.number, omm) for part in parts]
        there = [copy.local if copy is not None else 0 for copy in copies]
        if there == [part.local for part in parts]:
            self.suspend((part.noun, part.number) for part in parts)

    def _grounds(self, key: Known) -> "_Grounds":
        index = self._desk.index
        is_wanted = wanted(index.entry(*key), self._port.omm.id, index)
        return _Grounds(self._revisions(key), is_wanted)

    def _revisions(self, key: Known) -> tuple[int, ...]:
        entry = self._desk.index.entry(*key)
        return entry.revisions if entry is not None else ()


def _numbers(keys: list[Known]) -> tuple[list[int], list[int]]:
    """The numbers of the users and of the devices among records."""
    users, devices = ([n for noun, n in keys if noun is kind] for kind in (Noun.USER, Noun.DEVICE))
    return users, devices


def _mark(bench: Bench, record: Record, marked: marks.Marks) -> None:
    if marked != record.marks:
        revision = record.revision + 1
        bench.put(msgspec.structs.replace(record, marks=marked, revision=revision))


def _blamed(keys: list[Known], bad: str) -> list[Known]:
    """The records that a refusal is about, by the attribute it names; all if that says nothing."""
    known = [key for key in keys if wire.is_attribute(key[0], bad)]
    return known if len(known) == 1 else keys
