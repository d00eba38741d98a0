import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import blockon
from twisted.internet.defer import ensureDeferred

from tests.postgresql import PostgresqlServer
from tests.system.house import House, new_house
from tests.system.outside import Place, StandIn, pairs
from tests.system.processes import Mom, Program, free_port, simulator

PLACES = itertools.count(1)


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Programs that are ended when the test is over, however it ends."""
    started: list[Program] = []
    yield started
    for program in reversed(started):
        program.end()


@pytest.fixture
def mom(tmp_path: Path, programs: list[Program]) -> Mom:
    """An installation that was not set up yet."""
    installation = Mom(tmp_path)
    installation.on_start = programs.append
    return installation


@pytest.fixture
def fleet(tmp_path: Path, programs: list[Program]) -> Callable[..., Program]:
    """Starts a simulated fleet."""

    def start(port: int, **options: int | str) -> Program:
        program = simulator(tmp_path, port, **options)
        program.start()
        programs.append(program)
        return program

    return start


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty database on a server of its own."""
    server = PostgresqlServer()
    yield server.new_database()
    server.stop()


@pytest.fixture(scope="package")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One MOM without a licence for all tests here: each has sites and numbers of its own."""
    house = blockon(ensureDeferred(new_house(tmp_path_factory.mktemp("house"))))
    yield house
    house.mom.service.end()


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    yield shared_house
    blockon(ensureDeferred(shared_house.close()))
    assert "Traceback" not in shared_house.mom.service.text()


@pytest.fixture(scope="package")
def licensed_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One MOM with a licence for the tests of phones that come and go."""
    folder = tmp_path_factory.mktemp("licensed")
    house = blockon(ensureDeferred(new_house(folder, licence=True)))
    yield house
    house.mom.service.end()


@pytest.fixture
def licensed(licensed_house: House) -> Iterator[House]:
    yield licensed_house
    blockon(ensureDeferred(licensed_house.close()))
    assert "Traceback" not in licensed_house.mom.service.text()


@pytest.fixture
def place() -> Place:
    return Place(next(PLACES))


@pytest.fixture
def stand_in(tmp_path: Path, place: Place) -> Iterator[Callable[..., StandIn]]:
    """Makes and starts stand-ins, and ends them; none of them may have complained."""
    made: list[StandIn] = []

    def start(
        count: int = 0, stamp: int = 1520386972, clock_offset: int = 0, **site: Any
    ) -> StandIn:
        users, devices = pairs(place.first, count, place.park, stamp)
        told = {"park": place.park, "users": users, "devices": devices, **site}
        port = told.pop("port", 0) or free_port()
        standing = StandIn(tmp_path / f"site{len(made)}", port, **told)
        made.append(standing)
        standing.start(clock_offset)
        return standing

    yield start
    complaints = []
    for each in made:
        complaints += each.state()["complaints"] if each.running else []
        each.end()
        complaints += [each.errors()] if each.errors() else []
    assert complaints == []
