"""Measure the store: cold import, single units, pages over 50,000 rows; beside the bare driver.

    python -m benchmarks.store [--url sqlite:///FILE|postgresql://...] [--users 50000] [--json]

The floor is the driver's own executemany of the same rows on SQLite, without a record, an index,
encryption or a thread. Without a URL a temporary SQLite file is used.
"""

import argparse
import json
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import react

from mom.model.attribute import Kind, attributes
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.model.secret import Secret
from mom.model.user import User
from mom.store.query import Filter, Query
from mom.store.records import RowMapper
from mom.store.store import Store
from mom.store.users import USERS
from mom.store.vault import KEY_BYTES, Vault
from mom.store.work import Work

UNIT = 200
OMMS = 500
SINGLES = 500
ROUNDS = 5
VAULT = Vault(bytes(KEY_BYTES))
PAGES = {
    "first rows": Query(),
    "by an indexed column": Query(sort="name"),
    "by an indexed column, from the middle": Query(sort="-num", offset=25_000),
    "by a column without an index": Query(sort="hierarchy2", offset=25_000),
    "quick search": Query(q="user 49"),
    "filter and order": Query(sort="-sipAuthId", filters=(Filter("hierarchy1", "contains", "7"),)),
}


def full_user(number: int, users: int) -> User:
    """A user whose every attribute an OMM has told, in no order."""
    kinds: dict[Kind, Any] = {Kind.NUMBER: 0, Kind.BOOLEAN: True}
    told = {
        a.name: ("On" if a.attr.choices else "") if a.kind is Kind.TEXT else kinds[a.kind]
        for a in attributes(User)
        if a.kind is not Kind.SECRET
    }
    mixed = number * 7919 % users
    own = {
        "uid": number,
        "ppn": number,
        "num": str(1000 + mixed),
        "name": f"User {mixed}",
        "add_id": str(number),
        "hierarchy1": f"Floor {number % 100}",
        "hierarchy2": f"Größe {number * 31 % users}",
        "sip_auth_id": str(1000 + number * 31 % users),
        "pin": Secret("1234"),
        "sip_pw": Secret("a password"),
    }
    return User(**{**told, **own})


def full_device(number: int) -> Device:
    """A subscribed device of the user with the same number."""
    return Device(
        ppn=number,
        uid=number,
        home=OmmId(1 + number % OMMS),
        ipei=f"03074 {number:07d} 0",
        uak="0123456789abcdef",
        s="Yes",
        hw_type="622d",
    )


def floor(users: list[User]) -> float:
    """Rows a second of the bare driver."""
    mapper: RowMapper[User] = RowMapper(USERS, VAULT)
    rows = list(mapper.to_columns(users).each())
    with tempfile.TemporaryDirectory() as directory:
        connection = sqlite3.connect(Path(directory) / "floor.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(
            f"CREATE TABLE users (uid INTEGER PRIMARY KEY, {', '.join(mapper.names[1:])})"
        )
        marks = ", ".join("?" for _ in mapper.names)
        started = time.perf_counter()
        for at in range(0, len(rows), UNIT):
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO users VALUES ({marks})", rows[at : at + UNIT])
            connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        connection.close()
    return len(rows) / seconds


async def rate(store: Store, count: int, put: Callable[[Work, int], None]) -> float:
    """Records a second, `UNIT` of them in a unit of work."""
    started = time.perf_counter()
    for at in range(0, count, UNIT):
        async with store.write() as work:
            for index in range(at, min(at + UNIT, count)):
                put(work, index)
    return count / (time.perf_counter() - started)


async def single(store: Store, devices: list[Device], durable: bool) -> float:
    """Microseconds for a unit of one record."""
    started = time.perf_counter()
    for device in devices[:SINGLES]:
        async with store.write(durable=durable) as work:
            work.put_device(device, device)
    return (time.perf_counter() - started) / SINGLES * 1e6


async def page(store: Store, view: str, query: Query) -> float:
    """Milliseconds for a page, the best of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await store.read(lambda reading: reading.page(view, query))
        rounds.append(time.perf_counter() - started)
    return min(rounds) * 1e3


async def measure(url: str, count: int) -> dict[str, float]:
    """All figures by name."""
    users = [full_user(number, count) for number in range(1, count + 1)]
    devices = [full_device(number) for number in range(1, count + 1)]
    figures = {"floor: rows/s of the driver": floor(users)}
    store = await Store.open(url, VAULT, reactor, time.time)
    async with store.write() as work:
        for number in range(1, OMMS + 1):
            work.put_omm(None, Omm(id=OmmId(number), name=f"Site {number}", omm1="10.0.0.1"))

    def copy(work: Work, index: int) -> None:
        noun = (Noun.USER, Noun.DEVICE)[index % 2]
        omm = OmmId(1 + index % OMMS)
        work.put_copy(
            Copy(noun=noun, number=1 + index // 2, omm=omm, local=index, agreed=bytes(150))
        )

    figures["users/s"] = await rate(store, count, lambda work, i: work.put_user(None, users[i]))
    figures["devices/s"] = await rate(
        store, count, lambda work, i: work.put_device(None, devices[i])
    )
    figures["copies/s"] = await rate(store, 2 * count, copy)
    figures["lines/s"] = await rate(
        store, count, lambda work, i: work.add_line(Noun.USER, i, 1, f"user {i}: created")
    )
    figures["single unit, us"] = await single(store, devices, durable=False)
    figures["single durable unit, us"] = await single(store, devices, durable=True)
    for view in ("users", "pairs"):
        for name, query in PAGES.items():
            figures[f"{view}, {name}, ms"] = await page(store, view, query)
    await store.close()
    return figures


async def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as directory:
        url = arguments.url or f"sqlite:///{directory}/mom.db"
        figures = await measure(url, arguments.users)
    facts = {"machine": platform.platform(), "cores": os.cpu_count(), "rows": arguments.users}
    if arguments.json:
        print(json.dumps({**facts, "figures": figures}))
        return
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    for name, value in figures.items():
        print(f"{name:55} {value:12,.1f}")


def main(_reactor: object) -> Deferred[None]:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="")
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    return ensureDeferred(run(parser.parse_args()))


if __name__ == "__main__":
    react(main)
