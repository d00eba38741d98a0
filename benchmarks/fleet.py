"""Q1, Q2, Q3, Q9 and Q10: a fleet comes up cold, warm, grows, and idles.

    python -m benchmarks.fleet [--omms 50 500 1000] [--database URL] [--windows 10] [--json FILE]

Q1: CPU of MOM from its start to all connected, against the floor of the same run (floor.py).
Q2: the same again with nothing changed. Q3: resident memory, the peak included. Numbers: the
system-wide numbers are written after the connect and measured apart. Q10: CPU while idle.
"""

import argparse
import json
import time
from pathlib import Path

from benchmarks.lab import Lab, machine, table

IDLE_SECONDS = 60


def measure(omms, database, idle, windows):
    """All figures of one size of fleet; with `windows`, that many pages look on."""
    lab = Lab(omms, database=database)
    figures = {"omms": omms}
    try:
        lab.start_fleet()
        floor = lab.floor()
        figures["floorCpu"] = floor["cpu"]
        figures["numbersFloorCpu"] = floor["numbersCpu"]
        lab.set_up()
        for phase in ("cold", "warm"):
            began = time.monotonic()
            if windows and phase == "cold":
                lab.open_windows(windows)
            else:
                lab.start_mom()
            status = lab.until_connected()
            figures[phase] = {
                "seconds": round(time.monotonic() - began, 1),
                "cpu": round(lab.mom.cpu(), 2),
                "memoryPeak": lab.mom.memory()[1],
                "users": status["users"],
                "devices": status["devices"],
            }
            if phase == "cold":
                before = lab.mom.cpu()
                lab.until_numbered()
                figures["numbersCpu"] = round(lab.mom.cpu() - before, 2)
            if phase == "warm" and idle:
                before = lab.mom.cpu()
                time.sleep(IDLE_SECONDS)
                figures["idle"] = round((lab.mom.cpu() - before) / IDLE_SECONDS, 4)
            figures[phase]["memory"] = lab.mom.memory()[0]
            figures[phase]["memoryPeakAfter"] = lab.mom.memory()[1]
            if windows and phase == "cold":
                figures["updates"] = lab.close_windows()
            lab.mom.end()
    finally:
        lab.close()
    return figures


def show(figures):
    cold, warm = figures["cold"], figures["warm"]
    floor = figures["floorCpu"]
    rows = [
        ("Q1 cold start, seconds", cold["seconds"], "at most 30 for 500"),
        ("Q1 CPU seconds", cold["cpu"], f"{cold['cpu'] / floor:.2f} x floor {floor} (at most 2.5)"),
        ("   records read", cold["users"] + cold["devices"], ""),
        (
            "   writing the numbers, CPU seconds",
            figures["numbersCpu"],
            f"{figures['numbersCpu'] / figures['numbersFloorCpu']:.2f} x its floor"
            f" {figures['numbersFloorCpu']}",
        ),
        (
            "Q2 warm start, CPU seconds",
            warm["cpu"],
            f"{warm['cpu'] / cold['cpu']:.2f} x cold (at most 0.5)",
        ),
        (
            "   warm start, seconds",
            warm["seconds"],
            f"{warm['seconds'] / cold['seconds']:.2f} x cold",
        ),
        (
            "Q3 MiB resident, peak",
            max(cold["memoryPeakAfter"], warm["memoryPeakAfter"]),
            "at most 300 for 500",
        ),
    ]
    if "updates" in figures:
        rows.append(("   updates that pages saw", figures["updates"], ""))
    if "idle" in figures:
        rows.append(("Q10 idle, of one core", f"{figures['idle']:.1%}", "at most 5 % for 500"))
    table(f"{figures['omms']} OMMs with 100 users and 100 phones each", rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--omms", type=int, nargs="+", default=[50, 500, 1000])
    parser.add_argument("--database", default="")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-idle", action="store_true")
    parser.add_argument("--windows", type=int, default=0, help="pages that look on (Q3)")
    options = parser.parse_args()
    facts = machine()
    print(" ".join(f"{name}={value}" for name, value in facts.items()))
    runs = []
    for omms in options.omms:
        runs.append(
            measure(omms, options.database, omms == 500 and not options.no_idle, options.windows)
        )
        show(runs[-1])
    if len(runs) > 1:
        first = runs[0]["cold"]["cpu"] / runs[0]["omms"]
        rows = [
            (
                f"Q9 cold CPU ms per OMM at {run['omms']}",
                f"{run['cold']['cpu'] / run['omms'] * 1e3:.1f}",
                f"{run['cold']['cpu'] / run['omms'] / first:.2f} x the smallest (at most 1.2)",
            )
            for run in runs
        ]
        table("How the cost grows", rows)
    if options.json:
        options.json.write_text(json.dumps({"machine": facts, "runs": runs}, indent=1))


if __name__ == "__main__":
    main()
