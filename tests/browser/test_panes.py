"""Each pane in both themes and languages: it shows what it should, and anybody can read it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.house import LOOKS

PANES = ("health", "events", "settings", "eula")
NARROW = ("light", "de", 1024, 768)


CUT_WORDS = """() => [...document.querySelectorAll(".rail-word, .footer-item, .brand-name")]
  .filter((word) => word.scrollWidth > word.clientWidth).map((word) => word.textContent)"""


@pytest.mark.parametrize("look", [*LOOKS, NARROW], ids=lambda look: "-".join(map(str, look)))
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
        assert page.evaluate(CUT_WORDS) == []
        shot(page, f"{pane}-{theme}-{language}-{width}")
        expect(page.locator("body")).not_to_contain_text("null")
        assert findings(page) == []


@pytest.mark.feature("F99")
def test_a_section_of_the_settings_is_saved_by_itself(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/settings")
    section = page.locator("[data-part=features]")
    save = section.get_by_role("button", name="Save")
    field = section.locator("input[name=facPrefix]")
    expect(save).to_be_disabled()
    field.fill("letters")
    save.click()
    expect(section.locator(".field-error")).to_be_visible()
    shot(page, "settings-error")
    section.get_by_role("button", name="Cancel").click()
    expect(field).to_have_value("")
    field.fill("*65")
    save.click()
    expect(page.get_by_text("Settings saved")).to_be_visible()
    page.reload()
    expect(field).to_have_value("*65")
    field.fill("")
    save.click()
    expect(save).to_be_disabled()


@pytest.mark.feature("F106")
def test_terms_version_and_components_are_shown(open_page: OpenPage) -> None:
    page = open_page("#/eula")
    expect(page.locator(".pane-line")).to_have_text("Version 0.1.0")
    expect(page.locator(".terms-text")).to_contain_text("Apache License")
    accepted = page.locator(".eula-side tbody").first.locator("td")
    expect(accepted.nth(1)).to_have_text("mom")
    expect(page.locator(".eula-side")).to_contain_text("Tabulator")
