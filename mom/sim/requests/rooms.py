"""Requests on conference rooms.

Source: the published schema; `sipAuthId` is a text, although the schema calls it a boolean, and
`calculatedSipPort` is the OMM's own.
"""

from __future__ import annotations

from mom.axi.element import Element, Value
from mom.sim.refusal import Refusal, invalid, missing, no_entry
from mom.sim.requests.handler import Handlers
from mom.sim.requests.phones import child_of, is_plain
from mom.sim.rules import integer, number
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer

_TEXTS = ("name", "conferenceId", "sipAuthId")
CHANNELS = 3
"""Conference channels of a site."""


def check_room(state: State, child: Element, plain: bool) -> dict[str, str]:
    """Check the attributes of a room. Raises `Refusal`."""
    values = {name: state.rules.text(name, child.get(name)) for name in _TEXTS if child.has(name)}
    if child.has("sipPw"):
        values["sipPw"] = state.rules.secret("sipPw", child.get("sipPw"), plain)
    if child.has("fixedSipPort"):
        values["fixedSipPort"] = number("fixedSipPort", child.get("fixedSipPort"), 0, 65535)
    return values


def put_room(state: State, id: int, values: dict[str, str]) -> None:
    """Make or change a room and tell; refuses with EExist or ENoMem."""
    conference = values.get("conferenceId")
    if conference and any(
        room["conferenceId"] == conference for key, room in state.rooms.items() if key != id
    ):
        raise Refusal("EExist", "conferenceId is taken")
    if id not in state.rooms and len(state.rooms) >= state.limits["conferenceRooms"]:
        raise Refusal("ENoMem", "too many rooms")
    before = state.rooms.get(id)
    start = {"name": "", "conferenceId": "", "sipAuthId": "", "sipPw": "", "fixedSipPort": "0"}
    room = (before or start) | values
    if room == before:
        return
    state.rooms[id] = room
    told = room_element(state, id)
    if before is not None:
        told = _part(told, {name for name in room if room[name] != before[name]})
    state.tell("ConferenceCnf", "EventConferenceRoomCnf", {}, told)


def drop_room(state: State, id: int) -> None:
    """Delete a room and tell; refuses with ENoEnt."""
    if state.rooms.pop(id, None) is None:
        raise no_entry()
    state.tell("ConferenceCnf", "EventConferenceRoomCnf", {"id": id, "deleted": True})


def room_element(state: State, id: int) -> Element:
    """A room as answers and events show it."""
    room = state.rooms[id]
    attrs: dict[str, Value] = {"id": id, **room}
    attrs["sipPw"] = state.voice.seal(room["sipPw"])
    attrs["calculatedSipPort"] = room["fixedSipPort"] if room["fixedSipPort"] != "0" else 5060
    return state.voice.child("room", attrs)


def _part(room: Element, changed: set[str]) -> Element:
    """What an event tells of a changed room: its key and what is new."""
    if "fixedSipPort" in changed:
        changed = changed | {"calculatedSipPort"}
    return Element(room.name, {n: v for n, v in room.attrs.items() if n == "id" or n in changed})


def create_room(state: State, session: Session, request: Element) -> Answer:
    """Make a room under a free number, or the one wished."""
    child = child_of(request, "room")
    id = integer(child.attrs, "id") or max(state.rooms, default=0) + 1
    if id < 0:
        raise invalid("id", "a number from 1 is expected")
    if id in state.rooms:
        raise Refusal("EExist", "id is taken")
    put_room(state, id, check_room(state, child, is_plain(request)))
    return Answer(children=(room_element(state, id),))


def set_room(state: State, session: Session, request: Element) -> Answer:
    """Change the attributes of a room that the request has."""
    child = child_of(request, "room")
    id = integer(child.attrs, "id")
    if id not in state.rooms:
        raise no_entry()
    put_room(state, id, check_room(state, child, is_plain(request)))
    return Answer(children=(room_element(state, id),))


def get_room(state: State, session: Session, request: Element) -> Answer:
    """One room, or a page of them."""
    id = integer(request.attrs, "id")
    most = min(integer(request.attrs, "maxRecords"), state.limits["records"])
    found = [id] if most <= 0 and id in state.rooms else []
    if most > 0:
        found = sorted(key for key in state.rooms if key >= id)[:most]
    if not found:
        raise no_entry()
    return Answer(children=tuple(room_element(state, key) for key in found))


def delete_room(state: State, session: Session, request: Element) -> Answer:
    """Delete a room."""
    if not request.has("id"):
        raise missing("id")
    drop_room(state, integer(request.attrs, "id"))
    return Answer()


def free_channels(state: State, session: Session, request: Element) -> Answer:
    """How many conference channels are free."""
    return Answer(attrs={"freeChannels": CHANNELS, "tChannels": CHANNELS})


HANDLERS: Handlers = {
    "CreateConferenceRoom": create_room,
    "SetConferenceRoom": set_room,
    "GetConferenceRoom": get_room,
    "DeleteConferenceRoom": delete_room,
    "GetFreeConferenceChannels": free_channels,
}
