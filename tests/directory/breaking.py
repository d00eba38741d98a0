"""Something breaks after so many steps; afterwards all that must never be wrong is right."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from mom.axi.secrets import PrivateKey
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.device import ROAMING_COMPLETE
from mom.model.identities import ipei_key
from mom.model.user import User
from tests.directory.conftest import World
from tests.directory.fake_records import LOCAL, TOLD, UNIQUE

OTHER_KEY = PrivateKey.generate(512)
"""The key of an OMM that cannot read what was encrypted for the others."""
KINDS = {Noun.USER: "user", Noun.DEVICE: "pp"}
React = Callable[[], None]
"""What phones and OMMs do by themselves as soon as they can."""
Break = Callable[[World, int, React], Awaitable[bool]]
"""Lets so many steps happen and breaks something; False if all was over before."""


async def _messages(world: World, count: int, react: React) -> bool:
    for _ in range(count):
        if not await world.steps(1):
            return False
        react()
    return True


def cut(*numbers: int, away: int = 0) -> Break:
    """The links of these OMMs break after so many messages, for so many seconds."""

    async def act(world: World, count: int, react: React) -> bool:
        more = await _messages(world, count, react)
        for number in numbers:
            world.cut(number)
        if away:
            await world.rest()
            world.now += away
            world.clock.advance(away)
        return more

    return act


async def kill_at_message(world: World, count: int, react: React) -> bool:
    """MOM is killed after so many messages."""
    more = await _messages(world, count, react)
    await world.kill()
    return more


async def kill_at_commit(world: World, count: int, react: React) -> bool:
    """MOM is killed when it has stored so many things, before it learns of the last one."""
    world.life.end_after(count)
    while await world.steps(1):
        react()
    more = world.life.over
    await world.kill()
    return more


BREAKS: dict[str, Break] = {
    "the link of the one OMM": cut(1),
    "the link of the other OMM": cut(2),
    "both links": cut(1, 2),
    "both links for an hour": cut(1, 2, away=3600),
    "MOM at a message": kill_at_message,
    "MOM at a commit": kill_at_commit,
}
LONG = ("the link of the one OMM", "both links")
"""These belong to the long runs where most steps are those of the other OMM."""


def usual() -> list[Any]:
    """All that may break; what belongs to the long runs is marked so."""
    soak = pytest.mark.soak
    return [pytest.param(name, marks=soak if name in LONG else ()) for name in BREAKS]


async def reconnected(world: World, react: React) -> None:
    """All OMMs are connected again, what was offered has had its time, and all rest."""
    for number in world.sites:
        if number not in world.ports:
            await world.connect(number)
    react()
    await world.rest()
    world.clock.advance(600)
    await world.rest()


async def faults(world: World, pins: dict[str, str]) -> list[str]:
    """What is wrong at rest: disagreement, homes, and numbers or secrets that are another's.

    `pins` are the right ones, by number to dial.
    """
    assert await world.index_is_true()
    records = await _records(world)
    found = await world.differences()
    found += [f"device {number} is still moving" for number in world.mom.index.moving]
    found += [*_doubles(records), *_homes(world, records), *_strangers(world, records)]
    return [*found, *_wrong(world, pins)]


async def _records(world: World) -> dict[tuple[str, str], Record]:
    """All records of MOM by kind and system-wide number."""
    users = await world.store.read(lambda reading: list(reading.all_users()))
    devices = await world.store.read(lambda reading: list(reading.all_devices()))
    found: dict[tuple[str, str], Record] = {("user", str(user.uid)): user for user in users}
    return found | {("pp", str(device.ppn)): device for device in devices}


def _key(record: Record) -> str:
    return record.num or "" if isinstance(record, User) else ipei_key(record.ipei)


def _doubles(records: dict[tuple[str, str], Record]) -> Iterator[str]:
    keys = Counter((kind, _key(record)) for (kind, _), record in records.items())
    yield from (f"{key} is there {count} times" for key, count in keys.items() if count > 1)


def _homes(world: World, records: dict[tuple[str, str], Record]) -> Iterator[str]:
    """Where phones live by MOM, and that other OMMs have only those of permanent users."""
    aris = {number: site.ari for number, site in world.sites.items()}
    for (kind, number), record in records.items():
        if kind == "user":
            continue
        if record.s != "Yes":
            if record.home:
                yield f"{record.ipei} is not subscribed and has a home"
            continue
        told = (record.omm_id, record.omm_id_ack, record.roaming)
        ari = aris.get(record.home)
        if told != (ari, ari, ROAMING_COMPLETE):
            yield f"device {number} at {record.home} has {told}"
        partner = records.get(("user", str(record.uid)))
        everywhere = partner is not None and partner.permanent
        holders = {n for n, site in world.sites.items() if site.device_of(record.ipei) is not None}
        if holders != (set(world.sites) if everywhere else {record.home}):
            yield f"device {number} lives at {record.home} and is at {holders}"


def _strangers(world: World, records: dict[tuple[str, str], Record]) -> Iterator[str]:
    """Numbers that the OMMs hold or were ever sent, and that are not those of the record."""
    for site in world.sites.values():
        for kind in KINDS.values():
            numbers = Counter(record[TOLD[kind]] for record in site.records[kind].values())
            yield from (f"{kind} {n} twice at {site.park}" for n, c in numbers.items() if c > 1)
            for record in site.records[kind].values():
                known = records.get((kind, record[TOLD[kind]]))
                mine = record[UNIQUE[kind]]
                if known is None or _key(known) != (mine if kind == "user" else ipei_key(mine)):
                    yield f"{kind} {record[LOCAL[kind]]} of {site.park} has a foreign number"
    sent: dict[tuple[str, str], set[str]] = {}
    for site in world.sites.values():
        for request in site.requests:
            for child in request.children:
                key = child.get(UNIQUE.get(child.name, ""))
                if key and child.get(TOLD[child.name], "0") != "0":
                    sent.setdefault((child.name, child.get(TOLD[child.name])), set()).add(key)
    yield from (f"{number} was given to {keys}" for number, keys in sent.items() if len(keys) > 1)


def _wrong(world: World, pins: dict[str, str]) -> Iterator[str]:
    """PINs at the OMMs that are neither the right one nor missing."""
    for site in world.sites.values():
        for local, user in site.records["user"].items():
            pin = site.secrets[local]["pin"]
            if pin not in ("", pins[user["num"]]):
                yield f"user {user['num']} has the PIN {pin} at {site.park}"
