"""Each pane in both themes and languages: it shows what it should, and anybody can read it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

PANES = ("health", "events", "settings", "eula")
LOOKS = (
    ("light", "en", 1366, 768),
    ("dark", "de", 1366, 768),
    ("light", "de", 1920, 1080),
    ("dark", "en", 1920, 1080),
)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_every_pane_is_readable_for_anybody(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
    look: tuple[str, str, int, int],
) -> None:
    theme, language, width, height = look
    page = open_page("", theme=theme, language=language, width=width, height=height)
    for pane in PANES:
        page.goto(page.url.split("#")[0] + f"#/{pane}")
        page.locator(f".pane-{pane} :is(.health-row, tbody tr, form, .terms-text)").first.wait_for()
        shot(page, f"{pane}-{theme}-{language}-{width}")
        expect(page.locator("body")).not_to_contain_text("null")
        assert findings(page) == []
