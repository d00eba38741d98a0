"""New records, made by people and applications: users, devices, fixed pairs, and copies of such.

Drafts only; what is wrong raises before anything is drafted. It knows no unit of work.
"""

from collections.abc import Mapping

from mom.directory import lines, relation
from mom.directory.bench import Bench
from mom.directory.editing import edit
from mom.directory.editing.admission import Admission
from mom.directory.editing.changes import Changes, ChangesDesk
from mom.directory.editing.edit import Values
from mom.directory.editing.ends import Collection, Ends
from mom.directory.errors import FieldErrors
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.user import User

Typed = Mapping[Noun, Mapping[str, object]]
"""Values by noun and Python name."""


class Making:
    """Makes records."""

    def __init__(self, desk: ChangesDesk, changes: Changes) -> None:
        self._desk = desk
        self._changes = changes
        self._admission = Admission(desk)

    def make(self, bench: Bench, collection: Collection, entered: Values, by: str) -> int:
        """An unbound user or device, or a fixed pair that waits for its phone; tells its number.

        Raises `FieldErrors`, `NoLicence`.
        """
        return self.made(bench, self._changes.typed(collection, entered), lines.created(by))

    def copy(self, bench: Bench, source: Ends, entered: Values, by: str) -> int:
        """A copy of what `source` asks for, with what was entered in place of its values."""
        is_user = isinstance(source.asked[0], User)
        collection = Collection.USERS if is_user else Collection.DEVICES
        if len(source.asked) > 1:
            collection = Collection.PAIRS
        typed: dict[Noun, Mapping[str, object]] = dict(self._changes.typed(collection, entered))
        for record in source.asked:
            noun = Noun.USER if isinstance(record, User) else Noun.DEVICE
            typed[noun] = {**edit.copied(record), **typed[noun]}
        number = int(source.asked[0].uid if is_user else source.asked[0].ppn)
        return self.made(bench, typed, lines.copied(by, collection.noun, number))

    def made(self, bench: Bench, typed: Typed, text: lines.Sentence) -> int:
        """Records with these values; of a pair the number is that of its device."""
        self._check(bench, typed)
        now = self._desk.now()
        number = 0
        if Noun.USER in typed:
            number = UserNumber(bench.number(Noun.USER))
            user = User(uid=number, time_stamp_admin=now, **typed[Noun.USER])  # type: ignore[arg-type]
            bench.put(user)
            bench.line(Noun.USER, number, now, text)
        if Noun.DEVICE in typed:
            ppn = DeviceNumber(bench.number(Noun.DEVICE))
            device = Device(ppn=ppn, time_stamp_admin=now, **typed[Noun.DEVICE])  # type: ignore[arg-type]
            bench.put(device)
            bench.line(Noun.DEVICE, ppn, now, text)
            if number:
                relation.tie(bench, ppn, number, "Fixed", now, OmmId(0))
            number = ppn
        return number

    def _check(self, bench: Bench, typed: Typed) -> None:
        """All that is wrong with both ends at once. Raises `FieldErrors`, `NoLicence`."""
        errors: dict[str, str] = {}
        for noun, values in typed.items():
            complete = {"num": "", **values} if noun is Noun.USER else values
            try:
                self._admission.check(bench, noun, None, complete)
            except FieldErrors as wrong:
                errors |= wrong.fields
        if errors:
            raise FieldErrors(errors)
