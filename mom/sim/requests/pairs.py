"""Requests on pairs: GetPP and SetPP, which only a sync client may send.

SetPP creates or changes a user, a device, or both and their relation in one step. Number 0 with a
system-wide number means: the record that bears it, or else a new one. Two relations that are not
`Unbound` bind the two. Source: captured SetPP and SetPPResp; the meaning of 0 is inferred (MOM
profile of AXI).
"""

from __future__ import annotations

import msgspec

from mom.axi.element import Element, Value
from mom.model.identities import ipei_key
from mom.sim.kinds import RELATION
from mom.sim.phones import UNBOUND, Phones, refuse_full, writable
from mom.sim.quirks import Quirk
from mom.sim.records import Book, Record
from mom.sim.refusal import Refusal, invalid, missing
from mom.sim.requests.handler import Handlers
from mom.sim.requests.phones import finish, home, is_plain
from mom.sim.rules import RELATIONS, choice, integer
from mom.sim.session import Session
from mom.sim.state import Login, State
from mom.sim.subscribing import complete_subscription, see
from mom.sim.voice import Answer


class Wish(msgspec.Struct):
    """One child of a SetPP, checked: the record it means (`None`: a new one) and its values."""

    book: Book
    record: Record | None
    values: dict[str, str]
    relation: str
    other: int
    stamp: int


def get_pair(state: State, session: Session, request: Element) -> Answer:
    """A user and its device, by either number."""
    if integer(request.attrs, "uid"):
        record = state.users.get(integer(request.attrs, "uid"))
    elif integer(request.attrs, "ppn"):
        record = state.devices.get(integer(request.attrs, "ppn"))
    else:
        raise missing("uid")
    bound = Phones(state).bound(record)
    pair = sorted([r for r in (record, bound) if r is not None], key=lambda r: r.kind.tag)
    return Answer(rows=tuple(state.voice.record(each) for each in pair))


def set_pair(state: State, session: Session, request: Element) -> Answer:
    """Create or change a user and/or a device, and their relation. All or nothing."""
    if not session.is_sync:
        raise Refusal("EPerm", "only for UserDeviceSyncClient")
    user_wish = _read(state, request, state.users)
    device_wish = _read(state, request, state.devices)
    if user_wish is None and device_wish is None:
        raise missing("user")
    partner = _partner(state, user_wish, device_wish)
    login = _login(state, user_wish, device_wish, partner)
    phones = Phones(state)
    device = _apply(state, phones, device_wish)
    user = _apply(state, phones, user_wish)
    _relate(phones, user_wish, device_wish, user, device, partner)
    if device is not None and _is_located(state, device):
        see(phones, device)
    told = [record for record in (device, user) if record is not None]
    answer = finish(state, session, phones, *told)
    if login and user is not None:
        link: dict[str, Value] = {"ppn": login, "uid": user.id, "relType": user.get("relType")}
        state.logins.pop(login)
        state.tell("Roaming", "EventPPLink", link)
    if device is not None:
        _arrive(state, device)
    return answer


def _arrive(state: State, device: Record) -> None:
    """A phone that waits at this site for its data goes on: it is served, or subscribes."""
    ipei = ipei_key(device.get("ipei"))
    if _is_located(state, device):
        state.refused_phones.pop(ipei, None)
        state.deregistered.discard(device.id)
        state.delays.append(state.precise_now() - state.located.pop(ipei))
        state.count("roamed")
    if ipei in state.awaited:
        state.awaited.discard(ipei)
        complete_subscription(state, device)


def _is_located(state: State, device: Record) -> bool:
    """Whether the phone of a data set has registered its location and may be here."""
    is_home = device.get("ommId") == state.identity.ari
    return is_home and ipei_key(device.get("ipei")) in state.located


