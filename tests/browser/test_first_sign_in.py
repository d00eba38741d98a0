"""The first sign-in at a new installation: terms, password, name, licence, first OMM."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mom.admin.passwords import faults
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


class Walk:
    """The way of somebody who signs in first, step by step."""

    def __init__(
        self,
        page: Page,
        shot: Callable[[Page, str], None],
        findings: Callable[[Page], list[str]],
    ) -> None:
        self.page = page
        self._shot = shot
        self._findings = findings

    def look(self, name: str) -> None:
        """Keep a picture, and see that anybody can read what is there."""
        self._shot(self.page, name)
        assert self._findings(self.page) == []

    def sign_in(self) -> None:
        page = self.page
        expect(page.locator("input[name=name]")).to_be_focused()
        self.look("sign-in")
        fill(page, name="mom", password="wrong")
        page.keyboard.press("Enter")
        expect(page.locator(".form-summary")).to_be_visible()
        fill(page, password="mom")
        page.keyboard.press("Enter")

    def accept_terms(self) -> None:
        page = self.page
        accept = page.get_by_role("button", name="Accept")
        expect(accept).to_be_focused()
        self.look("terms")
        above, below = accept.bounding_box(), page.locator(".terms").bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] < below["y"]
        page.reload()
        expect(accept).to_be_focused()
        accept.click()

    def change_password(self) -> None:
        page = self.page
        fill(page, old="mom", new="qwerty")
        assert met(page) == {"length", "repeated", "name", "old"}
        submit = page.get_by_role("button", name="Change password")
        expect(submit).to_be_disabled()
        fill(page, new=PASSWORD)
        assert "again" not in met(page)
        fill(page, again=PASSWORD)
        self.look("first-password")
        submit.click()

    def take_the_first_steps(self) -> None:
        page = self.page
        expect(page.get_by_role("heading", name="Name the system")).to_be_visible()
        expect(page.locator("input[name=systemName]")).to_have_value("MOM")
        fill(page, systemName="Nordwind")
        self.look("first-name")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Import the licence")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Import the licence")).to_be_visible()
        self.look("first-licence")
        page.get_by_role("button", name="Skip").click()
        expect(page.get_by_role("heading", name="Add the first OMM")).to_be_visible()
        self.look("first-omm")
        page.get_by_role("button", name="Skip").click()


@pytest.mark.feature("F90", "F93", "F98", "F122", "F123", "F124", "F143", "F198")
def test_first_sign_in_leads_from_the_terms_to_the_health_pane(
    fresh_house: House,
    context_of: Callable[..., BrowserContext],
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    page = context_of().new_page()
    page.goto(fresh_house.url)
    walk = Walk(page, shot, findings)
    walk.sign_in()
    walk.accept_terms()
    walk.change_password()
    walk.take_the_first_steps()
    expect(page.locator(".brand-name")).to_have_text("Nordwind")
    license_row = page.locator("[data-component=License]")
    expect(license_row).to_contain_text("Error")
    expect(license_row).to_contain_text("No licence available")
    expect(page.get_by_text("No OMM yet")).to_be_visible()
    walk.look("health-empty")
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


@pytest.mark.parametrize(
    "password",
    [
        *("Ab1", "abcdef", "ABCdef", "Abc1xy", "Abc9876x", "Xmom1.", "Xm0m1.", "aaaA1b", "aaA1bc"),
        *("Localhost1", "tsohlacoL1x", "Qwx!rewq7", "Zuä.4tb", "Ölig.7", PASSWORD),
    ],
)
def test_the_page_judges_passwords_as_the_server_does(
    house: House, context_of: Callable[..., BrowserContext], password: str
) -> None:
    page = context_of().new_page()
    page.goto(house.url)
    rules = page.evaluate(
        """async ([password, known]) => {
          const { passwordRules } = await import("/js/password_rules.js");
          return passwordRules(password, known).every((rule) => rule.isMet);
        }""",
        [password, {"account": "mom", "host": "localhost", "old": "Old.77"}],
    )
    found = faults(password, account="mom", hosts=["localhost"], old="Old.77")
    assert rules == (not found)
