"""Takes deleted records out of the trash by hand: as they were, bound again if both ends are there.

It is brought to OMMs by the ordinary way of sending.
"""

from typing import Protocol

from mom.directory import conflicts, lines, relation, removal
from mom.directory.bench import Bench
from mom.directory.desk import Desk
from mom.directory.editing.admission import Admission, AdmissionDesk
from mom.directory.entry import UNBOUND, other
from mom.directory.errors import NotInTrash
from mom.directory.notices import Notices
from mom.directory.relation import partner_of
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.user import User


class RevivalDesk(Desk, AdmissionDesk, Protocol):
    """What revivals need of the directory."""

    notices: Notices


class Revival:
    """Revives records; one unit of work each."""

    def __init__(self, desk: RevivalDesk) -> None:
        self._desk = desk
        self._admission = Admission(desk)

    async def revive(self, noun: Noun, number: int, by: str) -> None:
        """Put a record back with its number and secrets; a device without a home.

        Raises `NotInTrash`, and `FieldErrors` if somebody else has its number or IPEI by now.
        """
        async with self._desk.units.open(durable=True, cause=by) as bench:
            old = await bench.revived_number(noun, number)
            if old is None:
                raise NotInTrash(noun, number)
            self._admission.check(bench, noun, None, _at_stake(old))
            bench.put(removal.at_rest(old))
            bench.line(noun, number, self._desk.now(), lines.revived(by))
            await self._rejoin(bench, noun, number, old)
            self._desk.notices.conflicts(await conflicts.refresh(bench))

    async def _rejoin(self, bench: Bench, noun: Noun, number: int, old: Record) -> None:
        """Bind it as it was, if its partner is there and not bound to somebody else."""
        partner = partner_of(old)
        if old.rel_type == UNBOUND or bench.entry(other(noun), partner) is None:
            return
        user, device = (number, partner) if noun is Noun.USER else (partner, number)
        await bench.load([user], [device])
        theirs = bench.record(other(noun), partner)
        if theirs is None or partner_of(theirs):
            return
        stamp = max(self._desk.now(), theirs.time_stamp_relation + 1, old.time_stamp_relation + 1)
        relation.tie(bench, device, user, old.rel_type, stamp, OmmId(0))


def _at_stake(record: Record) -> dict[str, object]:
    """What must not contradict the records that are there (by Python name)."""
    if isinstance(record, User):
        number = {"num": record.num} if record.num else {}
        return {**number, "permanent": record.permanent}
    return {"ipei": record.ipei}
