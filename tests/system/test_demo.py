"""`make run`, but for the installing: the script in a folder of its own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.threads import deferToThread

from tests.system.processes import BIN, free_port, until

pytestmark = pytest.mark.system

SCRIPT = Path(__file__).parents[2] / "tools" / "run_demo.sh"
SITES = ("Headquarters", "Factory", "Harbour", "Hospital", "Museum")


class Demo:
    """A folder in which the demonstration runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tools").mkdir()
        shutil.copy(SCRIPT, folder / "tools")
        (folder / ".venv").symlink_to(Path(sys.prefix))
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, **ports: int) -> Path:
        """Begin to run it; returns the file of its output."""
        output = self.folder / f"run{len(self.started)}.txt"
        with output.open("wb") as file:
            self.started.append(
                subprocess.Popen(
                    ["bash", "tools/run_demo.sh"],
                    cwd=self.folder,
                    env={**os.environ, **{name: str(port) for name, port in ports.items()}},
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
            )
        return output

    async def run(self, **ports: int) -> tuple[int, str]:
        """Run it to its end; returns exit code and output."""
        output = self.start(**ports)
        code = await deferToThread(self.started[-1].wait, 100)
        return code, output.read_text()

    def end(self) -> None:
        for process in self.started:
            process.terminate()
            process.wait(30)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    demo.end()


def shows(output: Path, *words: str) -> Callable[[], object]:
    async def shown() -> bool:
        return all(word in output.read_text() for word in words)

    return shown


@ensureDeferred
async def test_a_first_run_that_failed_leaves_nothing_behind_that_a_second_does_not_mend(
    demo: Demo,
) -> None:
    page, taken, fleet = free_port(), free_port(5), free_port(5)
    with socket.create_server(("0.0.0.0", taken + 1)):
        code, told = await demo.run(HTTPS_PORT=page, FLEET_PORT=taken)
    assert code == 1
    assert f"port {taken + 1} cannot be opened: Address already in use" in told
    assert "make run FLEET_PORT=" in told
    assert "Traceback" not in told
    with socket.create_server(("0.0.0.0", page)):
        code, told = await demo.run(FLEET_PORT=fleet)
    assert code == 1
    assert f"another program has port {page}" in told
    assert str(demo.folder / "var" / "mom.toml") in told
    output = demo.start()
    await until(shows(output, f"https://localhost:{page}", "is running", *SITES), 100)
    assert "1F1028D085" in output.read_text()


@ensureDeferred
async def test_a_second_run_says_that_it_runs_already_and_where(demo: Demo) -> None:
    page = free_port()
    output = demo.start(HTTPS_PORT=page, FLEET_PORT=free_port(5))
    log = demo.folder / "var" / "log" / "mom.log"
    await until(shows(output, "is running"), 100)
    await until(shows(log, *(f"OMM {site}: connected" for site in SITES)), 60)
    code, told = await demo.run()
    assert code == 1
    assert told.startswith(f"MOM is running already: https://localhost:{page} ")
    assert told.count("\n") == 1
    assert log.read_text().count("is ready") == 1


def test_a_command_whose_reader_has_gone_ends_quietly_with_its_usual_code(tmp_path: Path) -> None:
    config = tmp_path / "mom.toml"
    config.write_text('[paths]\nstate = "state"\n')
    for arguments, usual in ((["check-config"], 0), (["status"], 1)):
        reader, writer = os.pipe()
        os.close(reader)
        command = [str(BIN / "mom"), *arguments, "--config", str(config)]
        with os.fdopen(writer, "wb") as gone:
            ended = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, check=False)
        assert ended.returncode == usual
        assert b"pipe" not in ended.stderr
