"""Q4: phones roam between 500 OMMs.

    python -m benchmarks.roaming [--omms 500] [--rates 50 200 300] [--seconds 30] [--json FILE]

The simulator measures how long each phone waits from its location registration to `SetPP`, MOM
keeps how long it took until the move was complete. The same is measured with the floor
(roaming_floor.py), which sends the same messages without deciding anything, in the same run: the
difference is MOM's own share. A rate is sustained if hardly a phone waits when the walks end.
The figures say something only on a machine with nothing else to do: `load` tells.
"""

import argparse
import json
import random
import signal
import socket
import sqlite3
import sys
import time
from pathlib import Path

from benchmarks.lab import HERE, Lab, Process, machine, table

EACH = 20
"""Users and phones of each OMM at first."""
LIMITS = {"p50": 3.0, "p99": 15.0}
"""MOM's own share at 50 roams a second, in milliseconds."""
SETTLED_SECONDS = 300


class Walkers:
    """All phones of the fleet, which go to another site one after the other."""

    def __init__(self, lab):
        self.lab = lab
        self.places = {}
        for omm in range(1, lab.omms + 1):
            for phone in lab.simulator(cmd="phones", omm=omm)["phones"]:
                self.places[phone["ipei"]] = omm
        self.chance = random.Random(1)
        self.order = list(self.places)
        self.chance.shuffle(self.order)

    def walk(self, rate, seconds):
        """So many phones a second begin to move, at random moments; returns how many did."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.lab.folder / "sim.sock"))
            answers = link.makefile("rb")
            began = due = time.monotonic()
            count = 0
            while due < began + seconds:
                time.sleep(max(due - time.monotonic(), 0))
                link.sendall(json.dumps(self._next()).encode() + b"\n")
                answers.readline()
                due += self.chance.expovariate(rate)
                count += 1
        return count, time.monotonic() - began

    def _next(self):
        ipei = self.order.pop()
        self.order.insert(0, ipei)
        here = self.places[ipei]
        there = self.chance.randrange(1, self.lab.omms)
        self.places[ipei] = there + (there >= here)
        return {"cmd": "walk", "omm": self.places[ipei], "ipei": ipei}


def measure(lab, walkers, process, rate, seconds):
    """One rate with MOM or the floor: what the phones waited, and what it cost."""
    lab.simulator(cmd="stats", forget=True)
    cpu = process.cpu()
    count, took = walkers.walk(rate, seconds)
    waiting = lab.simulator(cmd="phones")["waiting"]
    settled = time.monotonic()
    while lab.simulator(cmd="phones")["waiting"]:
        if time.monotonic() > settled + SETTLED_SECONDS:
            raise SystemExit(f"phones still wait {SETTLED_SECONDS} s after the last walk")
        time.sleep(0.1)
    drained = time.monotonic() - settled
    delays = lab.simulator(cmd="stats", forget=True)["delays"]
    return {
        "rate": round(count / took),
        "roams": count,
        "waiting": waiting,
        "drained": round(drained, 1),
        "p50": round(delays.get("p50", 0) * 1e3, 2),
        "p99": round(delays.get("p99", 0) * 1e3, 2),
        "cpuPerRoam": round((process.cpu() - cpu) / count * 1e3, 2),
    }


def quantiles(seconds):
    """p50 and p99 of sorted times, in milliseconds."""
    last = len(seconds) - 1
    return {
        "storedP50": round(seconds[last // 2] * 1e3, 2),
        "storedP99": round(seconds[last * 99 // 100] * 1e3, 2),
    }


def kept(lab, since):
    """How long the moves took as MOM keeps them, and the number of the last one."""
    with sqlite3.connect(lab.folder / "state" / "mom.db") as database:
        text = "SELECT id, seconds FROM roams WHERE id > ? AND result = 'moved'"
        rows = database.execute(text, (since,)).fetchall()
    return max(row[0] for row in rows), sorted(row[1] for row in rows)


def with_mom(lab, walkers, rates, seconds):
    """Each rate with MOM."""
    lab.start_mom()
    lab.until_connected()
    lab.until_numbered()
    last, found = 0, []
    for rate in rates:
        figures = measure(lab, walkers, lab.mom, rate, seconds)
        last, times = kept(lab, last)
        found.append(figures | quantiles(times) | {"memory": lab.mom.memory()[0]})
    lab.mom.end()
    return found


def with_floor(lab, walkers, rates, seconds):
    """Each rate with a script that decides nothing."""
    words = ["--omms", str(lab.omms), "--first-port", str(lab.first_port)]
    found = []
    for rate in rates:
        database = str(lab.folder / f"floor{rate}.db")
        script = [str(HERE / "roaming_floor.py"), *words, "--database", database]
        log = lab.folder / f"floor{rate}.log"
        floor = Process([sys.executable, *script], lab.folder, log.name)
        while "ready" not in log.read_text():
            time.sleep(0.2)
        figures = measure(lab, walkers, floor, rate, seconds)
        floor.end(signal.SIGTERM)
        lines = log.read_text().splitlines()
        told = json.loads(next(line for line in lines if line.startswith("{")))
        failed = {"failed": told["failed"], "why": told["why"]}
        found.append(figures | quantiles(told["stored"]) | failed)
    return found


def show(mom, floor):
    """One rate, MOM beside the floor; returns what is over a limit."""
    rows = []
    for name in ("p50", "p99", "storedP50", "storedP99"):
        own = mom[name] - floor[name]
        limit = LIMITS.get(name) if mom["rate"] < 100 else None
        most = f", at most {limit:g}" if limit else ""
        rows.append((f"{name}, ms", mom[name], f"floor {floor[name]}, own {own:.2f}{most}"))
    rows.append(("CPU a roam, ms", mom["cpuPerRoam"], f"floor {floor['cpuPerRoam']}"))
    rows.append(("phones that wait at the end", mom["waiting"], f"{mom['drained']} s to none"))
    if floor["failed"]:
        rows.append(("moves that the floor did not make", floor["failed"], floor["why"][0]))
    table(f"{mom['rate']} roams a second ({mom['roams']})", rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--omms", type=int, default=500)
    parser.add_argument("--rates", type=int, nargs="+", default=[50, 200, 300])
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    facts = machine()
    print(" ".join(f"{name}={value}" for name, value in facts.items()))
    lab = Lab(options.omms, users=EACH, devices=EACH)
    try:
        lab.start_fleet()
        lab.set_up()
        walkers = Walkers(lab)
        mom = with_mom(lab, walkers, options.rates, options.seconds)
        floor = with_floor(lab, walkers, options.rates, options.seconds)
    finally:
        lab.close()
    for one, other in zip(mom, floor, strict=True):
        show(one, other)
    if options.json:
        options.json.write_text(
            json.dumps({"machine": facts, "mom": mom, "floor": floor}, indent=1)
        )


if __name__ == "__main__":
    main()
