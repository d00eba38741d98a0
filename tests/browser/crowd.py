"""A database full of generated records, for pages and benchmarks: `python -m tests.browser.crowd`.

Written with the store itself while the service is not running. The OMMs that are made here are
disabled, so that nothing is sent anywhere.
"""

import argparse
import os
import random
import time
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import react

from mom.config import config_file, load
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber, check_digit
from mom.model.omm import Omm
from mom.model.secret import Secret
from mom.model.user import User
from mom.office import open_office
from mom.store.store import Store

CHUNK = 2000
FIRST = (
    *("Anna", "Bernd", "Carla", "David", "Elif", "Franz", "Greta", "Hannes", "Ines", "Jürgen"),
    *("Katrin", "Lukas", "Maria", "Nils", "Olga", "Peter", "Renate", "Stefan", "Tanja", "Ute"),
)
LAST = (
    *("Albrecht", "Bauer", "Conrad", "Dietrich", "Ebert", "Fischer", "Günther", "Hoffmann"),
    *("Jansen", "Krüger", "Lehmann", "Maier", "Neumann", "Otto", "Peters", "Richter"),
    *("Schäfer", "Thomas", "Vogel", "Winter", "Yilmaz", "Zimmermann"),
)
PLACES = ("Ward 3", "Kitchen", "Gate 2", "Workshop", "Laboratory", "Reception", "Store", "")
TOWNS = (
    *("Aachen", "Berlin", "Bremen", "Dresden", "Erfurt", "Essen", "Frankfurt", "Halle"),
    *("Hamburg", "Hannover", "Jena", "Kassel", "Kiel", "Leipzig", "Mainz", "München"),
    *("Nürnberg", "Potsdam", "Rostock", "Stuttgart", "Trier", "Ulm", "Weimar", "Würzburg"),
)
TYPES = ("612d", "622d", "632d", "650c")


def user_and_device(number: int, omms: int, dice: random.Random) -> tuple[User, Device | None]:
    """The user of that number, and the device bound to it; every tenth user has none."""
    name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"[:20]
    bound = number % 10 != 0
    relation = dice.choice(("Fixed", "Fixed", "Dynamic")) if bound else "Unbound"
    user = User(
        uid=UserNumber(number),
        ppn=DeviceNumber(number if bound else 0),
        rel_type=relation,
        num=str(600_000 + number),
        name=name,
        add_id=str(number) if number % 3 else "",
        hierarchy1=dice.choice(PLACES),
        hierarchy2=dice.choice(TOWNS),
        permanent=number % 200 == 1,
        lang="German" if number % 5 else "English",
        sip_auth_id=f"sip{600_000 + number}",
        sip_pw=Secret("not so secret") if number % 2 else None,
        forward_state=dice.choice(("Off", "Busy", "NoAnswer")),
        vip=number % 50 == 0,
        monitoring_mode="Passive",
        marks=("num is also used by user 17",) if number % 4999 == 0 else (),
    )
    return user, device(number, relation, omms, dice) if bound else None


def device(number: int, relation: str, omms: int, dice: random.Random) -> Device:
    """The device of that number, bound to the user of the same number."""
    digits = f"03586{number:07d}"
    subscribed = number % 17 != 0
    return Device(
        ppn=DeviceNumber(number),
        uid=UserNumber(number),
        rel_type=relation,
        ipei=f"{digits[:5]} {digits[5:]} {check_digit(digits)}",
        ac=f"{dice.randrange(10**4):04d}" if number % 4 == 0 else None,
        s="Yes" if subscribed else "No",
        home=OmmId(dice.randint(1, omms) if subscribed else 0),
        encrypt=number % 3 == 0,
        hw_type=dice.choice(TYPES),
        cap_messaging=True,
    )


def omm(number: int) -> Omm:
    """A site that MOM does not connect to."""
    return Omm(
        id=OmmId(number),
        enabled=False,
        name=f"{TOWNS[number % len(TOWNS)]} {number // len(TOWNS) + 1}",
        description="Main building and annex" if number % 3 else "",
        omm1=f"10.{number // 250}.{number % 250}.10",
        omm2=f"10.{number // 250}.{number % 250}.11" if number % 4 == 0 else "",
        username="omm",
        password="omm",
        park=f"1F10{number * 7919 % 2**24:06X}",
        omm_version="SIP-DECT 9.0SP1-GB31",
        protocol_version=45,
        last_sync=1_780_000_000 - number * 3600,
    )


async def crowd(store: Store, users: int, omms: int) -> None:
    """Write so many users, nine devices for ten of them, and so many OMMs."""
    dice = random.Random(1)
    async with store.write() as work:
        for number in range(1, omms + 1):
            work.put_omm(None, omm(number))
        work.raise_number(Noun.OMM, omms)
    for first in range(1, users + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, users + 1))
        async with store.write() as work:
            for number in numbers:
                user, phone = user_and_device(number, omms, dice)
                work.put_user(None, user)
                if phone is not None:
                    work.put_device(None, phone)
            work.raise_number(Noun.USER, numbers[-1])
            work.raise_number(Noun.DEVICE, numbers[-1])
            work.many(Noun.USER, numbers)
            work.add_line(Noun.USER, numbers[0], int(time.time()) - 300, "name from OMM 0004")


def main(reactor: Any, config: Path, users: int, omms: int) -> Deferred[None]:
    """Fill the database of an installation that is set up and does not run."""

    async def fill() -> None:
        office = await open_office(load(config_file(str(config), os.environ)), reactor, time.time)
        try:
            await crowd(office.store, users, omms)
        finally:
            await office.close()

    return Deferred.fromCoroutine(fill())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--omms", type=int, default=24)
    given = parser.parse_args()
    react(main, (given.config, given.users, given.omms))