def _read(state: State, request: Element, book: Book) -> Wish | None:
    """Check one child as far as it can be without the other. Raises `Refusal`."""
    kind = book.kind
    child = request.child(kind.tag)
    if child is None:
        return None
    values = state.rules.check(kind, child.attrs, is_plain(request))
    number = int(values.get(kind.key) or 0)
    second = int(values.get(kind.second) or 0)
    if number:
        record: Record | None = book.get(number)
    elif second:
        record = book.by_second(second)
    else:
        raise missing(kind.second)
    if record is None:
        refuse_full(book)
        if kind.tag == "user" and not values.get("num"):
            raise missing("num")
    if state.has(Quirk.NO_NUMBERS):
        values.pop(kind.second, None)
    book.refuse_taken(values, record.id if record else 0)
    return Wish(
        book,
        record,
        writable(kind, values, True),
        values.get("relType", ""),
        int(values.get(kind.other) or 0),
        int(values.get(RELATION) or 0),
    )


def _partner(state: State, user: Wish | None, device: Wish | None) -> Record | None:
    """The record on the other side where the request has only one; refuses what cannot be bound."""
    if user is not None and device is not None:
        if user.relation and device.relation:
            unbound = [wish.relation == UNBOUND for wish in (user, device)]
            if unbound[0] != unbound[1]:
                raise invalid("relType", "one is Unbound, the other is not")
        return None
    wish = user or device
    if wish is None or wish.relation in ("", UNBOUND):
        return None
    choice("relType", wish.relation, RELATIONS)
    others = state.devices if wish is user else state.users
    if wish.other:
        return others.get(wish.other)
    bound = wish.record.number(wish.book.kind.other) if wish.record else 0
    if not bound:
        raise invalid("relType", "nothing to bind to")
    return others.get(bound)


def _login(state: State, user: Wish | None, device: Wish | None, partner: Record | None) -> int:
    """The phone on which this user is just logging in, or 0; a wrong PIN is refused with EAuth."""
    if user is None or user.relation in ("", UNBOUND):
        return 0
    record = device.record if device is not None else partner
    login: Login | None = state.logins.get(record.id) if record is not None else None
    stored = user.record.get if user.record is not None else (lambda name: "")
    known = {user.values.get(name) or stored(name) for name in ("num", "addId")}
    if record is None or login is None or login.number not in known:
        return 0
    pin = user.values.get("pin", stored("pin"))
    if pin != login.pin:
        del state.logins[record.id]
        _drop(state, user.record)
        raise Refusal("EAuth", "wrong PIN")
    return record.id


def _drop(state: State, user: Record | None) -> None:
    """A copy that came for a log-in with a wrong PIN is of no use here."""
    if user is not None and not user.number("ppn") and user.get("permanent") != "1":
        phones = Phones(state)
        phones.delete(user)
        finish(state, None, phones)


def _apply(state: State, phones: Phones, wish: Wish | None) -> Record | None:
    if wish is None:
        return None
    if wish.record is None:
        values = home(state, wish.book, wish.values)
        wish.record = phones.create(wish.book, values)
    else:
        phones.change(wish.record, wish.values, stamped=True)
    if wish.values.get("sipRegisterCheck") == "1":
        phones.probe(wish.record)
    return wish.record


def _relate(
    phones: Phones,
    user_wish: Wish | None,
    device_wish: Wish | None,
    user: Record | None,
    device: Record | None,
    partner: Record | None,
) -> None:
    wishes = [wish for wish in (user_wish, device_wish) if wish is not None]
    relation = next((wish.relation for wish in wishes if wish.relation), "")
    if relation == UNBOUND:
        for record, wish in ((device, device_wish), (user, user_wish)):
            if record is not None and wish is not None:
                phones.unbind(record, wish.stamp)
        return
    user, device = user or partner, device or partner
    if user is not None and device is not None and all(wish.relation for wish in wishes):
        stamps = tuple(wish.stamp if wish else 0 for wish in (user_wish, device_wish))
        phones.bind(user, device, relation, (stamps[0], stamps[1]))


HANDLERS: Handlers = {"GetPP": get_pair, "SetPP": set_pair}
