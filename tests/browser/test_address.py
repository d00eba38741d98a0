"""The address says what is shown: what stands over the page goes with the address it belongs to."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.house import SITES, House


def go(page: Page, place: str) -> None:
    """Write another address, as a person does."""
    page.evaluate("place => { location.hash = place; }", place)


@pytest.mark.parametrize("place", ["#/omms?open=1", "#/users?view=users&open=1"])
def test_back_closes_the_panel_with_the_pane_it_belongs_to(open_page: OpenPage, place: str) -> None:
    page = open_page("#/health")
    page.get_by_role("heading", name="Health states").wait_for()
    go(page, place)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Health states")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("#/health")
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_another_address_written_by_hand_closes_panels_and_dialogs(open_page: OpenPage) -> None:
    page = open_page("#/omms?open=1")
    expect(page.get_by_role("dialog")).to_contain_text(SITES[0])
    go(page, "#/omms?open=2")
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_contain_text(SITES[1])
    go(page, "#/settings")
    expect(page.get_by_role("heading", name="System settings")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("#/settings")
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_contain_text(SITES[1])


def test_what_is_not_saved_is_asked_for_before_the_address_changes(open_page: OpenPage) -> None:
    page = open_page("#/omms?open=1")
    panel = page.locator("dialog.panel")
    panel.get_by_label("Description").fill("not to be lost unasked")
    go(page, "#/settings")
    page.get_by_role("button", name="Cancel").last.click()
    expect(panel.get_by_label("Description")).to_have_value("not to be lost unasked")
    assert page.url.endswith("#/omms?open=1")
    go(page, "#/settings")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("heading", name="System settings")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("place", ["#/users?open=99999", "#/omms?open=99999", "#/users?open=x"])
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is no such record"), ("de", "Diesen Eintrag gibt es nicht")],
)
def test_a_record_that_is_not_there_is_told(
    open_page: OpenPage,
    house: House,
    shot: Callable[[Page, str], None],
    place: str,
    language: str,
    words: str,
) -> None:
    page = open_page(place, language=language)
    expect(page.locator(".toast")).to_contain_text(words)
    shot(page, f"no-such-record-{language}")
