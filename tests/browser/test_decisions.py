"""The decisions about all records, the second view of the event log."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.house import LOOKS, House

DECISIONS = "#/events?view=decisions"
CHANGE = {"name": "Night shift", "vip": True, "addId": "4711", "hierarchy2": "Main building"}


@pytest.fixture(scope="module")
def changed(house: House) -> dict[str, Any]:
    """A user whose name was changed in MOM; another one was deleted before."""
    users = house.ask("GET", "/api/v1/users?limit=1000&sort=uid")["items"]
    house.ask("DELETE", f"/api/v1/users/{users[-1]['uid']}", expect=204)
    user = users[2]
    house.ask("PATCH", f"/api/v1/users/{user['uid']}", CHANGE)
    return {**user, "name": "Night shift"}


def rows(page: Page) -> Locator:
    return page.locator(".tabulator-row")


def row(page: Page, words: str) -> Locator:
    return rows(page).filter(has_text=words)


def search(page: Page, words: str) -> None:
    page.locator(".table-search input").fill(words)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_decisions_are_readable_for_anybody(
    open_page: OpenPage,
    changed: dict[str, Any],
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
    look: tuple[str, str, int, int],
) -> None:
    theme, language, width, height = look
    options = {"theme": theme, "language": language, "width": width, "height": height}
    page = open_page(DECISIONS, **options)
    row(page, changed["num"]).first.wait_for()
    said = {"en": "changed by mom: Name (was", "de": "von mom geändert: Name (war"}[language]
    expect(row(page, "Night shift").first).to_contain_text(said)
    shot(page, f"decisions-{theme}-{language}-{width}")
    expect(page.locator("body")).not_to_contain_text("null")
    assert findings(page) == []


def test_decisions_are_one_click_beside_the_events(
    open_page: OpenPage, changed: dict[str, Any], shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/events")
    page.locator("tbody tr").first.wait_for()
    shot(page, "decisions-beside")
    for _ in range(2):
        page.get_by_role("link", name="Decisions").click()
        page.get_by_role("link", name="Events", exact=True).click()
    page.get_by_role("link", name="Decisions").click()
    row(page, "Night shift").first.wait_for()
    expect(page.locator(".segment[aria-current=true]")).to_have_text("Decisions")
    page.get_by_role("link", name="Events", exact=True).click()
    page.locator("tbody tr").first.wait_for()
    expect(page.get_by_role("button", name="Clear all")).to_be_visible()


def test_all_about_a_number_is_found_also_what_is_about_several_records(
    open_page: OpenPage, changed: dict[str, Any]
) -> None:
    page = open_page(DECISIONS)
    rows(page).first.wait_for()
    search(page, changed["num"])
    expect(row(page, "changed by mom")).not_to_have_count(0)
    expect(row(page, "imported from")).to_have_count(2)
    expect(row(page, "imported from OMM 0001").first).to_contain_text("+ 11 more")
    search(page, "Night shift")
    expect(row(page, "imported from")).to_have_count(1)
    search(page, "no such words")
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_a_row_opens_its_record_with_the_keyboard_too(
    open_page: OpenPage,
    changed: dict[str, Any],
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    page = open_page(DECISIONS)
    row(page, "Night shift").first.locator(".tabulator-cell").nth(1).click()
    panel = page.get_by_role("dialog", name=f"Night shift · {changed['num']}")
    expect(panel.get_by_role("tab", name="History")).to_have_attribute("aria-selected", "true")
    expect(panel.locator(".history")).to_contain_text("changed by mom: Name (was")
    expect(panel.get_by_text("none bound")).to_have_count(0)
    shot(page, "decisions-record")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()


def test_what_is_about_several_records_leads_to_all_of_them(
    open_page: OpenPage, changed: dict[str, Any]
) -> None:
    page = open_page(DECISIONS)
    rows(page).first.wait_for()
    search(page, changed["name"])
    expect(row(page, "more")).to_have_count(1)
    row(page, "more").locator(".tabulator-cell").nth(1).click()
    expect(page.locator(".pane-users .chip")).to_have_count(2)
    expect(row(page, "Night shift")).to_have_count(1)


def test_what_cannot_be_opened_shows_all_that_was_decided_about_it(
    open_page: OpenPage, changed: dict[str, Any], shot: Callable[[Page, str], None]
) -> None:
    page = open_page(DECISIONS)
    gone = row(page, "deleted by mom").first
    expect(gone).to_contain_text("· deleted")
    gone.locator(".tabulator-cell").nth(1).click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(rows(page)).to_have_count(2)
    shot(page, "decisions-only")
    expect(row(page, "imported from OMM")).to_have_count(1)


def test_decisions_are_found_by_a_time_after_which_and_one_before_which_they_were_made(
    open_page: OpenPage, changed: dict[str, Any]
) -> None:
    page = open_page(DECISIONS)
    for operator, minutes, left in (("gt", -60, True), ("lt", 60, True), ("lt", -30, False)):
        at = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(minutes=minutes)
        header = page.locator('.tabulator-col[tabulator-field="at"]')
        header.hover()
        header.locator(".head-filter").click()
        form = page.locator(".filter-form")
        form.locator("select").select_option(operator)
        form.locator("input").fill(at.strftime("%Y-%m-%dT%H:%M"))
        form.locator("button[type=submit]").click()
        expect(row(page, "Night shift")).to_have_count(1 if left else 0)
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".chip").first).to_contain_text("Time is after")


def test_a_new_decision_comes_without_reload(
    open_page: OpenPage, changed: dict[str, Any], house: House
) -> None:
    page = open_page(f"{DECISIONS}&q={changed['num']}")
    expect(row(page, "Ward 3")).to_have_count(0)
    for description in ("Ward 3", ""):
        change = {"hierarchy1": description}
        house.ask("PATCH", f"/api/v1/users/{changed['uid']}", change)
    expect(row(page, '(was "Ward 3")')).to_have_count(1)


def test_decisions_with_an_omm_are_asked_for_at_the_omm(
    open_page: OpenPage, changed: dict[str, Any]
) -> None:
    page = open_page("#/omms")
    row(page, "Harbour").locator(".row-more").click()
    page.get_by_role("menuitem", name="Decisions with this OMM").click()
    expect(page.locator(".table-search input")).to_have_value("OMM 0003")
    expect(row(page, "imported from OMM 0003").first).to_be_visible()
    expect(row(page, "imported from OMM 0001")).to_have_count(0)


def test_the_filtered_decisions_are_exported(
    open_page: OpenPage, changed: dict[str, Any], tmp_path: Path
) -> None:
    page = open_page(f"{DECISIONS}&q={changed['num']}")
    row(page, "Night shift").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    assert download.value.suggested_filename == "mom_decisions.csv"
    download.value.save_as(tmp_path / "decisions.csv")
    text = (tmp_path / "decisions.csv").read_text(encoding="utf-8-sig")
    found = list(csv.DictReader(text.splitlines()))
    assert set(found[0]) == {"at", "noun", "key", "name", "text"}
    assert {"changed by mom: name"} <= {re.sub(r" \(.*", "", each["text"]) for each in found}
