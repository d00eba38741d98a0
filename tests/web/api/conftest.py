"""A house over a real store and a real directory, with three users and two devices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from mom.directory.directory import Directory
from mom.doors import editing
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.secret import Secret
from mom.model.user import User
from mom.store.store import Store
from mom.store.vault import KEY_BYTES, Vault
from mom.web.api.decisions import DecisionRoutes
from mom.web.api.jobs import JobRoutes
from mom.web.api.records import RecordRoutes
from mom.web.api.roams import RoamRoutes
from mom.web.api.room_bulk import RoomBulkRoutes
from mom.web.api.rooms import RoomRoutes
from mom.web.api.trash import TrashRoutes
from mom.web.records import Records
from tests.web.api.house import House

PIN = "9182736"


def user(number: int, num: str, **more: Any) -> User:
    return User(uid=UserNumber(number), num=num, name=f"Name {num}", **more)


def device(number: int, **more: Any) -> Device:
    return Device(ppn=DeviceNumber(number), ipei=f"03074 02202{number:02d} 1", **more)


async def fill(store: Store) -> None:
    async with store.write() as work:
        work.raise_number(Noun.USER, 3)
        work.raise_number(Noun.DEVICE, 12)
        bound = {"ppn": DeviceNumber(11), "rel_type": "Dynamic"}
        work.put_user(None, user(1, "100", **bound, pin=Secret(PIN), vip=True, hierarchy1="Cellar"))
        work.put_user(None, user(2, "99", marks=("not accepted by OMM 0004: EInval num",)))
        work.put_user(None, user(3, "20", hierarchy1="attic", extra={"newThing": "1"}))
        work.put_device(
            None,
            device(
                11,
                uid=UserNumber(1),
                rel_type="Dynamic",
                home=OmmId(4),
                uak="0123456789ABCDEF",
                encrypt=True,
            ),
        )
        work.put_device(None, device(12, revision=7))
        work.add_line(Noun.USER, 1, 1000, "name from OMM 0004, newer there")


@pytest.fixture
def store(tmp_path: Path, home: House) -> Iterator[Store]:
    opening = Store.open(
        f"sqlite:///{tmp_path / 'mom.db'}", Vault(bytes(KEY_BYTES)), reactor, home.clock.seconds
    )
    store = pytest_twisted.blockon(Deferred.fromCoroutine(opening))
    pytest_twisted.blockon(Deferred.fromCoroutine(fill(store)))
    yield store
    pytest_twisted.blockon(Deferred.fromCoroutine(store.close()))


@pytest.fixture
def records(store: Store) -> Records:
    return Records(store)


@pytest.fixture
def manor(store: Store, records: Records, home: House) -> Iterator[House]:
    directory = Directory(store, home.events, home.clock.seconds, clock=home.clock)
    pytest_twisted.blockon(Deferred.fromCoroutine(directory.start()))
    home.app.add([RecordRoutes(records=records)])
    home.app.add([RoamRoutes(records=records), DecisionRoutes(records=records)])
    home.app.add([*editing(directory, records, home.jobs), JobRoutes(jobs=home.jobs)])
    trash = TrashRoutes(store=store, revival=directory.revival, records=records)
    home.app.add([trash])
    rooms = directory.rooms.editor
    home.app.add([RoomRoutes(editor=rooms, records=records)])
    home.app.add([RoomBulkRoutes(editor=rooms, jobs=home.jobs)])
    yield home
    pytest_twisted.blockon(Deferred.fromCoroutine(directory.stop()))
