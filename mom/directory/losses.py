"""What a reading did not find at its OMM any more: it is gone, or waits for the administrator."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

import msgspec

from mom.directory import lines, removal
from mom.directory.desk import Desk
from mom.directory.index import NOUNS
from mom.directory.lines import omm_name
from mom.directory.reading.vanish import Loss, over
from mom.directory.removal import Reach
from mom.directory.rows import Known
from mom.directory.sending.sender import Sender
from mom.directory.sending.sends import pair_of
from mom.directory.wanted import home_of
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm

BATCH = 200
"""Records settled in one unit of work."""


class LossDesk(Desk, Protocol):
    """What losses need of the directory."""

    def omm(self, omm: OmmId) -> Omm | None:
        """The record of an OMM."""

    async def note_missing(self, omm: OmmId, missing: int) -> None:
        """So many records vanished from an OMM and wait for the administrator."""


class Losses:
    """The losses of one OMM in one session.

    The copy of a record that waits has no local number: whatever the OMM tells of that number from
    then on is about something else. A record that the OMM turns out to have waits no longer.
    """

    def __init__(
        self, desk: LossDesk, omm: OmmId, sender: Sender, reach: Callable[[], Reach]
    ) -> None:
        """`sender` leaves alone what waits; `reach` tells how far deletions travel now."""
        self._desk = desk
        self._omm = omm
        self._sender = sender
        self._reach = reach

    async def find(self, seen: Mapping[Noun, Collection[int]]) -> int:
        """Take as deleted what is not among the local numbers `seen`; tells how many wait instead.

        They wait if they are suspiciously many, or if a decision about some is still due.
        """
        shelves = {noun: self._desk.index.shelf(noun, self._omm) for noun in NOUNS}
        gone = [copy for noun in NOUNS for copy in shelves[noun] if copy.local not in seen[noun]]
        missing = [copy for copy in gone if copy.state is CopyState.HELD]
        copies = [copy for noun in NOUNS for copy in shelves[noun]] if missing else []
        loss = Loss(len(missing), sum(copy.state is CopyState.HELD for copy in copies))
        rest = [copy for copy in gone if over(copy, self._desk.now())]
        if (loss.suspicious or (missing and self._is_due)) and not self._reach().keep:
            self._sender.missing = frozenset((copy.noun, copy.number) for copy in missing)
            await self._displace(missing)
            await self._remove(rest)
        else:
            await self._remove([*rest, *missing])
        await self._desk.note_missing(self._omm, len(self._sender.missing))
        return len(self._sender.missing)

    @property
    def undecided(self) -> bool:
        """Whether anything waits for the administrator."""
        return bool(self._sender.missing)

    def waits(self, noun: Noun, number: int) -> bool:
        """Whether a record or the one it is bound to lives there, if anywhere, and waits for the
        administrator: it is not to be brought there.
        """
        index = self._desk.index
        return any(
            key in self._sender.missing
            and (entry := index.entry(*key)) is not None
            and home_of(entry, index) in (0, self._omm)
            for key in pair_of(index, noun, number).items()
        )

    async def turned_up(self, locals: Iterable[Known]) -> None:
        """Records with these local numbers are there: those that waited do so no longer."""
        index, missing = self._desk.index, self._sender.missing
        copies = (index.local(noun, self._omm, local) for noun, local in locals)
        found = {(copy.noun, copy.number) for copy in copies if copy is not None} & missing
        if found:
            self._sender.missing = missing - found
            await self._desk.note_missing(self._omm, len(self._sender.missing))

    async def restore(self) -> int:
        """Give back to the OMM all that waits; tells how many records.

        They are left alone until the last is ready: one that was sent before would be sent again.
        """
        missing = self._sender.missing
        keys = sorted(missing, key=lambda key: (key[0] is Noun.DEVICE, key[1]))
        for start in range(0, len(keys), BATCH):
            async with self._desk.units.open(durable=True, cause="restore") as bench:
                for noun, number in keys[start : start + BATCH]:
                    copy = bench.copy(noun, number, self._omm)
                    if copy is not None and copy.state is CopyState.HELD and not copy.local:
                        bench.drop_copy(copy)
                        bench.line(noun, number, self._desk.now(), lines.restored(self._omm))
        self._sender.missing -= missing
        await self._desk.note_missing(self._omm, 0)
        self._sender.mark(keys)
        return len(keys)

    async def accept(self) -> int:
        """Take all that waits as deleted there; tells how many records.

        They are left alone until the last is gone: a phone outlives its user by a few batches.
        """
        missing = self._sender.missing
        index = self._desk.index
        copies = [index.copy(noun, number, self._omm) for noun, number in missing]
        await self._remove([copy for copy in copies if copy is not None])
        self._sender.missing -= missing
        await self._desk.note_missing(self._omm, 0)
        self._sender.mark(missing)
        return len(missing)

    @property
    def _is_due(self) -> bool:
        """Whether the administrator was asked before this session, and has not decided."""
        record = self._desk.omm(self._omm)
        return record is not None and record.missing > 0

    async def _displace(self, copies: list[Copy]) -> None:
        """Forget the local numbers of copies, a batch at a time."""
        for start in range(0, len(copies), BATCH):
            async with self._desk.units.open(cause=f"not on {omm_name(self._omm)}") as bench:
                for copy in copies[start : start + BATCH]:
                    now = bench.copy(copy.noun, copy.number, copy.omm)
                    if now is not None and now.local:
                        bench.put_copy(msgspec.structs.replace(now, local=0))

    async def _remove(self, copies: list[Copy]) -> None:
        """Take copies as gone from the OMM, a batch at a time."""
        ordered = sorted(copies, key=lambda copy: (copy.noun is Noun.DEVICE, copy.number))
        for start in range(0, len(ordered), BATCH):
            async with self._desk.units.open(cause=f"not on {omm_name(self._omm)}") as bench:
                for copy in ordered[start : start + BATCH]:
                    now = bench.copy(copy.noun, copy.number, copy.omm)
                    if now is not None:
                        await removal.gone(bench, now, self._reach())
