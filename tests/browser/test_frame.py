"""The frame: what stands around the panes, by mouse and by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import PATIENCE, OpenPage
from tests.browser.house import SITES, USERS, House, done


@pytest.mark.feature("F92", "F94", "F97", "F111")
def test_name_rail_and_status_line_tell_how_it_is(open_page: OpenPage, house: House) -> None:
    page = open_page("#/health")
    expect(page.locator(".brand-name")).to_have_text("Nordwind Klinikum")
    expect(page).to_have_title("Health states · Nordwind Klinikum")
    expect(page.locator(".footer-sari")).to_have_text("SARI3110050641024* / 1F1028D085")
    count = len(SITES) * USERS
    expect(page.locator(".footer-count")).to_have_text(f"{count} users · {count} phones")
    house.ask("PATCH", "/api/v1/settings", {"systemName": "Südwind"})
    expect(page.locator(".brand-name")).to_have_text("Südwind")
    house.ask("PATCH", "/api/v1/settings", {"systemName": "Nordwind Klinikum"})
    expect(page.locator(".brand-name")).to_have_text("Nordwind Klinikum")


@pytest.mark.feature("F28", "F95", "F96")
def test_subscription_and_auto_create_are_switched_in_the_status_line(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/health")
    auto_create = page.locator(".footer-autocreate")
    auto_create.click()
    expect(auto_create).to_have_text("Auto-createOn")
    shot(page, "toast-undo")
    page.get_by_role("button", name="Undo").click()
    expect(auto_create).to_have_text("Auto-createOff")
    subscription = page.locator(".footer-subscription")
    subscription.click()
    shot(page, "menu-subscription")
    page.get_by_role("menuitemradio", name="Wildcard").click()
    page.locator("input[name=subscriptionTimeout]").fill("61")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("dialog .field-error")).to_be_visible()
    page.locator("input[name=subscriptionTimeout]").fill("5")
    shot(page, "dialog-wildcard")
    page.keyboard.press("Enter")
    expect(subscription).to_have_text(re.compile(r"SubscriptionWildcard until \d\d:\d\d( [AP]M)?"))
    shot(page, "footer-wildcard")
    subscription.click()
    page.get_by_role("menuitemradio", name="Off").click()
    expect(subscription).to_have_text("SubscriptionOff")


def test_a_reader_sees_no_control_that_changes_something(open_page: OpenPage) -> None:
    page = open_page("#/settings", account="reader")
    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.locator("input[name=systemName]")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.locator("button.footer-item")).to_have_count(0)
    expect(page.get_by_text("Choose file")).to_have_count(0)
    page.goto(page.url.replace("settings", "events"))
    expect(page.get_by_role("link", name="Export CSV")).to_be_visible()
    expect(page.get_by_role("button", name="Clear all")).to_have_count(0)


@pytest.mark.feature("F112")
def test_reload_back_and_forward_keep_session_and_pane(open_page: OpenPage) -> None:
    page = open_page("#/events")
    page.locator(".filter-words").fill("OMM 0003")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="System settings").click()
    expect(page.get_by_role("heading", name="System settings")).to_be_visible()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_forward()
    expect(page.get_by_role("heading", name="System settings")).to_be_visible()


@pytest.mark.feature("F94")
def test_everything_is_reached_by_keyboard(
    open_page: OpenPage, shot: Callable[[Page, str], None], findings: Callable[[Page], list[str]]
) -> None:
    page = open_page("#/events")
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="Health states")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text("Move from cell to cell")
    shot(page, "shortcuts")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    account = page.get_by_role("button", name="Account mom")
    account.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Change password")).to_be_focused()
    shot(page, "menu-account")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    page.locator(".tile").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tile").nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".tile").last).to_be_focused()


def test_the_account_menu_shows_the_keyboard_shortcuts_too(open_page: OpenPage) -> None:
    page = open_page("#/health")
    page.get_by_role("button", name="Account mom").click()
    page.get_by_role("menuitem", name="Keyboard shortcuts").click()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Move from cell to cell")


def test_search_gives_hits_in_groups_and_leads_to_their_pane(
    open_page: OpenPage, shot: Callable[[Page, str], None], findings: Callable[[Page], list[str]]
) -> None:
    page = open_page("#/health")
    page.keyboard.press("/")
    page.keyboard.type("har")
    hit = page.get_by_role("option", name="Harbour")
    expect(hit).to_have_attribute("aria-selected", "true")
    shot(page, "search")
    assert findings(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/omms\?open=3"))
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()


def test_language_and_theme_change_at_once_and_stay(open_page: OpenPage) -> None:
    page = open_page("#/health")
    page.get_by_role("button", name="Language EN").click()
    page.get_by_role("menuitemradio", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Zustand")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("button", name="Farbschema").click()
    page.get_by_role("menuitemradio", name="Dunkel").click()
    page.reload()
    expect(page.get_by_role("heading", name="Zustand")).to_be_visible()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(14, 18, 22)"


def test_a_lost_connection_shows_a_banner_until_fresh_data_is_there(
    open_page: OpenPage,
    house: House,
    context_of: object,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    routes: list[WebSocketRoute] = []
    is_cut = False

    def carry(route: WebSocketRoute) -> None:
        routes.append(route)
        if is_cut:
            route.close(code=1013)
        else:
            route.connect_to_server()

    page = open_page("#/health", prepare=lambda page: page.route_web_socket("**/live", carry))
    is_cut = True
    routes[-1].close(code=1013)
    expect(page.locator(".banner")).to_contain_text("The connection to MOM is lost")
    expect(page.locator(".footer-live")).to_have_text("Not connected")
    shot(page, "banner")
    assert findings(page) == []
    house.ask("PATCH", "/api/v1/settings", {"autoCreate": True})
    is_cut = False
    expect(page.locator(".banner")).to_be_hidden()
    expect(page.locator(".footer-autocreate")).to_have_text("Auto-createOn")
    house.ask("PATCH", "/api/v1/settings", {"autoCreate": False})
    expect(page.locator(".footer-autocreate")).to_have_text("Auto-createOff")


def test_ones_own_password_is_changed_from_the_account_menu(
    open_page: OpenPage, shot: Callable[[Page, str], None], findings: Callable[[Page], list[str]]
) -> None:
    page = open_page("#/health", theme="dark")
    page.get_by_role("button", name="Account mom").click()
    page.get_by_role("menuitem", name="Change password").click()
    for name, value in {"old": "not it", "new": "Xy4.sturm", "again": "Xy4.sturm"}.items():
        page.locator(f"input[name={name}]").fill(value)
    page.get_by_role("dialog").get_by_role("button", name="Change password").click()
    expect(page.locator(".field-error").first).to_contain_text("The password is wrong")
    shot(page, "dialog-password-dark")
    assert findings(page) == []


def test_a_restart_of_mom_shows_the_banner_and_then_the_sign_in_page(
    open_page: OpenPage, plain_house: House
) -> None:
    page = open_page("#/events", at=plain_house)
    plain_house.mom.service.end()
    expect(page.locator(".banner")).to_contain_text("The connection to MOM is lost")
    done(plain_house.mom.start())
    expect(page.get_by_text("Your session has ended")).to_be_visible(timeout=3 * PATIENCE)
    expect(page.locator("input[name=name]")).to_be_focused()


@pytest.mark.feature("F95", "F96", "F97", "F25")
@pytest.mark.parametrize(
    ("theme", "language", "mode"),
    [
        ("light", "en", "until"),
        ("dark", "en", "until"),
        ("light", "de", "bis"),
        ("dark", "de", "bis"),
    ],
)
def test_the_status_line_follows_mode_and_end_auto_create_and_sari_live(
    open_page: OpenPage,
    house: House,
    shot: Callable[[Page, str], None],
    theme: str,
    language: str,
    mode: str,
) -> None:
    page = open_page("#/health", account="reader", theme=theme, language=language)
    subscription = page.locator(".footer-subscription")
    change(house, subscription="Wildcard", subscriptionTimeout=60, autoCreate=True)
    expect(subscription).to_have_text(re.compile(rf"Wildcard {mode} \d\d:\d\d( [AP]M)?$"))
    expect(page.locator(".footer-autocreate b")).to_have_text({"en": "On", "de": "An"}[language])
    expect(page.locator(".footer-sari")).to_contain_text("3110050641024* / 1F1028D085")
    shot(page, f"footer-{theme}-{language}")
    change(house, subscription="Off", autoCreate=False)
    expect(subscription.locator("b")).to_have_text({"en": "Off", "de": "Aus"}[language])


def change(house: House, **settings: object) -> None:
    """Somebody else changes settings."""
    house.ask("PATCH", "/api/v1/settings", settings)
