from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgresql import PostgresqlServer
from tests.system.processes import Mom, Program, simulator


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
