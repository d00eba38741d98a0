"""Q5: system-wide messages from OMM to MOM to OMM, and their results back.

    python -m benchmarks.messages [--rate 2000] [--seconds 20] [--omms 20] [--json FILE]

Phones by chance write to phones of other sites, evenly over the time. Measured are the processor
time of MOM for each message, and how long it takes from the moment the phone writes until its OMM
is told the final result. The floor (messages_floor.py) is measured in the same run with the same
fleet. The simulator's share of a core is told: near 1 it is the limit itself.
"""

import argparse
import json
import signal
import time
from pathlib import Path

from benchmarks.lab import HERE, Lab, Process, machine, table

AFTERWARDS = 10.0
"""Seconds in which what is under way at the end has to arrive."""


def load(lab, process, rate, seconds):
    """Let phones write for a while; what came of it, and what it cost."""
    before, started = process.cpu(), lab.sim.cpu()
    earlier = lab.simulator(cmd="stats")["messages"]
    began = time.monotonic()
    lab.simulator(cmd="traffic", rate=rate, seconds=seconds)
    time.sleep(seconds)
    deadline = time.monotonic() + AFTERWARDS
    messages = lab.simulator(cmd="stats")["messages"]
    while messages["underWay"] > earlier["underWay"] and time.monotonic() < deadline:
        time.sleep(0.1)
        messages = lab.simulator(cmd="stats")["messages"]
    lasted = time.monotonic() - began
    cpu = process.cpu() - before
    sent = messages["sent"] - earlier["sent"]
    return {
        "sent": sent,
        "seconds": round(lasted, 1),
        "lost": messages["underWay"] - earlier["underWay"],
        "cpuPerMessage": round(cpu / max(sent, 1) * 1e6),
        "cpuShare": round(cpu / lasted, 2),
        "simulatorShare": round((lab.sim.cpu() - started) / lasted, 2),
        "milliseconds": {
            name: round(messages["delays"].get(name, 0) * 1000, 1) for name in ("p50", "p99", "max")
        },
        "results": {
            name: count - earlier["results"].get(name, 0)
            for name, count in messages["results"].items()
        },
        "twice": messages["twice"],
    }


def floor(lab, rate, seconds):
    """The same load on the script without logic."""
    arguments = ("--first-port", str(lab.first_port), "--omms", str(lab.omms))
    process = Process(("python", str(HERE / "messages_floor.py"), *arguments), lab.folder, "floor")
    try:
        lab._until(lambda: "ready" in (lab.folder / "floor").read_text(), 30)
        return load(lab, process, rate, seconds)
    finally:
        process.end(signal.SIGKILL)


def measure(omms, users, rate, seconds):
    lab = Lab(omms, users, users)
    try:
        lab.start_fleet()
        found = {"rate": rate, "omms": omms, "floor": floor(lab, rate, seconds)}
        lab.set_up()
        lab.start_mom()
        lab.until_connected()
        lab.until_numbered()
        time.sleep(2)
        found["mom"] = load(lab, lab.mom, rate, seconds)
    finally:
        lab.close()
    return found


def show(found):
    mom, under = found["mom"], found["floor"]
    ratio = mom["cpuPerMessage"] / under["cpuPerMessage"]
    times, least = mom["milliseconds"], under["milliseconds"]
    table(
        f"Q5, {found['rate']} messages a second between {found['omms']} OMMs",
        [
            ("messages", mom["sent"], f"in {mom['seconds']} s; floor {under['sent']}"),
            ("without a result", mom["lost"], "0"),
            ("results", "", json.dumps(mom["results"])),
            ("processor time of one message, us", mom["cpuPerMessage"], f"{ratio:.1f} x the floor"),
            ("floor of it, us", under["cpuPerMessage"], ""),
            ("share of a core, MOM", mom["cpuShare"], f"floor {under['cpuShare']}"),
            ("share of a core, simulator", mom["simulatorShare"], f"{under['simulatorShare']}"),
            ("ms from phone to result, p50", times["p50"], f"floor {least['p50']}"),
            ("the same, p99", times["p99"], f"20; floor {least['p99']}"),
            ("the same, max", times["max"], f"floor {least['max']}"),
        ],
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--omms", type=int, default=20)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {"machine": machine()}
    found |= measure(options.omms, options.users, options.rate, options.seconds)
    print(found["machine"])
    show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
