"""Changes of conference rooms made in MOM, by people and applications.

Each is checked as a whole, stored durably before it is acknowledged, and then brought to the OMM
by the ordinary way of sending.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mom.directory import lines, marks
from mom.directory.editing import edit
from mom.directory.editing.edit import Values
from mom.directory.editing.history import History
from mom.directory.errors import FieldErrors, NoSuchRecord
from mom.directory.guard import Guard
from mom.directory.lines import omm_name
from mom.directory.rooms.bench import RoomBench
from mom.directory.rooms.units import RoomUnits
from mom.directory.rooms.wire import SHARED
from mom.model.attribute import by_wire
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom

_FIELDS = by_wire(ConferenceRoom)


class RoomEditor:
    """Makes changes; one unit of work each."""

    def __init__(
        self,
        units: RoomUnits,
        history: History,
        guard: Callable[[], Guard],
        hindrance: Callable[[OmmId], str],
        limit: Callable[[OmmId], int],
    ) -> None:
        """`hindrance` says why no room can be at an OMM, `limit` how many it takes."""
        self._units = units
        self._history = history
        self._guard = guard
        self._hindrance = hindrance
        self._limit = limit

    async def create(self, entered: Values, by: str) -> ConferenceRoom:
        """Make a room. Raises `FieldErrors`."""
        values = _checked(entered, self._guard())
        if not values.get("conference_id"):
            raise FieldErrors({"conferenceId": "must not be empty"})
        async with self._units.open(durable=True, cause=by) as bench:
            self._check(bench, None, values)
            number = bench.new_number()
            room = bench.put(ConferenceRoom(id=number, **values))
            bench.line(number, lines.created(by))
        return room

    async def edit(
        self, number: int, changes: Values, by: str, revision: int | None = None
    ) -> ConferenceRoom:
        """Change fields of a room; another `omm` moves it, 0 takes it from its OMM.

        `revision` is the one that the change started from. Raises `FieldErrors`, `NoSuchRecord`,
        `ChangedMeanwhile`.
        """
        values = _checked(changes, self._guard())
        async with self._units.open(durable=True, cause=by) as bench:
            before = _found(bench, number)
            if revision is not None:
                aims = {name for name, value in values.items() if getattr(before, name) != value}
                self._history.check(before, revision, aims)
            self._check(bench, before, values)
            after = _applied(before, values)
            if after != before:
                after = bench.put(after)
                bench.line(number, lines.changed(before, values, by))
        return after

    async def delete(self, number: int, by: str) -> None:
        """Delete a room, in MOM and on its OMM, at once or when that is connected again."""
        async with self._units.open(durable=True, cause=by) as bench:
            _found(bench, number)
            bench.line(number, lines.deleted(by))
            bench.remove(number)

    def _check(
        self, bench: RoomBench, before: ConferenceRoom | None, values: Mapping[str, Any]
    ) -> None:
        """What depends on other rooms and on the OMMs. Raises `FieldErrors`."""
        errors: dict[str, str] = {}
        own = before.id if before is not None else 0
        conference = values.get("conference_id")
        if conference == "":
            errors["conferenceId"] = "must not be empty"
        elif conference and (before is None or conference != before.conference_id):
            others = [room.id for room in bench.with_conference(conference) if room.id != own]
            if others:
                errors["conferenceId"] = f"is used by conference room {others[0]} already"
        omm = OmmId(values.get("omm", 0))
        if omm and (before is None or omm != before.omm):
            why = self._hindrance(omm) or self._full(bench, omm)
            errors |= {"omm": why} if why else {}
        if errors:
            raise FieldErrors(errors)

    def _full(self, bench: RoomBench, omm: OmmId) -> str:
        """Why an OMM takes no more rooms; empty if it does."""
        held, limit = len(bench.served_by(omm)), self._limit(omm)
        return f"{omm_name(omm)} has {held} rooms and takes {limit}" if held >= limit else ""


def _checked(entered: Values, guard: Guard) -> dict[str, Any]:
    """The typed values by Python name. Raises `FieldErrors` for all that cannot be stored."""
    return edit.checked(_FIELDS, lambda a: a.attr.written_by == "client", entered, guard)


def _applied(before: ConferenceRoom, values: Mapping[str, Any]) -> ConferenceRoom:
    """The room with these values; a move takes away what was said of the former OMM."""
    changes = {name: value for name, value in values.items() if getattr(before, name) != value}
    after = msgspec.structs.replace(before, **changes)
    marked = before.marks
    if after.omm != before.omm:
        marked = marks.forgotten(marked, before.omm)
    if "sip_pw" in changes:
        marked = marks.known_secrets(marked)
    return msgspec.structs.replace(
        after,
        rev_content=before.rev_content + any(name in SHARED for name in changes),
        rev_secret=before.rev_secret + ("sip_pw" in changes),
        marks=marked,
    )


def _found(bench: RoomBench, number: int) -> ConferenceRoom:
    room = bench.room(number)
    if room is None:
        raise NoSuchRecord(Noun.ROOM, number)
    return room
