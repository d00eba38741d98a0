"""What administrators and phones on a site do: changes, bindings, subscriptions, roaming, log-ins.

Each deed works on one OMM's state and leaves what is to be told in its outbox. Attributes are those
of the wire. The decisions of an OMM without its MOM are inferred (MOM profile of AXI).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mom.axi.element import Element, Value, make
from mom.model.identities import ipei_key
from mom.sim import population, writing
from mom.sim.kinds import ROAMING
from mom.sim.phones import Phones
from mom.sim.records import Book, Record
from mom.sim.refusal import Refusal, no_entry
from mom.sim.requests import rooms, settings
from mom.sim.requests.phones import finish, home
from mom.sim.requests.system import base_summary
from mom.sim.state import Login, State
from mom.sim.subscribing import complete_subscription, see

Args = Mapping[str, Any]
Result = dict[str, Any]
Deed = Callable[[State, Args], Result]


def add_user(state: State, args: Args) -> Result:
    """Add a user: `attrs`, or one by chance."""
    given = _attrs(state, state.users, args)
    values = population.new_user(state, state.rng) | given if not given.get("num") else given
    return _with(state, lambda phones: {"uid": phones.create(state.users, values).id})


def add_device(state: State, args: Args) -> Result:
    """Add a device: `attrs`, or one by chance (subscribed unless `subscribed` is false)."""
    given = _attrs(state, state.devices, args)
    values = given
    if not given.get("ipei"):
        subscribed = bool(args.get("subscribed", True))
        values = population.new_device(state, state.rng, subscribed) | given
    values = home(state, state.devices, values)
    return _with(state, lambda phones: {"ppn": phones.create(state.devices, values).id})


def change_user(state: State, args: Args) -> Result:
    """Change `attrs` of a user, found by `uid` or `num`."""
    return _change(state, state.users, args)


def change_device(state: State, args: Args) -> Result:
    """Change `attrs` of a device, found by `ppn` or `ipei`."""
    return _change(state, state.devices, args)


def delete_user(state: State, args: Args) -> Result:
    """Delete a user."""
    record = _record(state, state.users, args)
    return _with(state, lambda phones: phones.delete(record))


def delete_device(state: State, args: Args) -> Result:
    """Delete a device."""
    record = _record(state, state.devices, args)
    return _with(state, lambda phones: phones.delete(record))


def bind(state: State, args: Args) -> Result:
    """Bind a user to a device; `relType` Dynamic if nothing is said."""
    user, device = _record(state, state.users, args), _record(state, state.devices, args)
    relation = str(args.get("relType", "Dynamic"))
    return _with(state, lambda phones: phones.bind(user, device, relation))


def unbind(state: State, args: Args) -> Result:
    """End the relation of a user or device."""
    book = state.users if "uid" in args or "num" in args else state.devices
    record = _record(state, book, args)
    return _with(state, lambda phones: phones.unbind(record))


def set_setting(state: State, args: Args) -> Result:
    """Change a setting locally: `name` such as DevAutoCreate, and its `attrs`."""
    name = str(args["name"])
    if name not in settings.SETTINGS:
        raise no_entry(f"settings: {', '.join(settings.SETTINGS)}")
    element = make(name, _texts(args))
    settings.change_setting(state, name, settings.check(state, name, element, True), None)
    return {"setting": state.settings[name]}


def put_room(state: State, args: Args) -> Result:
    """Make or change a conference room: `id` and `attrs`."""
    id = int(args["id"])
    rooms.put_room(state, id, rooms.check_room(state, make("room", _texts(args)), True))
    return {"room": state.rooms[id]}


def delete_room(state: State, args: Args) -> Result:
    """Delete a conference room: `id`."""
    rooms.drop_room(state, int(args["id"]))
    return {}


def is_active(state: State, device: Record) -> bool:
    """Whether a device is one of the OMM's active local phones."""
    is_home = device.get("ommId") == state.identity.ari and device.get("s") == "Yes"
    return is_home and device.id not in state.deregistered


