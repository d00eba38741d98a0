"""The page while 500 OMMs live: ten browser windows, random life at every site (Q3, Q7).

    python -m benchmarks.living [--omms 500] [--life calm] [--rounds 7] [--shots FOLDER]

A simulated fleet, MOM and Chromium run side by side. Prints how long people wait at a window while
everything changes, beside the same at rest (the fleet paused), and what MOM costs meanwhile. The
life brings cuts, restarts and fail-overs of sites. Ends with 1 if a limit is broken.
"""

import argparse
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.lab import Lab, machine
from benchmarks.page import (
    ACT,
    LIMITS,
    PASSWORD,
    WINDOWS,
    change_elsewhere,
    filtered,
    first_rows,
    measured,
    sign_in,
)
from tests.browser.conftest import FLAGS

PANES = ("users?view=users", "users?view=pairs", "omms", "health", "events")
MOST_MEMORY = 300
"""MiB of MOM, the peak of the cold start included."""
SECONDS = 60
"""How long the cost of the life is measured."""


def open_windows(context, url):
    """One window that is worked in, and nine others on all panes."""
    pages = [context.new_page() for _ in range(WINDOWS)]
    for number, page in enumerate(pages[1:]):
        page.goto(f"{url}/#/{PANES[number % len(PANES)]}")
    return pages


def waits(context, page, url, headers, rounds):
    """The median and the worst wait for each thing that people do.

    The page comes to the front: Chromium draws the others once a second.
    """
    page.bring_to_front()
    found = {"first rows": measured(rounds, lambda _: first_rows(page, url))}
    sort = '[tabulator-field="name"] .head-sort'
    found["sort"] = measured(rounds, lambda _: page.evaluate(ACT, [sort]))
    first_rows(page, url)
    found["filter"] = measured(rounds, lambda number: filtered(page, str(number + 1)))
    first_rows(page, url)
    found["change elsewhere"] = measured(
        rounds, lambda number: change_elsewhere(context, [page], url, headers, number)
    )
    return found


def cost(process):
    """MOM's share of one core over a minute."""
    before = process.cpu()
    time.sleep(SECONDS)
    return (process.cpu() - before) / SECONDS


def photograph(pages, folder):
    """A picture of every window."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages):
        page.screenshot(path=folder / f"living-{number}.png")


def run(lab, playwright, given):
    """All figures: waits in life and at rest, MOM's share and memory."""
    url = f"https://localhost:{lab.https_port}"
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 768})
    headers = sign_in(context, url)
    lab.simulator(cmd="resume")
    pages = open_windows(context, url)
    living = waits(context, pages[0], url, headers, given.rounds)
    share = cost(lab.mom)
    if given.shots:
        photograph(pages, Path(given.shots))
    happened = lab.simulator(cmd="status")
    lab.simulator(cmd="pause")
    lab.until_connected()
    resting = waits(context, pages[0], url, headers, given.rounds)
    memory = lab.mom.memory()
    browser.close()
    return living, resting, share, memory, happened.get("happened", 0)


def main():
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--omms", type=int, default=500)
    parser.add_argument("--life", default="calm")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--shots", default="")
    given = parser.parse_args()
    lab = Lab(given.omms)
    try:
        lab.start_fleet("--life", given.life)
        lab.simulator(cmd="pause")
        lab.set_up()
        lab.run("passwd", "--password", PASSWORD)
        lab.run("settings", "suppressTableUpdates=Off")
        lab.start_mom()
        lab.until_connected()
        with sync_playwright() as playwright:
            living, resting, share, memory, happened = run(lab, playwright, given)
    finally:
        lab.close()
    print(machine())
    print(f"{given.omms} OMMs, {WINDOWS} windows, {happened} events of life; seconds")
    print(f"{'':18}{'living':>8}{'worst':>8}{'at rest':>9}{'ratio':>7}{'limit':>7}")
    for name, (median, worst) in living.items():
        rest = resting[name][0]
        ratio = median / rest
        print(f"{name:18}{median:8.3f}{worst:8.3f}{rest:9.3f}{ratio:7.1f}{LIMITS[name]:7.1f}")
    print(f"MOM: {share:.0%} of one core, {memory[0]} MiB now, {memory[1]} MiB at most")
    broken = [name for name, (median, _) in living.items() if median > LIMITS[name]]
    broken += ["memory"] if memory[1] > MOST_MEMORY else []
    if broken:
        print(f"over the limit: {', '.join(broken)}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
