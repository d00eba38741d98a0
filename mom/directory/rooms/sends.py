"""What is to be sent to one OMM next, so that it holds the conference rooms that it should. Pure.

Rooms leave before others come, so that numbers and places are free; a room that is still on
another OMM waits until that one has let go: no number is served twice.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from mom.directory.guard import Guard
from mom.directory.rooms.bench import UNPLACED, agreed
from mom.directory.rooms.rules import Site
from mom.directory.rooms.wire import password_for, sendable
from mom.directory.wire import Value
from mom.model.copy import Copy, CopyState
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom

START_LIMIT = 100
"""Rooms at one OMM that does not tell its limit."""


class Delete(msgspec.Struct, frozen=True):
    """A room leaves the OMM."""

    copy: Copy


class Change(msgspec.Struct, frozen=True):
    """Fields of a room that the OMM has otherwise, the password among them if `password`."""

    room: ConferenceRoom
    copy: Copy
    values: dict[str, Value]
    password: bool


class Create(msgspec.Struct, frozen=True):
    """A room that the OMM lacks."""

    room: ConferenceRoom


Step = Delete | Change | Create


class View(Protocol):
    """Rooms and copies: the book, or a bench."""

    def room(self, number: int) -> ConferenceRoom | None:
        """The room with that number."""

    def served_by(self, omm: OmmId) -> list[ConferenceRoom]:
        """The rooms that an OMM should hold."""

    def copies_on(self, omm: OmmId) -> list[Copy]:
        """The copies on one OMM."""

    def copies_of(self, number: int) -> list[Copy]:
        """The copies of one room."""


def next_step(view: View, site: Site, waits: Callable[[int], bool]) -> Step | None:
    """The next step, None if there is nothing to do; `waits`: a room is not to be tried now."""
    copies = [copy for copy in view.copies_on(site.omm) if not waits(copy.number)]
    for copy in copies:
        room = view.room(copy.number)
        leaves = room is None or room.omm != site.omm or copy.state is CopyState.REMOVING
        if leaves and copy.local != UNPLACED:
            return Delete(copy)
    for copy in copies:
        room = view.room(copy.number)
        if room is None or room.omm != site.omm or copy.state is not CopyState.HELD:
            continue
        values = differing(room, copy, site.guard)
        password = is_due(room, copy) and password_for(room.sip_pw, site.key) is not None
        if values or password:
            return Change(room, copy, values, password)
    for room in view.served_by(site.omm):
        if not waits(room.id) and not view.copies_of(room.id):
            return Create(room)
    return None


def differing(room: ConferenceRoom, copy: Copy, guard: Guard) -> dict[str, Value]:
    """The fields that an OMM should have and has otherwise."""
    has: Mapping[str, Value] = agreed(copy).values
    return {n: value for n, value in sendable(room, guard).items() if has.get(n) != value}


def is_due(room: ConferenceRoom, copy: Copy) -> bool:
    """Whether the OMM has another password than MOM."""
    return room.sip_pw is not None and agreed(copy).secret != room.rev_secret


def holders_away(
    room: ConferenceRoom, copies: list[Copy], connected: Callable[[OmmId], bool]
) -> tuple[OmmId, ...]:
    """The OMMs that must let go of a room before it can go where it belongs, and are away."""
    if not room.omm:
        return ()
    return tuple(c.omm for c in copies if c.omm != room.omm and not connected(c.omm))


def limit_of(limits: Mapping[str, int]) -> int:
    """How many rooms an OMM takes."""
    return limits.get("conferenceRooms", 0) or START_LIMIT