def leave(state: State, ipei: str) -> None:
    """A phone that waited at this site for an answer is gone."""
    state.located.pop(ipei_key(ipei), None)
    state.refused_phones.pop(ipei_key(ipei), None)
    state.awaited.discard(ipei_key(ipei))


def locate(state: State, args: Args) -> Result:
    """A phone (`ipei`) registers at this site: `served`, `told` to the MOM, `taken`, `refused`.

    An OMM without MOM takes the phone of a permanent user that it knows, and no other.
    """
    ipei = str(args["ipei"])
    device = state.devices.by_unique(ipei)
    if device is not None and is_active(state, device):
        _with(state, lambda phones: see(phones, device))
        return {"result": "served"}
    state.refused_phones.pop(ipei_key(ipei), None)
    state.located.setdefault(ipei_key(ipei), state.precise_now())
    event: dict[str, Value] = {"ipei": ipei, "rfpId": int(args.get("rfpId", 0))}
    if state.tell("Roaming", "EventDECTLocate", event):
        state.count("roams")
        return {"result": "told"}
    state.located.pop(ipei_key(ipei))
    user = Phones(state).bound(device) if device is not None else None
    if device is None or device.get("s") != "Yes" or user is None or user.get("permanent") != "1":
        return {"result": "refused"}
    ari = state.identity.ari
    state.deregistered.discard(device.id)
    moved = {"ommId": ari, "ommIdAck": ari, "roaming": "RoamingComplete"}
    _with(state, lambda phones: phones.change(device, moved | {ROAMING: str(state.now())}))
    _with(state, lambda phones: see(phones, device))
    return {"result": "taken"}


def subscribe(state: State, args: Args) -> Result:
    """A phone (`ipei`, maybe `addId`) subscribes: `subscribed`, `told` to the MOM, `refused`."""
    ipei, additional = str(args["ipei"]), str(args.get("addId", ""))
    device = state.devices.by_unique(ipei)
    if device is not None:
        return _subscribed(state, device)
    if state.settings["DevAutoCreate"]["enable"] == "1":
        given = state.rules.check(state.devices.kind, {"ipei": ipei, "autoCreate": "1"})
        values = home(state, state.devices, given)
        made: list[Record] = []
        _with(state, lambda phones: made.append(phones.create(state.devices, values)))
        return _subscribed(state, made[0])
    event: dict[str, Value] = {"ipei": ipei, "rfpId": int(args.get("rfpId", 0))}
    if additional:
        event["addId"] = additional
    state.awaited.add(ipei_key(ipei))
    told = state.tell("Roaming", "EventDECTSubscribe", event)
    return {"result": "told" if told else "refused"}


def unsubscribe(state: State, args: Args) -> Result:
    """The subscription of a device ends at the site."""
    device = _record(state, state.devices, args)
    return _with(state, lambda phones: phones.change(device, {"s": "No", "uak": ""}))


def login(state: State, args: Args) -> Result:
    """Somebody logs in on a phone (`ppn` or `ipei`) with `num` or `addId`, and `pin`."""
    device = _record(state, state.devices, args)
    if Phones(state).bound(device) is not None:
        raise Refusal("EForbidden", "somebody is logged in")
    name = "addId" if "addId" in args else "num"
    number, pin = str(args[name]), str(args.get("pin", ""))
    user = next((user for user in state.users if user.get(name) == number), None)
    if user is not None:
        if user.get("pin") != pin:
            raise Refusal("EAuth", "wrong PIN")
        _link(state, user, device)
        return {"result": "linked"}
    state.logins[device.id] = Login(number, pin)
    event: dict[str, Value] = {"ppn": device.id, name: number, "pin": state.voice.seal(pin)}
    told = state.tell("Roaming", "EventPPLogin", event)
    return {"result": "told" if told else "refused"}


