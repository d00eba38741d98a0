"""Filling an OMM with users and phones that look real, the same for the same seed.

Numbers to dial and IPEIs are distinct in the whole fleet. Phones are subscribed at their OMM.
"""

from __future__ import annotations

import random
import string

import msgspec

from mom.model.identities import ipei, ipei_key
from mom.sim.phones import Phones
from mom.sim.rules import LANGUAGES
from mom.sim.state import State

MOST = 10_000
"""Most users or devices of one OMM; the numbers to dial of two OMMs do not meet below it."""

_EMC = 3074
_SERIALS = 10_000_000
_FIRST = [
    "Anna",
    "Bernd",
    "Clara",
    "David",
    "Elif",
    "Frank",
    "Greta",
    "Hasan",
    "Ines",
    "Jonas",
    "Karla",
    "Lukas",
    "Mia",
    "Nils",
    "Olga",
    "Paul",
    "Rosa",
    "Stefan",
    "Tom",
    "Ute",
    "Vera",
    "Walter",
    "Yusuf",
    "Zoe",
]
_LAST = [
    "Adler",
    "Bauer",
    "Celik",
    "Demir",
    "Ernst",
    "Fuchs",
    "Graf",
    "Huber",
    "Ivanov",
    "Jung",
    "Keller",
    "Lang",
    "Meyer",
    "Nowak",
    "Otto",
    "Peters",
    "Roth",
    "Schulz",
    "Thoma",
    "Unger",
    "Vogel",
    "Weber",
    "Yilmaz",
    "Zander",
]
_WARDS = ("Ward 1", "Ward 2", "Surgery", "Kitchen", "Reception", "IT", "Store", "Garden")
_MODELS = ("612d", "622d", "632d", "650c")
_DAY = 86_400
_MADE_BEFORE = 1_750_000_000


class Amounts(msgspec.Struct, frozen=True):
    """How much an OMM holds: bound pairs as far as both reach, then unbound ones of the rest.

    `unbound_users` and `unbound_devices` come on top; these devices are not subscribed.
    """

    users: int = 100
    devices: int = 100
    unbound_users: int = 0
    unbound_devices: int = 0


def populate(state: State, amounts: Amounts, rng: random.Random) -> None:
    """Make the users and devices of a new OMM."""
    phones = Phones(state)
    index = state.identity.index
    pairs = min(amounts.users, amounts.devices)
    for place in range(amounts.users + amounts.unbound_users):
        user = phones.create(state.users, _user(rng, state.now(), index, place))
        if place < pairs:
            device = phones.create(state.devices, _device(state, rng, place, subscribed=True))
            relation = "Fixed" if rng.random() < 0.8 else "Dynamic"
            phones.bind(user, device, relation, (user.number("timeStampAdmin"),) * 2)
        phones.changes.clear()
    for place in range(pairs, amounts.devices + amounts.unbound_devices):
        subscribed = place < amounts.devices
        phones.create(state.devices, _device(state, rng, place, subscribed=subscribed))
    phones.changes.clear()


def warm(state: State) -> None:
    """Encode every record now, so that the first reading costs no more than the second."""
    if state.voice.keeps:
        for book in (state.users, state.devices):
            for record in book:
                state.voice.record(record)


def new_user(state: State, rng: random.Random) -> dict[str, str]:
    """A user that somebody adds while the OMM runs; its number is free here."""
    place = MOST // 2 + rng.randrange(MOST // 2)
    while state.users.by_unique(_number(state.identity.index, place)) is not None:
        place = MOST // 2 + rng.randrange(MOST // 2)
    return _user(rng, state.now(), state.identity.index, place, fresh=True)


def new_device(state: State, rng: random.Random, subscribed: bool = True) -> dict[str, str]:
    """A device that somebody adds while the OMM runs; its IPEI is free here."""
    place = MOST // 2 + rng.randrange(MOST // 2)
    while state.devices.by_unique(_ipei(state.identity.index, place)) is not None:
        place = MOST // 2 + rng.randrange(MOST // 2)
    return _device(state, rng, place, subscribed=subscribed, fresh=True)


def a_name(rng: random.Random) -> str:
    """A name of at most 20 characters."""
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def a_password(rng: random.Random) -> str:
    """A password of 12 letters and digits."""
    return "".join(rng.choices(string.ascii_letters + string.digits, k=12))


def _number(index: int, place: int) -> str:
    return str(index * MOST + place + 1)


def _ipei(index: int, place: int) -> str:
    serial = index * MOST + place
    return ipei(f"{_EMC + serial // _SERIALS:05d} {serial % _SERIALS:07d}")


def _user(
    rng: random.Random, now: int, index: int, place: int, fresh: bool = False
) -> dict[str, str]:
    number = _number(index, place)
    made = now if fresh else _MADE_BEFORE - rng.randrange(300 * _DAY)
    return {
        "name": a_name(rng),
        "num": number,
        "hierarchy1": rng.choice(_WARDS),
        "hierarchy2": f"Site {index}",
        "addId": number,
        "pin": f"{rng.randrange(10_000):04d}",
        "sipAuthId": number,
        "sipPw": a_password(rng),
        "lang": LANGUAGES[rng.randrange(3)],
        "vip": "1" if rng.random() < 0.1 else "0",
        **({} if fresh else {"timeStampAdmin": str(made), "timeStampRelation": str(made)}),
    }


def _device(
    state: State, rng: random.Random, place: int, subscribed: bool, fresh: bool = False
) -> dict[str, str]:
    ari = state.identity.ari
    made = _MADE_BEFORE - rng.randrange(300 * _DAY)
    values = {
        "ipei": _ipei(state.identity.index, place),
        "ommId": ari,
        "ommIdAck": ari,
        "roaming": "RoamingComplete",
    }
    if not fresh:
        stamps = ("timeStampAdmin", "timeStampRelation", "timeStampRoaming")
        values |= dict.fromkeys((*stamps, "timeStampSubscription"), str(made))
    if subscribed:
        values |= subscription(state, f"{rng.getrandbits(128):032X}")
        values |= appearance(values["ipei"])
    return values


def appearance(number: str) -> dict[str, str]:
    """What an OMM sees of a phone with that IPEI once it is there: its model, what it can do."""
    model = _MODELS[int(ipei_key(number)[:12]) % len(_MODELS)]
    return {"hwType": model, "capMessaging": "1", "capEnhLocating": "1"}


def subscription(state: State, uak: str) -> dict[str, str]:
    """The values of a device on which a phone has subscribed with that key."""
    ari = state.identity.ari
    return {
        "s": "Yes",
        "uak": uak,
        "modicType": "01",
        "locationData": "000001000000",
        "dectIeFixedId": f"06A0A0{ari}00",
        "subscriptionId": f"0500C0{uak[:8]}0000",
    }
