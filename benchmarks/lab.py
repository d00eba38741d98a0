"""The laboratory of the fleet benchmarks: MOM and the simulated fleet, each in its own process.

Measures them from outside: CPU seconds and memory as the kernel counts them, progress as
`mom status --json` tells it over the control socket.
"""

import compileall
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
HERE = Path(__file__).parent
SARI = "1F1028D085"
ROOT = HERE.parent
CONNECTED = 200
"""OMMs; more than are connected in a second."""
FIRST_PORT = 9001
"""Labs take the 11,000 ports from here, below those of the tests."""
TICKS = os.sysconf("SC_CLK_TCK")


def machine():
    """The facts that a figure depends on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memoryGiB": round(memory),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


class Process:
    """A program under measurement."""

    def __init__(self, arguments, folder, log):
        self.output = (folder / log).open("ab")
        self.process = subprocess.Popen(
            [str(BIN / arguments[0]), *arguments[1:]],
            cwd=folder,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )

    def cpu(self):
        """CPU seconds so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """Resident MiB: (now, peak)."""
        found = {}
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            found[name] = value
        return tuple(round(int(found[n].split()[0]) / 1024) for n in ("VmRSS", "VmHWM"))

    def end(self, how=signal.SIGTERM):
        """End it and wait."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(30)
        self.output.close()


class Lab:
    """One folder with a fleet and an installation of MOM."""

    def __init__(self, omms, users=100, devices=100, database=""):
        self.omms = omms
        self.folder = Path(tempfile.mkdtemp(prefix="mom-bench-"))
        self.first_port = FIRST_PORT + os.getpid() % 11 * 1000
        self.https_port = self.first_port - 1
        self.users, self.devices = users, devices
        self.database = database
        self.config = self.folder / "mom.toml"
        self.config.write_text(
            '[paths]\nstate = "state"\nlog = "log"\nresources = "res"\nomm_files = "files"\n'
            + (f'[database]\nurl = "{database}"\n' if database else "")
            + f'[listen]\nhttps = "tcp:{self.https_port}:interface=127.0.0.1"\nhttp = ""\n'
            'maxi = ""\nmaxi_tls = ""\n[log]\nlevel = "warn"\n'
        )
        self.sim = self.mom = self.pages = None
        self.told_before = 0
        compileall.compile_dir(ROOT / "mom", quiet=2)  # as an installed program has it

    def start_fleet(self, *options):
        """Start the simulated OMMs and wait until the last one listens, and the fleet obeys."""
        self.sim = Process(
            [
                *("twistd", "-n", "--pidfile=", "ommsim", "--omms", str(self.omms)),
                *("--users", str(self.users), "--devices", str(self.devices)),
                *("--base-port", str(self.first_port - 1), "--sari", SARI),
                *("--control", str(self.folder / "sim.sock"), *options),
            ],
            self.folder,
            "sim.log",
        )
        self._until(self._fleet_listens, 300)
        self._until((self.folder / "sim.sock").exists, 60)

    def set_up(self):
        """`mom init`, a licence, and a record for each OMM."""
        self.run("init")
        licence = str(self.folder / "licence.xml")
        self.run("license", "issue", "--sari", SARI, "--customer", "Bench", "--out", licence)
        self.run("license", "import", licence)
        arguments = [str(self.config), str(self.omms), str(self.first_port)]
        subprocess.run([sys.executable, str(HERE / "omm_records.py"), *arguments], check=True)

    def run(self, *arguments):
        """Run one `mom` command; what it prints."""
        command = [str(BIN / "mom"), *arguments, "--config", str(self.config)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def start_mom(self):
        """Start the service."""
        arguments = ("twistd", "-n", "--pidfile=", "mom", "--config", str(self.config))
        self.mom = Process(arguments, self.folder, "mom.log")

    def open_windows(self, count):
        """Open that many pages (see windows.py) as soon as the service listens."""
        self.run("passwd", "--password", "Wv7.blurGh")
        token = self.run("token", "create", "windows").strip()
        self.start_mom()
        self._until(lambda: self._listens(self.https_port), 60)
        arguments = ("python", str(HERE / "windows.py"), str(self.https_port), token, str(count))
        self.pages = Process(arguments, self.folder, "windows.log")

    def close_windows(self):
        """Close the pages; how many updates they saw."""
        self.pages.end()
        return json.loads((self.folder / "windows.log").read_text().splitlines()[-1])["updates"]

    def status(self):
        """What the service says of itself, or nothing while it does not answer."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            try:
                link.connect(str(self.folder / "state" / "control.sock"))
                link.sendall(b'{"command": "status", "arguments": {}}\n')
                data = link.makefile("rb").readline()
            except OSError:
                return {}
        return json.loads(data).get("result") or {} if data else {}

    def until_connected(self, seconds=900):
        """Wait until every OMM is connected; returns the last status.

        To tell of 500 OMMs takes MOM 5 ms, which count with the rest, so it is seldom asked until
        few OMMs are left.
        """
        deadline = time.monotonic() + seconds
        while True:
            if self.mom.process.poll() is not None:
                raise SystemExit((self.folder / "mom.log").read_text()[-2000:])
            found = self.status()
            left = self.omms - found.get("states", {}).get("connected", 0)
            if not left:
                return found
            if time.monotonic() > deadline:
                raise SystemExit(f"not within {seconds} s; see {self.folder}")
            time.sleep(min(max(left / CONNECTED, 0.1), 2.0))

    def simulator(self, **order):
        """Give the fleet an order over its control socket."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(60)
            link.connect(str(self.folder / "sim.sock"))
            link.sendall(json.dumps(order).encode() + b"\n")
            return json.loads(link.makefile("rb").readline())

    def until_numbered(self, seconds=900):
        """Wait until every pair has its system-wide numbers (one request for a pair)."""
        wanted = self.told_before + self.omms * max(self.users, self.devices)

        def numbered():
            return self._told() >= wanted

        self._until(numbered, seconds, every=0.25)

    def floor(self):
        """CPU seconds of the floor (see floor.py), against the same fleet."""
        arguments = [
            *(sys.executable, str(HERE / "floor.py"), "--omms", str(self.omms)),
            *("--first-port", str(self.first_port)),
            *("--database", self.database or str(self.folder / "floor.db")),
        ]
        done = subprocess.run(arguments, check=True, capture_output=True, text=True)
        self.told_before = self._told()
        return json.loads(done.stdout.splitlines()[-1])

    def _told(self):
        """How often the fleet was told numbers."""
        return self.simulator(cmd="stats")["counters"].get("SetPP", 0)

    def close(self):
        """End everything and remove the folder."""
        for process in (self.pages, self.mom, self.sim):
            if process is not None:
                process.end()
        shutil.rmtree(self.folder)

    def _fleet_listens(self):
        if self.sim.process.poll() is not None:
            raise SystemExit((self.folder / "sim.log").read_text()[-2000:])
        return self._listens(self.first_port + self.omms - 1)

    def _listens(self, port):
        with socket.socket() as link:
            return link.connect_ex(("127.0.0.1", port)) == 0

    def _until(self, condition, seconds, every=0.2):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"not within {seconds} s; see {self.folder}")
            time.sleep(every)


def table(title, rows):
    """Print figures as a table: name, value, what it is measured against."""
    print(f"\n{title}")
    for name, value, against in rows:
        print(f"  {name:<44} {value:>12}  {against}")
