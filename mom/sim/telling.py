"""Telling clients what became of users and devices.

A client with the event type PPCnf is told by EventPPCnf, others by EventPPUserCnf and
EventPPDevCnf. Events carry the keys and what changed; a deleted record only its keys (captured for
EventPPCnf).
"""

from __future__ import annotations

from collections.abc import Iterable

from mom.axi.element import Value
from mom.sim.phones import Change
from mom.sim.quirks import Quirk
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer


def tell_changes(
    state: State,
    changes: Iterable[Change],
    origin: Session | None = None,
    covered: frozenset[tuple[str, int]] = frozenset(),
) -> None:
    """Send what changed to whom it may concern.

    `origin` is the client that caused it, `covered` the records that its answer tells it anyway: an
    OMM that does not echo leaves these out.
    """
    listed = list(changes)
    quiet = state.has(Quirk.NO_ECHO)
    for session in list(state.sessions):
        wanted = listed
        if quiet and session is origin:
            wanted = [c for c in listed if (c.kind.tag, c.number) not in covered]
        if wanted:
            _tell_pairs(state, session, wanted)
            _tell_apart(state, session, wanted)


def tell_summaries(state: State, changes: Iterable[Change]) -> None:
    """Tell how many users and devices there are, if that has changed."""
    moved = {
        change.kind.tag
        for change in changes
        if change.names is None or not change.names.isdisjoint((change.kind.key, "s"))
    }
    if "user" in moved:
        state.tell("PPUserSummary", "EventPPUserSummary", user_summary(state))
    if "pp" in moved:
        state.tell("PPDevSummary", "EventPPDevSummary", device_summary(state))


def user_summary(state: State) -> dict[str, Value]:
    """The attributes of a summary of users."""
    users = list(state.users)
    return {
        "nRecords": len(users),
        "uidFirst": state.users.first,
        "nSipRegistration": sum(1 for user in users if user.get("relType") != "Unbound"),
        "nLocatable": sum(1 for user in users if user.get("locatable") == "1"),
        "nMsgSend": sum(1 for user in users if user.get("msgRight") == "1"),
        "usersActiveMonitored": sum(1 for u in users if u.get("monitoringMode") == "Active"),
        "usersPassiveMonitored": sum(1 for u in users if u.get("monitoringMode") == "Passive"),
        "usersWarned": 0,
        "usersUnavailable": 0,
        "usersEscalated": 0,
    }


def device_summary(state: State) -> dict[str, Value]:
    """The attributes of a summary of devices."""
    subscribed = sum(1 for record in state.devices if record.get("s") == "Yes")
    return {
        "nRecords": len(state.devices),
        "ppnFirst": state.devices.first,
        "subscribedDevs": subscribed,
    }


def _tell_pairs(state: State, session: Session, changes: list[Change]) -> None:
    wanted = [c for c in changes if session.flags.wants_item("PPCnf", c.kind.key, c.number)]
    users = [change for change in wanted if change.kind.tag == "user"]
    devices = [change for change in wanted if change.kind.tag == "pp"]
    if len(users) == 1 and len(devices) == 1:
        _tell_pair(state, session, [devices[0], users[0]])
        return
    for change in wanted:
        _tell_pair(state, session, [change])


def _tell_pair(state: State, session: Session, changes: list[Change]) -> None:
    attrs: dict[str, Value] = {
        "deletedUser" if change.kind.tag == "user" else "deletedDev": True
        for change in changes
        if change.names is None
    }
    rows = tuple(_row(state, change) for change in changes)
    state.send(session, "EventPPCnf", Answer(attrs=attrs, rows=rows))


def _tell_apart(state: State, session: Session, changes: list[Change]) -> None:
    for change in changes:
        is_user = change.kind.tag == "user"
        event_type = "PPUserCnf" if is_user else "PPDevCnf"
        paired = session.flags.wants_item("PPCnf", change.kind.key, change.number)
        if paired or not session.flags.wants_item(event_type, change.kind.key, change.number):
            continue
        attrs: dict[str, Value] = {"deleted": True} if change.names is None else {}
        row = _row(state, change)
        state.send(session, "Event" + event_type, Answer(attrs=attrs, rows=(row,)))


def _row(state: State, change: Change) -> bytes:
    if change.record is None or change.names is None:
        return state.voice.key_only(change.kind, change.number, change.second)
    if state.has(Quirk.WHOLE_EVENTS):
        return state.voice.record(change.record)
    return state.voice.part(change.record, change.names)
