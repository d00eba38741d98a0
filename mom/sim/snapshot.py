"""All that an OMM keeps over a restart, as one value: for files, backups and the standby."""

from __future__ import annotations

import msgspec

from mom.sim.records import Book
from mom.sim.state import State


class Snapshot(msgspec.Struct, frozen=True):
    """Records and settings of an OMM at one moment; secrets are in the clear."""

    park: str
    users: list[dict[str, str]]
    devices: list[dict[str, str]]
    rooms: dict[int, dict[str, str]]
    settings: dict[str, dict[str, str]]
    last_user: int
    last_device: int
    clock_offset: float = 0.0


def capture(state: State) -> Snapshot:
    """Copy what an OMM keeps."""
    return Snapshot(
        park=state.identity.park,
        users=[dict(record.own) for record in state.users],
        devices=[dict(record.own) for record in state.devices],
        rooms={key: dict(room) for key, room in state.rooms.items()},
        settings={key: dict(values) for key, values in state.settings.items()},
        last_user=state.users.last,
        last_device=state.devices.last,
        clock_offset=state.clock_offset,
    )


def restore(state: State, snapshot: Snapshot) -> None:
    """Put an OMM back to what it was; its clients are not told."""
    state.clear()
    _fill(state.users, snapshot.users, snapshot.last_user)
    _fill(state.devices, snapshot.devices, snapshot.last_device)
    state.rooms = {key: dict(room) for key, room in snapshot.rooms.items()}
    state.settings = {key: dict(values) for key, values in snapshot.settings.items()}
    state.clock_offset = snapshot.clock_offset


def _fill(book: Book, records: list[dict[str, str]], last: int) -> None:
    for own in records:
        book.add(dict(own), int(own[book.kind.key]))
    book.last = max(book.last, last)
