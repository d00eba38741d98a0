import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from mom.ops.notify import Notifier, watchdog_seconds


class Manager:
    """A service manager that listens on a socket of its own."""

    def __init__(self, path: Path) -> None:
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "30000000"}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        found = []
        while True:
            try:
                found.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return found


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    found = Manager(tmp_path / "notify")
    yield found
    found.socket.close()


def test_ready_status_and_stopping_are_told(manager: Manager) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager.environment["NOTIFY_SOCKET"]}, Clock())
    notifier.ready()
    notifier.status("500 OMMs\nconnected")
    notifier.stopping()
    assert manager.heard() == ["READY=1", "STATUS=500 OMMs connected", "STOPPING=1"]


def test_signs_of_life_come_twice_per_interval_until_it_stops(manager: Manager) -> None:
    clock = Clock()
    notifier = Notifier(manager.environment, clock)
    notifier.ready()
    clock.pump([15, 15])
    assert manager.heard() == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]
    notifier.stopping()
    assert clock.getDelayedCalls() == []


def test_without_a_service_manager_nothing_happens() -> None:
    clock = Clock()
    notifier = Notifier({}, clock)
    notifier.ready()
    notifier.stopping()
    assert clock.getDelayedCalls() == []


def test_a_service_manager_that_is_gone_does_no_harm(tmp_path: Path) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}, Clock())
    notifier.ready()
    notifier.stopping()
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(("text", "seconds"), [("30000000", 30.0), ("", 0.0), ("x", 0.0)])
def test_the_interval_of_the_watchdog_is_read(text: str, seconds: float) -> None:
    assert watchdog_seconds({"WATCHDOG_USEC": text}) == seconds
