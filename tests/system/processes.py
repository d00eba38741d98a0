"""The real programs in processes of their own: MOM, its commands, and the simulated fleet."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from twisted.internet import reactor as installed_reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.internet.utils import getProcessOutputAndValue

from mom.control import ControlError, Order, send_order

BIN = Path(sys.executable).parent
SARI = "1F1028D085"
FIRST_PORT = 20000
PORTS_EACH = 2400
MOST_WORKERS = 4
reactor: Any = installed_reactor


class Ports:
    """Ports on the loopback address, below those that the kernel gives to clients.

    A simulated OMM gives up its port for a while, and a program takes its port some time after it
    was told which: so none is given twice, and each process of tests has ports of its own, one that
    runs alone (a long life) those behind all workers'. Another run of the tests on the same machine
    begins somewhere else; benchmarks stay below.
    """

    def __init__(self, worker: str) -> None:
        place = int(worker.removeprefix("gw")) % MOST_WORKERS if worker else MOST_WORKERS
        first = FIRST_PORT + place * PORTS_EACH
        self._next = first + random.randrange(PORTS_EACH // 2)

    def take(self, count: int = 1) -> int:
        """The first of so many ports in a row that nobody uses now."""
        while True:
            first, self._next = self._next, self._next + count
            if _are_free(range(first, first + count)):
                return first


free_port = Ports(os.environ.get("PYTEST_XDIST_WORKER", "")).take


def _are_free(ports: range) -> bool:
    with ExitStack() as sockets:
        try:
            for port in ports:
                sockets.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Program:
    """A process that is started and ended by the test; its output goes to a file."""

    def __init__(self, arguments: Sequence[str], folder: Path, log: str) -> None:
        self._arguments = [str(BIN / arguments[0]), *arguments[1:]]
        self._folder = folder
        self.log = folder / log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._arguments, cwd=self._folder, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 60.0) -> int:
        """End it and return its exit code; does nothing more if it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(seconds)

    def text(self) -> str:
        return self.log.read_text("utf-8", "replace")


class Mom:
    """One installation of MOM in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.config = folder / "mom.toml"
        self.config.write_text(
            '[paths]\nstate = "state"\nlog = "log"\nresources = "resources"\n'
            'omm_files = "omm_files"\n'
            f'[listen]\nhttps = "tcp:{self.port}:interface=127.0.0.1"\nhttp = ""\n'
            'maxi = ""\nmaxi_tls = ""\n[axi]\nreconnect_seconds = 1\n'
        )
        arguments = ("twistd", "-n", "--pidfile=", "mom", "--config", str(self.config))
        self.service = Program(arguments, folder, "service.log")
        self.on_start: Callable[[Program], object] = lambda _: None

    def configure(self, table: str, **values: str) -> None:
        """Add a table to the configuration."""
        lines = (f'{key} = "{value}"\n' for key, value in values.items())
        self.config.write_text(f"{self.config.read_text()}[{table}]\n{''.join(lines)}")

    async def start(self) -> None:
        """Start the service and wait until it takes commands."""
        self.service.start()
        self.on_start(self.service)
        await self.until_running()

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run one command; returns exit code, output and errors."""
        out, err, code = await getProcessOutputAndValue(
            str(BIN / "mom"),
            [*arguments, "--config", str(self.config)],
            {"PATH": os.environ["PATH"]},
            str(self.folder),
        )
        return code, out.decode(), err.decode()

    async def do(self, *arguments: str) -> str:
        """Run one command that has to succeed; returns its output."""
        code, out, err = await self.run(*arguments)
        assert code == 0, f"mom {' '.join(arguments)}: {err}"
        return out

    async def license(self) -> None:
        """Issue a licence for the fleet's SARI and import it."""
        file = str(self.folder / "license.xml")
        await self.do("license", "issue", "--sari", SARI, "--customer", "Test", "--out", file)
        await self.do("license", "import", file)

    async def order(self, command: str, **arguments: object) -> Any:
        """What a command would order, sent to the running service without starting a program."""
        path = self.folder / "state" / "control.sock"
        outcome = await deferToThread(send_order, path, Order(command, arguments))
        assert not outcome.error, outcome.error
        return outcome.result

    async def until_running(self, seconds: float = 120.0) -> None:
        async def running() -> bool:
            assert self.service.process.poll() is None, self.service.text()
            try:
                return bool((await self.order("status"))["running"])
            except ControlError:
                return False

        await until(running, seconds)

    async def until_connected(self, omms: int, seconds: float = 60.0) -> dict[str, Any]:
        found: dict[str, Any] = {}

        async def connected() -> bool:
            found.update(await self.order("status"))
            return found["states"] == {"connected": omms}

        try:
            await until(connected, seconds)
        except TimeoutError:
            away = [omm for omm in found["omms"] if omm["state"] != "connected"]
            raise AssertionError(f"{away}\n{self.service.text()[-4000:]}") from None
        return found


def simulator(folder: Path, port: int, **options: int | str) -> Program:
    """A simulated fleet whose first OMM listens on `port`."""
    words = [
        word
        for name, value in {"sari": SARI, **options}.items()
        for word in (f"--{name}", str(value))
    ]
    arguments = ("twistd", "-n", "--pidfile=", "ommsim", "--base-port", str(port - 1), *words)
    return Program(arguments, folder, "ommsim.log")


async def until(condition: Any, seconds: float) -> None:
    """Ask again and again until it is so; `TimeoutError` if it is not in time."""
    deadline = reactor.seconds() + seconds
    while not await condition():
        if reactor.seconds() > deadline:
            raise TimeoutError
        turn: Deferred[None] = deferLater(reactor, 0.1)
        await turn
