"""The first sign-in at a new installation: terms, password, name, licence, first OMM."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.house import PASSWORD, House, done
from tests.system.processes import SARI


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"input[name={name}]").fill(value)


def met(page: Page) -> set[str]:
    """The rules that are ticked off."""
    return set(page.locator(".rules .is-met").evaluate_all("all => all.map(e => e.dataset.rule)"))


def license_file(house: House) -> str:
    file = str(house.mom.folder / "license.xml")
    done(house.mom.do("license", "issue", "--sari", SARI, "--customer", "Test", "--out", file))
    return file


@pytest.mark.feature("F90", "F93", "F98", "F122", "F123", "F124", "F143", "F198")
def test_first_sign_in_leads_from_the_terms_to_the_first_omm(
    fresh_house: House,
    context_of: Callable[..., BrowserContext],
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    page = context_of().new_page()
    page.goto(fresh_house.url)
    expect(page.locator("input[name=name]")).to_be_focused()
    shot(page, "sign-in")
    assert findings(page) == []
    fill(page, name="mom", password="wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".form-summary")).to_be_visible()
    fill(page, password="mom")
    page.keyboard.press("Enter")

    accept = page.get_by_role("button", name="Accept")
    expect(accept).to_be_focused()
    shot(page, "terms")
    assert findings(page) == []
    terms = page.locator(".terms")
    assert accept.bounding_box()["y"] < terms.bounding_box()["y"]
    page.reload()
    expect(accept).to_be_focused()
    accept.click()

    fill(page, old="mom", new="qwerty")
    assert met(page) == {"length", "repeated", "name", "old"}
    submit = page.get_by_role("button", name="Change password")
    expect(submit).to_be_disabled()
    fill(page, new=PASSWORD)
    assert "again" not in met(page)
    fill(page, again=PASSWORD)
    shot(page, "first-password")
    assert findings(page) == []
    submit.click()

    expect(page.get_by_role("heading", name="Name the system")).to_be_visible()
    expect(page.locator("input[name=systemName]")).to_have_value("MOM")
    fill(page, systemName="Nordwind")
    shot(page, "first-name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Import the licence")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Import the licence")).to_be_visible()
    shot(page, "first-licence")
    assert findings(page) == []
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", name="Add the first OMM")).to_be_visible()
    shot(page, "first-omm")
    assert findings(page) == []
    page.get_by_role("button", name="Skip").click()

    expect(page.locator(".brand-name")).to_have_text("Nordwind")
    license_row = page.locator("[data-component=License]")
    expect(license_row).to_contain_text("Error")
    expect(license_row).to_contain_text("No license available")
    expect(page.get_by_text("No OMM yet")).to_be_visible()
    shot(page, "health-empty")
    license_row.get_by_role("link").click()
    page.set_input_files("input[type=file]", license_file(fresh_house))
    expect(page.locator(".facts")).to_contain_text(SARI)
    expect(page.locator(".footer-sari")).to_contain_text(SARI)
    page.goto(f"{fresh_house.url}/#/health")
    expect(license_row).to_contain_text("OK")


@pytest.mark.feature("F93", "F112")
def test_sign_out_and_in_again_leads_back_to_the_pane(
    house: House, open_page: Callable[..., Page]
) -> None:
    page = open_page("#/events?severity=warning")
    expect(page.locator(".filter-choice")).to_have_value("warning")
    page.get_by_role("button", name="Account mom").click()
    page.get_by_role("menuitem", name="Sign out").click()
    fill(page, name="mom", password=PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Event log")).to_be_visible()


def test_a_session_that_ends_elsewhere_leads_to_the_sign_in_page(
    house: House, open_page: Callable[..., Page], context_of: Callable[..., BrowserContext]
) -> None:
    page = open_page("#/health", account="reader")
    reader = next(a for a in house.ask("GET", "/api/v1/accounts")["items"] if a["name"] == "reader")
    house.ask("PATCH", f"/api/v1/accounts/{reader['id']}", {"enabled": False})
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    house.ask("PATCH", f"/api/v1/accounts/{reader['id']}", {"enabled": True})
