from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.house import PASSWORD, House

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
EXPECTED = ("Failed to load resource", "WebSocket connection")
"""What a browser itself notes about refused requests and lost connections."""
PATIENCE = 10_000
"""Milliseconds in which the page has to show what a test waits for."""

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.system)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running system, shared by the tests that leave it as it was."""
    house = House(tmp_path_factory.mktemp("house"))
    house.start()
    yield house
    house.stop()


@pytest.fixture
def fresh_house(tmp_path: Path) -> Iterator[House]:
    """An installation where nobody has signed in yet."""
    house = House(tmp_path)
    house.start_fresh()
    yield house
    house.stop()


@pytest.fixture
def plain_house(tmp_path: Path) -> Iterator[House]:
    """An installation without OMMs, for tests that change what others look at."""
    house = House(tmp_path)
    house.start_plain()
    yield house
    house.stop()


@pytest.fixture
def context_of(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser windows of their own; complaints in their consoles fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def build(
        *, theme: str = "light", language: str = "en", width: int = 1366, height: int = 768
    ) -> BrowserContext:
        context = chromium.new_context(
            ignore_https_errors=True,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: note(line.type, line.text))
        contexts.append(context)
        return context

    def note(kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(EXPECTED):
            complaints.append(text)

    yield build
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def open_page(house: House, context_of: Callable[..., BrowserContext]) -> OpenPage:
    """Opens the page at a pane, signed in."""

    def open_it(
        place: str = "",
        *,
        account: str = "mom",
        at: House = house,
        prepare: Callable[[Page], object] = lambda _: None,
        **options: object,
    ) -> Page:
        page = context_of(**options).new_page()
        prepare(page)
        page.goto(f"{at.url}/{place}")
        page.locator("input[name=name]").fill(account)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button[type=submit]").click()
        page.locator(".frame").wait_for()
        page.locator(".footer-live:is(.tone-ok, .tone-off)").wait_for()
        return page

    return open_it


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keeps a picture of the page."""

    def take(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    return take


@pytest.fixture(scope="session")
def axe_script() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def findings(axe_script: str) -> Callable[[Page], list[str]]:
    """What axe finds against the guidelines for accessible pages, at levels A and AA."""

    def run(page: Page) -> list[str]:
        page.evaluate(axe_script)
        found = page.evaluate(
            """() => axe.run(document, {runOnly: {type: "tag",
              values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})"""
        )
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    return run
