"""How fast the page feels with 50,000 users, against the bare API in the same run (Q7).

Starts a service of its own with a filled database, and real browser windows. The floor of a figure
is what the server alone takes for the same rows, asked for by `fetch` in the same browser. A
change made elsewhere has as its floor the half second between two readings of a window: its mean
wait is a quarter. Ends with 1 if a limit is broken.

    python -m benchmarks.page [--users 50000] [--rounds 7]
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.lab import BIN, machine
from tests.browser.conftest import FLAGS

PASSWORD = "Wv7.blurGh"
WINDOWS = 10
MEAN_WAIT = 0.25
LIMITS = {
    "first rows": 1.0,
    "sort": 0.3,
    "filter": 0.3,
    "search": 0.3,
    "next page": 0.3,
    "change elsewhere": 0.5,
}

ASK = """async (path) => {
  const begin = performance.now();
  await (await fetch("/api/v1/users?limit=100" + path)).json();
  return (performance.now() - begin) / 1000;
}"""
ACT = """async ([selector, key]) => {
  const rows = () => document.querySelector(".table-count").textContent
    + document.querySelector('.tabulator-cell[tabulator-field="num"]')?.textContent;
  const before = rows();
  const begin = performance.now();
  const target = document.querySelector(selector);
  if (key === undefined) {
    target.click();
  } else {
    target.value = key;
    target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  }
  while (rows() === before) {
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - begin) / 1000;
}"""
WATCH = """(name) => {
  window.seen = new Promise((resolve) => {
    const look = () => document.querySelector(".grid").textContent.includes(name)
      ? resolve(Date.now() / 1000) : setTimeout(look, 5);
    look();
  });
}"""


class Service:
    """MOM with a filled database, in a process of its own."""

    def __init__(self, folder, users):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.config = folder / "mom.toml"
        self.config.write_text(
            '[paths]\nstate = "state"\nlog = "log"\nresources = "resources"\n'
            'omm_files = "omm_files"\n'
            f'[listen]\nhttps = "tcp:{self.port}:interface=127.0.0.1"\nhttp = ""\n'
            'maxi = ""\nmaxi_tls = ""\n'
        )
        self.run("init")
        self.run("passwd", "--password", PASSWORD)
        self.run("settings", "suppressTableUpdates=Off")
        fill = [
            sys.executable,
            "-m",
            "tests.browser.crowd",
            str(self.config),
            "--users",
            str(users),
        ]
        subprocess.run(fill, check=True, cwd=Path(__file__).parents[1])
        command = [str(BIN / "twistd"), "-n", "--pidfile=", "mom", "--config", str(self.config)]
        self.log = (folder / "service.log").open("wb")
        self.process = subprocess.Popen(command, cwd=folder, stdout=self.log, stderr=self.log)
        while '"running": true' not in self.run("status", "--json", check=False):
            time.sleep(0.2)

    def run(self, *arguments, check=True):
        command = [str(BIN / "mom"), *arguments, "--config", str(self.config)]
        return subprocess.run(command, check=check, capture_output=True, text=True).stdout

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def sign_in(context, url):
    """Sign in and accept the terms; returns the header that changes need."""
    answer = context.request.post(
        f"{url}/api/v1/session", data={"name": "mom", "password": PASSWORD}
    ).json()
    headers = {"X-CSRF-Token": answer["csrf"]}
    version = context.request.get(f"{url}/api/v1/eula").json()["version"]
    context.request.post(f"{url}/api/v1/eula", data={"version": version}, headers=headers)
    return headers


def measured(rounds, work):
    """The median and the worst of so many rounds."""
    times = [work(number) for number in range(rounds)]
    return statistics.median(times), max(times)


def first_rows(page, url):
    """From an empty window to rows on the screen, with everything fetched again."""
    page.goto("about:blank")
    begin = time.perf_counter()
    page.goto(f"{url}/#/users?view=users")
    page.locator('.tabulator-cell[tabulator-field="num"]').first.wait_for()
    return time.perf_counter() - begin


def change_elsewhere(context, pages, url, headers, number):
    """Until the slowest of all windows shows a change."""
    name = f"Benchmark {number}"
    for page in pages:
        page.evaluate(WATCH, name)
    time.sleep(0.7 + 0.07 * number)
    begin = time.time()
    changed = context.request.patch(f"{url}/api/v1/users/2", data={"name": name}, headers=headers)
    assert changed.ok, changed.text()
    return max(page.evaluate("window.seen") for page in pages) - begin


def measure(browser, url, rounds):
    """All figures: name, median, worst, and the median of the floor."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 768})
    headers = sign_in(context, url)
    pages = [context.new_page()]
    page = pages[0]
    first_rows(page, url)
    sort = '[tabulator-field="name"] .head-sort'
    plans = [
        ("sort", lambda _: page.evaluate(ACT, [sort]), "&sort=name"),
        ("search", lambda n: page.evaluate(ACT, [".table-search input", f"{n + 1}1"]), "&q=11"),
        ("next page", lambda _: page.evaluate(ACT, [".turn-next"]), "&offset=200"),
    ]
    found = [
        ("first rows", *measured(rounds, lambda _: first_rows(page, url)), floor(page, rounds, ""))
    ]
    for name, work, path in plans:
        first_rows(page, url)
        found.append((name, *measured(rounds, work), floor(page, rounds, path)))
    first_rows(page, url)
    found.append(
        (
            "filter",
            *measured(rounds, lambda n: filtered(page, f"60{n}")),
            floor(page, rounds, "&filter=num:starts:6001"),
        )
    )
    for _ in range(WINDOWS - 1):
        pages.append(context.new_page())
    for each in pages:
        first_rows(each, url)
    found.append(
        (
            "change elsewhere",
            *measured(rounds, lambda n: change_elsewhere(context, pages, url, headers, n)),
            MEAN_WAIT,
        )
    )
    return found


def filtered(page, beginning):
    """Filter by the beginning of a number: from Apply to the rows, which must differ."""
    head = page.locator('.tabulator-col[tabulator-field="num"]')
    head.hover()
    head.locator(".head-filter").click()
    page.locator(".filter-form select").select_option("starts")
    page.locator(".filter-form input").fill(beginning)
    return page.evaluate(ACT, [".filter-form [type=submit]"])


def floor(page, rounds, path):
    """What the server alone takes, asked by the same browser."""
    return measured(rounds, lambda _: page.evaluate(ASK, path))[0]


def main():
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = Service(Path(folder), given.users)
        try:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            rows = measure(browser, f"https://localhost:{service.port}", given.rounds)
            browser.close()
        finally:
            service.stop()
    print(machine())
    print(f"{given.users} users, {WINDOWS} windows for the last line; seconds")
    print(f"{'':18}{'median':>8}{'worst':>8}{'floor':>8}{'ratio':>7}{'limit':>7}")
    for name, median, worst, least in rows:
        ratio = median / least
        print(f"{name:18}{median:8.3f}{worst:8.3f}{least:8.3f}{ratio:7.1f}{LIMITS[name]:7.1f}")
    broken = [name for name, median, *_ in rows if median > LIMITS[name]]
    if broken:
        print(f"over the limit: {', '.join(broken)}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
