"""Durability: a fleet comes up cold, warm, and after `kill -9`; each time every record is compared.

    python -m benchmarks.compare [--omms 100] [--users 100] [--devices 100] [--json FILE]

All records of the database are held against all records of the simulated OMMs, one by one, by the
same checker as the tests (tests/system/agreement.py). The kill comes while the records are read.
"""

import argparse
import json
import signal
import time
from pathlib import Path

from twisted.internet.defer import ensureDeferred
from twisted.internet.task import deferLater, react
from twisted.internet.threads import deferToThread

from benchmarks.lab import Lab, machine, table
from tests.system.agreement import Simulated, disagreements, held_by

QUIET = 4.0
"""Seconds without a write after which the fleet is at rest."""
PATIENCE = 900
"""Seconds for all OMMs to connect, and for the last request to be answered."""


async def compared(reactor, lab, phase):
    """Wait for rest, then compare; the figures of one phase."""
    began = time.monotonic()
    await deferToThread(lab.until_connected, PATIENCE)
    connected = time.monotonic() - began
    config, simulated = lab.config, Simulated(lab.folder / "sim.sock")
    await until_quiet(reactor, simulated)
    differing = await disagreements(config, simulated)
    held = await held_by(config)
    for text in differing[:20]:
        print(f"  {text}")
    return {
        "phase": phase,
        "seconds": round(connected, 1),
        "records": len(held.records),
        "copies": len(held.copies),
        "disagreements": len(differing),
    }


async def until_quiet(reactor, simulated):
    """Wait until MOM has written nothing for some seconds."""
    last, since = -1, time.monotonic()
    deadline = since + PATIENCE
    while time.monotonic() - since < QUIET and time.monotonic() < deadline:
        now = await simulated.asked("SetPP")
        if now != last:
            last, since = now, time.monotonic()
        await deferLater(reactor, 0.5)


async def killed_while_it_reads(reactor, lab):
    """End the service without warning when a part of the OMMs is connected."""
    lab.start_mom()
    while lab.status().get("states", {}).get("connected", 0) < lab.omms // 3:
        if lab.mom.process.poll() is not None:
            raise SystemExit((lab.folder / "mom.log").read_text()[-2000:])
        await deferLater(reactor, 0.2)
    lab.mom.end(signal.SIGKILL)


async def measure(reactor, options):
    lab = Lab(options.omms, options.users, options.devices)
    found = []
    try:
        lab.start_fleet()
        lab.set_up()
        await killed_while_it_reads(reactor, lab)
        for phase in ("cold, after a kill", "warm", "after kill -9"):
            lab.start_mom()
            found.append(await compared(reactor, lab, phase))
            lab.mom.end(signal.SIGKILL if phase == "warm" else signal.SIGTERM)
        log = (lab.folder / "mom.log").read_text("utf-8", "replace")
    finally:
        lab.close()
    complaints = [line for line in log.splitlines() if "#critical]" in line or "#error]" in line]
    for run in found:
        rows = [(name, value, "") for name, value in run.items() if name != "phase"]
        table(f"{options.omms} OMMs, {run['phase']}", rows)
    print(f"\nerrors in the log: {len(complaints)}")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "runs": found}, indent=1))
    if complaints or any(run["disagreements"] for run in found):
        raise SystemExit(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--omms", type=int, default=100)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    react(lambda reactor: ensureDeferred(measure(reactor, options)))


if __name__ == "__main__":
    main()
