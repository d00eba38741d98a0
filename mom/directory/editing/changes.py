"""The changes that people and applications make to records that exist: one each, checked, drafted.

A change either applies as a whole or raises and drafts nothing, so that many of them can share a
unit of work. It knows no unit of work and no revision.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from mom.directory import lines, relation, removal
from mom.directory.bench import Bench, key_of
from mom.directory.editing import edit, subscription
from mom.directory.editing.admission import Admission, AdmissionDesk
from mom.directory.editing.edit import Values
from mom.directory.editing.ends import Collection, Ends
from mom.directory.errors import FieldErrors
from mom.directory.fingerprints import RECORDS
from mom.directory.guard import Guard
from mom.directory.removal import Reach
from mom.directory.wire import Record
from mom.model.attribute import by_wire
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import OmmId
from mom.model.user import User

BINDING = ("Fixed", "Dynamic")
"""The types of a relation."""
_RELATION = frozenset({"rel_type", "uid", "ppn"})
_SUBSCRIPTION = frozenset({"s", "uak", "rel_type", "uid"})

Apply = Callable[[Bench, Ends, str], None]
"""Drafts a change, made by somebody of that name. Raises `DirectoryError` and drafts nothing."""


class Change(msgspec.Struct, frozen=True):
    """A change of one record or pair.

    `touches` are the fields (Python names) whose change by somebody else since forbids it, None =
    any. `aims` are the edits as typed values per noun, where it is one. `same_type`: many records
    may take it at once only if their relations are all of one type.
    """

    apply: Apply
    touches: frozenset[str] | None
    aims: Mapping[Noun, Mapping[str, object]] = {}
    same_type: bool = False


class ChangesDesk(AdmissionDesk, Protocol):
    """What changes need of the directory."""

    guard: Guard

    def now(self) -> int:
        """Seconds since 1970."""

    def reach(self, omm: OmmId) -> Reach:
        """How deletions travel that come from an OMM (0: from MOM)."""


class Changes:
    """Makes changes."""

    def __init__(self, desk: ChangesDesk) -> None:
        self._desk = desk
        self._admission = Admission(desk)

    def edit(self, collection: Collection, entered: Values) -> Change:
        """Write fields; those that a user has go to the user. Raises `FieldErrors`."""
        aims = self.typed(collection, entered)

        def apply(bench: Bench, ends: Ends, by: str) -> None:
            due = [(record, aims[key_of(record)[0]]) for record in ends.asked]
            for record, values in due:
                self._admission.check(bench, key_of(record)[0], record, values)
            for record, values in due:
                self._edit(bench, record, values, by)

        names = frozenset(name for values in aims.values() for name in values)
        return Change(apply, names, aims)

    def typed(self, collection: Collection, entered: Values) -> dict[Noun, Mapping[str, object]]:
        """What was entered, by noun and typed. Raises `FieldErrors`."""
        if collection is not Collection.PAIRS:
            noun = collection.noun
            return {noun: edit.check(noun, entered, self._desk.guard)}
        known = by_wire(RECORDS[Noun.USER])
        parts: dict[Noun, dict[str, object]] = {Noun.USER: {}, Noun.DEVICE: {}}
        for name, value in entered.items():
            parts[Noun.USER if name in known else Noun.DEVICE][name] = value
        found: dict[Noun, Mapping[str, object]] = {}
        errors: dict[str, str] = {}
        for noun, values in parts.items():
            try:
                found[noun] = edit.check(noun, values, self._desk.guard)
            except FieldErrors as wrong:
                errors |= wrong.fields
        if errors:
            raise FieldErrors(errors)
        return found

    def delete(self) -> Change:
        """Into the trash, and from the connected OMMs."""

        def apply(bench: Bench, ends: Ends, by: str) -> None:
            reach = self._desk.reach(OmmId(0))
            for record in ends.asked:
                noun, number = key_of(record)
                bench.line(noun, number, self._desk.now(), lines.deleted(by))
                now = bench.record(noun, number)
                if now is not None:
                    removal.delete(bench, now, reach)

        return Change(apply, None)

    def unbind(self) -> Change:
        """End the relation."""

        def apply(bench: Bench, ends: Ends, by: str) -> None:
            noun, number = key_of(ends.asked[0])
            relation.unbind(bench, noun, number, self.stamp(*_both(ends)))
            bench.line(noun, number, self._desk.now(), lines.untied(by))

        return Change(apply, _RELATION)

    def relate(self, rel_type: str) -> Change:
        """Make the relation of a subscribed device fixed or dynamic. Raises `FieldErrors`."""
        if rel_type not in BINDING:
            raise FieldErrors({"relType": f"must be one of {', '.join(BINDING)}"})

        def apply(bench: Bench, ends: Ends, by: str) -> None:
            user, device = ends.user, ends.device
            if user is None or device is None:
                raise FieldErrors({"relType": "there is no relation: bind user and device first"})
            if device.s != "Yes":
                raise FieldErrors({"relType": "the device is not subscribed"})
            if device.rel_type == user.rel_type == rel_type:
                return
            relation.tie(bench, device.ppn, user.uid, rel_type, self.stamp(user, device), OmmId(0))
            self._tell(bench, ends, lines.related(by, rel_type, device.rel_type))

        return Change(apply, _RELATION, same_type=True)

    def unsubscribe(self) -> Change:
        """End the subscription of a device in a fixed relation; it is kept without a home."""

        def apply(bench: Bench, ends: Ends, by: str) -> None:
            device = ends.device
            if device is None:
                raise FieldErrors({"s": "there is no device"})
            if device.rel_type != "Fixed":
                raise FieldErrors(
                    {"relType": f"is {device.rel_type}; only fixed relations can be unsubscribed"}
                )
            if device.s != "Yes" and not bench.copies(Noun.DEVICE, device.ppn):
                raise FieldErrors({"s": "the device is not subscribed"})
            bench.put(subscription.ended(device, self._desk.now()))
            self._tell(bench, ends, lines.unsubscribed(by))

        return Change(apply, _SUBSCRIPTION)

    def internal(self, external: bool) -> Change:
        """Take an external user over: it is MOM's from now on. Raises `FieldErrors`."""
        if external:
            raise FieldErrors({"external": "only OMMs make external users"})
        return self._of_user({"external": False})

    def permanent(self, permanent: bool) -> Change:
        """Have the user, and its device, on all OMMs, or no more."""
        return self._of_user({"permanent": permanent})

    def stamp(self, *records: Record) -> int:
        """A relation stamp later than those of all records that it ends or makes."""
        return max([self._desk.now(), *(r.time_stamp_relation + 1 for r in records)])

    def _of_user(self, values: dict[str, object]) -> Change:
        def apply(bench: Bench, ends: Ends, by: str) -> None:
            if ends.user is None:
                raise FieldErrors(dict.fromkeys(values, "there is no user"))
            self._admission.check(bench, Noun.USER, ends.user, values)
            self._edit(bench, ends.user, values, by)

        return Change(apply, frozenset(values), {Noun.USER: values})

    def _edit(self, bench: Bench, before: Record, values: Mapping[str, object], by: str) -> None:
        after = edit.apply(before, values, self._desk.now())
        if after is not before:
            bench.put(after)
            noun, number = key_of(before)
            former = {name: getattr(before, name) for name in values}
            lost = lines.lost(noun, {n: v for n, v in former.items() if v != values[n]})
            bench.line(noun, number, self._desk.now(), lines.changed(before, values, by), lost)

    def _tell(self, bench: Bench, ends: Ends, text: lines.Sentence) -> None:
        for record in _both(ends):
            bench.line(*key_of(record), self._desk.now(), text)


def _both(ends: Ends) -> list[User | Device]:
    return [record for record in (ends.user, ends.device) if record is not None]
