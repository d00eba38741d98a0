"""Requests on users and on devices apart: Create, Get, Set, Delete, summaries.

Source: the published schema, with `user` and `pp` children as captured.
"""

from __future__ import annotations

from mom.axi.element import Element
from mom.sim.phones import Phones, writable
from mom.sim.quirks import Quirk
from mom.sim.records import Book, Record
from mom.sim.refusal import invalid, missing, no_entry
from mom.sim.requests.handler import Handlers
from mom.sim.rules import RELATIONS, boolean, choice, flagged, integer
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.telling import device_summary, tell_changes, tell_summaries, user_summary
from mom.sim.voice import Answer


def finish(
    state: State,
    session: Session | None,
    phones: Phones,
    *told: Record,
) -> Answer:
    """Tell everybody what was done, and answer with these records as they are now."""
    covered = {(record.kind.tag, record.id) for record in told}
    covered |= {key for key, change in phones.changes.items() if change.names is None}
    tell_changes(state, phones.changes.values(), session, frozenset(covered))
    if not (state.has(Quirk.NO_ECHO) and len(state.sessions) < 2):
        tell_summaries(state, phones.changes.values())
    return Answer(rows=tuple(state.voice.record(record) for record in told))


def _page(state: State, book: Book, request: Element) -> Answer:
    start = integer(request.attrs, book.kind.key)
    most = min(integer(request.attrs, "maxRecords"), state.limits["records"])
    if most <= 0:
        return Answer(rows=(state.voice.record(book.get(start)),))
    if state.has(Quirk.RANDOM_PAGES):
        most = state.rng.randint(1, most)
    records = book.page(start, most)
    if not records:
        raise no_entry("no further record")
    return Answer(rows=tuple([state.voice.record(record) for record in records]))


def get_user(state: State, session: Session, request: Element) -> Answer:
    """One user, or a page of them."""
    return _page(state, state.users, request)


def get_device(state: State, session: Session, request: Element) -> Answer:
    """One device, or a page of them."""
    return _page(state, state.devices, request)


def get_user_by_number(state: State, session: Session, request: Element) -> Answer:
    """The user with that number to dial."""
    record = state.users.by_unique(request.get("num"))
    if record is None:
        raise no_entry()
    return Answer(rows=(state.voice.record(record),))


def get_device_by_ipei(state: State, session: Session, request: Element) -> Answer:
    """The device with that IPEI."""
    record = state.devices.by_unique(request.get("ipei"))
    if record is None:
        raise no_entry()
    return Answer(rows=(state.voice.record(record),))


def child_of(request: Element, tag: str) -> Element:
    """The child that a request is about. Raises `Refusal`."""
    child = request.child(tag)
    if child is None:
        raise missing(tag)
    return child


def is_plain(request: Element) -> bool:
    """Tell whether the request says that its secrets are in the clear."""
    return flagged(request.attrs, "plainText")


def _checked(
    state: State, session: Session, book: Book, child: Element, request: Element
) -> dict[str, str]:
    values = state.rules.check(book.kind, child.attrs, is_plain(request))
    return writable(book.kind, values, session.is_sync)


def _create(state: State, session: Session, request: Element, book: Book) -> Answer:
    child = child_of(request, book.kind.tag)
    values = _checked(state, session, book, child, request)
    if book.kind.tag == "user" and not values.get("num"):
        raise missing("num")
    phones = Phones(state)
    record = phones.create(book, home(state, book, values), integer(child.attrs, book.kind.key))
    return finish(state, session, phones, record)


def home(state: State, book: Book, values: dict[str, str]) -> dict[str, str]:
    """Add what the OMM fills in for a new device: itself as its home."""
    if book.kind.tag == "user":
        return values
    ari = state.identity.ari
    return {"ommId": ari, "ommIdAck": ari, "roaming": "RoamingComplete"} | values


def create_user(state: State, session: Session, request: Element) -> Answer:
    """Make a user under a free number, or the one wished."""
    return _create(state, session, request, state.users)


def create_device(state: State, session: Session, request: Element) -> Answer:
    """Make a device under a free number, or the one wished."""
    return _create(state, session, request, state.devices)


def create_fixed(state: State, session: Session, request: Element) -> Answer:
    """Make a user and its device, bound for good."""
    user_child, device_child = child_of(request, "user"), child_of(request, "pp")
    user_values = _checked(state, session, state.users, user_child, request)
    device_values = _checked(state, session, state.devices, device_child, request)
    if not user_values.get("num"):
        raise missing("num")
    state.users.refuse_taken(user_values, 0)
    phones = Phones(state)
    device = phones.create(state.devices, home(state, state.devices, device_values))
    user = phones.create(state.users, user_values)
    phones.bind(user, device, "Fixed")
    return finish(state, session, phones, user, device)


