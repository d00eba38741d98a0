"""Changes made in MOM: create, edit, delete, bind and unbind, by people and applications.

Each is checked as a whole, stored durably before it is acknowledged, and then brought to every
OMM that should hold a copy by the ordinary way of sending.
"""

from collections.abc import Mapping

from mom.directory import edit, relation, removal
from mom.directory.bench import Bench
from mom.directory.desk import Desk
from mom.directory.edit import Values
from mom.directory.errors import ChangedMeanwhile, FieldErrors, NoSuchRecord
from mom.directory.history import History
from mom.directory.removal import Reach
from mom.directory.wire import Record
from mom.model.attribute import by_wire
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber, ipei_key
from mom.model.user import User

MOST_PERMANENT = 512
"""Permanent users in the whole system: each OMM holds all of them."""
_BINDING = ("Fixed", "Dynamic")


class Editor:
    """Makes changes; one unit of work each."""

    def __init__(self, desk: Desk, history: History) -> None:
        self._desk = desk
        self._history = history

    async def edit_user(
        self, number: int, changes: Values, by: str, revision: int | None = None
    ) -> User:
        """Change fields of a user. `revision` is the one that the change started from.

        Raises `FieldErrors`, `NoSuchRecord`, `ChangedMeanwhile`.
        """
        after = await self._edit(Noun.USER, number, changes, by, revision)
        if not isinstance(after, User):
            raise NoSuchRecord(Noun.USER, number)
        return after

    async def edit_device(
        self, number: int, changes: Values, by: str, revision: int | None = None
    ) -> Device:
        """Change fields of a device; as `edit_user`."""
        after = await self._edit(Noun.DEVICE, number, changes, by, revision)
        if not isinstance(after, Device):
            raise NoSuchRecord(Noun.DEVICE, number)
        return after

    async def create_user(self, entered: Values, by: str) -> User:
        """Make an unbound user. Raises `FieldErrors`."""
        values = edit.check(Noun.USER, entered, self._desk.guard)
        async with self._desk.units.open(durable=True, cause=by) as bench:
            user = self._make_user(bench, values, by)
            await self._desk.refresh_conflicts(bench)
        return user

    async def create_device(self, entered: Values, by: str) -> Device:
        """Make an unbound device. Raises `FieldErrors`."""
        values = edit.check(Noun.DEVICE, entered, self._desk.guard)
        async with self._desk.units.open(durable=True, cause=by) as bench:
            device = self._make_device(bench, values, by)
        return device

    async def create_pair(
        self, user: Values, device: Values, by: str
    ) -> tuple[UserNumber, DeviceNumber]:
        """Make a fixed pair that waits for its phone. Raises `FieldErrors`."""
        persons = edit.check(Noun.USER, user, self._desk.guard)
        phones = edit.check(Noun.DEVICE, device, self._desk.guard)
        async with self._desk.units.open(durable=True, cause=by) as bench:
            person = self._make_user(bench, persons, by)
            phone = self._make_device(bench, phones, by)
            now = self._desk.now()
            relation.tie(bench, phone.ppn, person.uid, "Fixed", now, OmmId(0))
        return person.uid, phone.ppn

    async def delete(self, noun: Noun, number: int, by: str) -> None:
        """Delete a record: into the trash, and from the connected OMMs."""
        async with self._desk.units.open(durable=True, cause=by) as bench:
            record = await self._record(bench, noun, number)
            bench.line(noun, number, self._desk.now(), f"deleted by {by}")
            removal.delete(bench, record, self._reach())
            await self._desk.refresh_conflicts(bench)

    async def bind(self, user: int, device: int, by: str, rel_type: str = "Fixed") -> None:
        """Bind a user and a device; what else they were bound to ends."""
        if rel_type not in _BINDING:
            raise FieldErrors({"relType": f"must be one of {', '.join(_BINDING)}"})
        async with self._desk.units.open(durable=True, cause=by) as bench:
            person = await self._record(bench, Noun.USER, user)
            phone = await self._record(bench, Noun.DEVICE, device)
            stamp = self._stamp(person, phone)
            relation.tie(bench, device, user, rel_type, stamp, OmmId(0))
            text = f"bound by {by}: user {user} and device {device} ({rel_type})"
            bench.line(Noun.USER, user, self._desk.now(), text)
            bench.line(Noun.DEVICE, device, self._desk.now(), text)

    async def unbind(self, noun: Noun, number: int, by: str) -> None:
        """End the relation of a record."""
        async with self._desk.units.open(durable=True, cause=by) as bench:
            record = await self._record(bench, noun, number)
            relation.unbind(bench, noun, number, self._stamp(record))
            bench.line(noun, number, self._desk.now(), f"unbound by {by}")

    async def _edit(
        self, noun: Noun, number: int, changes: Values, by: str, revision: int | None
    ) -> Record:
        values = edit.check(noun, changes, self._desk.guard)
        async with self._desk.units.open(durable=True, cause=by) as bench:
            before = await self._record(bench, noun, number)
            if revision is not None:
                self._check_revision(noun, number, before, values, revision)
            self._check_all(bench, noun, number, before, values)
            after = edit.apply(before, values, self._desk.now())
            if after is not before:
                bench.put(after)
                bench.line(noun, number, self._desk.now(), edit.described(before, values, by))
                self._desk.tell_conflicts(await self._desk.refresh_conflicts(bench))
        return after

    def _check_revision(
        self, noun: Noun, number: int, record: Record, values: Mapping[str, object], revision: int
    ) -> None:
        """Fields that nobody else touched since are merged; others are refused with who did it."""
        if revision == record.revision:
            return
        since = self._history.since(noun, number, revision, record.revision)
        wires = {a.name: a.wire for a in by_wire(type(record)).values()}
        differing = {n for n, v in values.items() if getattr(record, n) != v}
        if since is None:
            raise ChangedMeanwhile({wires[name]: "" for name in differing}, record.revision)
        touched = {wires[name]: by for name, by in since.items() if name in differing}
        if touched:
            raise ChangedMeanwhile(touched, record.revision)

    def _check_all(
        self,
        bench: Bench,
        noun: Noun,
        number: int,
        before: Record | None,
        values: Mapping[str, object],
    ) -> None:
        """What depends on other records and on the OMMs. Raises `FieldErrors`."""
        errors: dict[str, str] = {}
        key_name = "num" if noun is Noun.USER else "ipei"
        if key_name in values:
            text = str(values[key_name] or "")
            key = text if noun is Noun.USER else ipei_key(text)
            others = [n for n in bench.with_key(noun, key) if n != number]
            if others:
                errors[key_name] = f"is used by {noun.value} {others[0]} already"
        permanent = values.get("permanent", getattr(before, "permanent", None))
        external = values.get("external", getattr(before, "external", None))
        if permanent and external:
            errors["permanent"] = "a permanent user cannot be external"
        elif values.get("permanent") and not getattr(before, "permanent", None):
            why = self._no_room(bench, number)
            errors |= {"permanent": why} if why else {}
        if values.get("external") and not getattr(before, "external", None):
            errors["external"] = "only OMMs make external users"
        if errors:
            raise FieldErrors(errors)

    def _no_room(self, bench: Bench, number: int) -> str:
        """Why there cannot be one more permanent user; empty if there can."""
        if len(self._desk.index.permanent) >= MOST_PERMANENT:
            return f"there are {MOST_PERMANENT} permanent users, which is the limit"
        for omm, limit in self._desk.limits().items():
            held = self._desk.index.held(omm)[0]
            if bench.copy(Noun.USER, number, omm) is None and held >= limit:
                return f"OMM {omm:04d} holds {held} users and takes {limit}"
        return ""

    def _make_user(self, bench: Bench, values: Mapping[str, object], by: str) -> User:
        self._check_all(bench, Noun.USER, 0, None, values)
        number = UserNumber(bench.number(Noun.USER))
        now = self._desk.now()
        user = User(uid=number, time_stamp_admin=now, **values)  # type: ignore[arg-type]
        bench.put(user)
        bench.line(Noun.USER, number, now, f"created by {by}")
        return user

    def _make_device(self, bench: Bench, values: Mapping[str, object], by: str) -> Device:
        """A device that was never subscribed: what an OMM knows of it is newer."""
        self._check_all(bench, Noun.DEVICE, 0, None, values)
        number = DeviceNumber(bench.number(Noun.DEVICE))
        now = self._desk.now()
        device = Device(ppn=number, time_stamp_admin=now, **values)  # type: ignore[arg-type]
        bench.put(device)
        bench.line(Noun.DEVICE, number, now, f"created by {by}")
        return device

    async def _record(self, bench: Bench, noun: Noun, number: int) -> Record:
        """A record and all that its relation may touch, loaded."""
        entry = bench.entry(noun, number)
        if entry is None:
            raise NoSuchRecord(noun, number)
        user, device = (number, entry.partner) if noun is Noun.USER else (entry.partner, number)
        await bench.load([user], [device])
        record = bench.record(noun, number)
        if record is None:
            raise NoSuchRecord(noun, number)
        return record

    def _stamp(self, *records: Record) -> int:
        """A relation stamp later than those of all records that it ends or makes."""
        return max([self._desk.now(), *(r.time_stamp_relation + 1 for r in records)])

    def _reach(self) -> Reach:
        return self._desk.reach(OmmId(0))