def logout(state: State, args: Args) -> Result:
    """The user of a phone (`ppn` or `ipei`) logs out."""
    device = _record(state, state.devices, args)
    user = Phones(state).bound(device)
    if user is None:
        raise no_entry("nobody is logged in")
    _with(state, lambda phones: phones.unbind(device))
    state.tell("Roaming", "EventPPLink", {"ppn": device.id, "uid": 0, "relType": "Unbound"})
    return {}


def emit(state: State, args: Args) -> Result:
    """Send any event: its `eventType`, `name`, and `attrs`."""
    return {"told": state.tell(str(args["eventType"]), str(args["name"]), _texts(args))}


def set_bases(state: State, args: Args) -> None:
    """Change how many base stations there are (`total`) and are `connected`."""
    state.bases.total = int(args.get("total", state.bases.total))
    state.bases.connected = int(args.get("connected", state.bases.connected))
    state.tell("RFPSummary", "EventRFPSummary", base_summary(state))


def delays(states: Iterable[State]) -> dict[str, float]:
    """How long phones waited from the location event to SetPP, in seconds: count, p50, p99, max."""
    waited = sorted(delay for state in states for delay in state.delays)
    if not waited:
        return {"count": 0}
    last = len(waited) - 1
    return {
        "count": len(waited),
        "p50": waited[last // 2],
        "p99": waited[last * 99 // 100],
        "max": waited[last],
    }


def _subscribed(state: State, device: Record) -> Result:
    complete_subscription(state, device)
    return {"result": "subscribed", "ppn": device.id}


def _link(state: State, user: Record, device: Record) -> None:
    before = Phones(state).bound(user)
    _with(state, lambda phones: phones.bind(user, device, "Dynamic"))
    if before is not None and before is not device:
        moved: dict[str, Value] = {"uid": user.id, "ppn": device.id}
        state.tell("Roaming", "EventPPUserMovedLocally", moved)
        return
    link: dict[str, Value] = {"ppn": device.id, "uid": user.id, "relType": "Dynamic"}
    state.tell("Roaming", "EventPPLink", link)


def _with(state: State, act: Callable[[Phones], Any]) -> Result:
    """Do something to users and devices, and tell everybody."""
    phones = Phones(state)
    result = act(phones)
    finish(state, None, phones)
    return result if isinstance(result, dict) else {}


def _change(state: State, book: Book, args: Args) -> Result:
    record = _record(state, book, args)
    values = _attrs(state, book, args)
    return _with(state, lambda phones: phones.change(record, values, stamped=True))


def _record(state: State, book: Book, args: Args) -> Record:
    kind = book.kind
    if kind.key in args:
        return book.get(int(args[kind.key]))
    record = book.by_unique(str(args.get(kind.unique, "")))
    if record is None:
        raise no_entry(f"no {kind.tag} {args.get(kind.unique, '')}")
    return record


def _attrs(state: State, book: Book, args: Args) -> dict[str, str]:
    values = state.rules.check(book.kind, _texts(args), plain=True)
    return {n: v for n, v in values.items() if n not in (book.kind.key, "relType", book.kind.other)}


def _texts(args: Args) -> dict[str, str]:
    element: Element = make("e", {str(k): v for k, v in dict(args.get("attrs", {})).items()})
    return element.attrs


DEEDS: Mapping[str, Deed] = {
    "add-user": add_user,
    "add-device": add_device,
    "change-user": change_user,
    "change-device": change_device,
    "delete-user": delete_user,
    "delete-device": delete_device,
    "bind": bind,
    "unbind": unbind,
    "set": set_setting,
    "put-room": put_room,
    "delete-room": delete_room,
    "unsubscribe": unsubscribe,
    "login": login,
    "logout": logout,
    "emit": emit,
    **writing.DEEDS,
}
"""Deeds by the name of their command."""