def _set(state: State, session: Session, request: Element, book: Book) -> Answer:
    child = child_of(request, book.kind.tag)
    if not child.has(book.kind.key):
        raise missing(book.kind.key)
    record = book.get(integer(child.attrs, book.kind.key))
    values = _checked(state, session, book, child, request)
    phones = Phones(state)
    phones.change(record, values, stamped=session.is_sync)
    if values.get("sipRegisterCheck") == "1":
        phones.probe(record)
    return finish(state, session, phones, record)


def set_user(state: State, session: Session, request: Element) -> Answer:
    """Change the attributes of a user that the request has."""
    return _set(state, session, request, state.users)


def set_device(state: State, session: Session, request: Element) -> Answer:
    """Change the attributes of a device that the request has."""
    return _set(state, session, request, state.devices)


def _delete(state: State, session: Session, record: Record) -> Answer:
    phones = Phones(state)
    phones.delete(record)
    return finish(state, session, phones)


def delete_user(state: State, session: Session, request: Element) -> Answer:
    """Delete a user by its local number or its number to dial."""
    if request.has("uid"):
        return _delete(state, session, state.users.get(integer(request.attrs, "uid")))
    if not request.has("num"):
        raise missing("uid")
    record = state.users.by_unique(request.get("num"))
    if record is None:
        raise no_entry()
    return _delete(state, session, record)


def delete_device(state: State, session: Session, request: Element) -> Answer:
    """Delete a device."""
    if not request.has("ppn"):
        raise missing("ppn")
    return _delete(state, session, state.devices.get(integer(request.attrs, "ppn")))


def set_relation(state: State, session: Session, request: Element) -> Answer:
    """Switch the relation of a bound user between Fixed and Dynamic."""
    user = state.users.get(integer(request.attrs, "uid"))
    relation = choice("relType", request.get("relType"), RELATIONS[1:])
    phones = Phones(state)
    device = phones.bound(user)
    if device is None:
        raise invalid("uid", "the user is not bound")
    phones.bind(user, device, relation)
    finish(state, session, phones, user, device)
    return Answer(attrs={"uid": user.id, "relType": relation})


def set_tracking(state: State, session: Session, request: Element) -> Answer:
    """Switch the location tracking of a user."""
    user = state.users.get(integer(request.attrs, "uid"))
    active = boolean("trackingActive", request.get("trackingActive"))
    phones = Phones(state)
    phones.change(user, {"trackingActive": active})
    finish(state, session, phones, user)
    return Answer(attrs={"uid": user.id, "trackingActive": active == "1"})


def get_user_summary(state: State, session: Session, request: Element) -> Answer:
    """How many users there are."""
    return Answer(attrs=user_summary(state))


def get_device_summary(state: State, session: Session, request: Element) -> Answer:
    """How many devices there are."""
    return Answer(attrs=device_summary(state))


def get_phone_state(state: State, session: Session, request: Element) -> Answer:
    """What a phone does now; the state is on the answer itself."""
    device = state.devices.get(integer(request.attrs, "ppn"))
    registered = device.get("s") == "Yes" and device.id not in state.deregistered
    return Answer(
        attrs={
            "ppn": device.id,
            "onHook": True,
            "silentCharging": False,
            "batteryLevel": 50 + device.id % 50,
            "swVersion": "7.1.CK14",
            "callState": "idle" if registered else "none",
            "registered": registered and device.number("uid") > 0,
            "regServerType": "Primary" if registered else "None",
        }
    )


HANDLERS: Handlers = {
    "GetPPUser": get_user,
    "GetPPDev": get_device,
    "GetPPUserByNumber": get_user_by_number,
    "GetPPDevByIPEI": get_device_by_ipei,
    "CreatePPUser": create_user,
    "CreatePPDev": create_device,
    "CreateFixedPP": create_fixed,
    "SetPPUser": set_user,
    "SetPPDev": set_device,
    "DeletePPUser": delete_user,
    "DeletePPDev": delete_device,
    "SetPPUserDevRelation": set_relation,
    "SetPPUserTracking": set_tracking,
    "GetPPUserSummary": get_user_summary,
    "GetPPDevSummary": get_device_summary,
    "GetPPState": get_phone_state,
}
