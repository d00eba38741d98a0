"""The pane of the OMMs in a real browser, over a real service and simulated OMMs."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.house import AWAY, CLOSED, LOOKS, READER, SITES, House

FINGERPRINTS = ("ab" * 32, "cd" * 32)


def row(page: Page, name: str) -> Locator:
    return page.locator(".tabulator-row", has_text=name)


def cell(page: Page, name: str, field: str) -> Locator:
    return row(page, name).locator(f'[tabulator-field="{field}"]')


def menu_of(page: Page, name: str) -> Locator:
    row(page, name).hover()
    row(page, name).locator(".row-more").click()
    return page.locator(".menu")


def number_of(house: House, name: str) -> int:
    items = house.ask("GET", "/api/v1/omms?limit=100")["items"]
    return next(int(item["id"]) for item in items if item["name"] == name)


@pytest.mark.feature("F101", "F146", "F200")
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_the_list_is_readable_for_anybody(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
    look: tuple[str, str, int, int],
) -> None:
    theme, language, width, height = look
    page = open_page("#/omms", theme=theme, language=language, width=width, height=height)
    expect(row(page, AWAY)).to_be_visible()
    expect(page.locator(".table-count")).to_have_text(re.compile(f"^{len(SITES) + 2} "))
    shot(page, f"omms-{theme}-{language}-{width}")
    expect(page.locator("body")).not_to_contain_text("null")
    assert findings(page) == []


@pytest.mark.feature("F101", "F145", "F146", "F200")
def test_each_omm_tells_its_state_and_reason(open_page: OpenPage) -> None:
    page = open_page("#/omms")
    site = SITES[0]
    expect(cell(page, site, "id")).to_have_text("0001")
    expect(cell(page, site, "state")).to_have_text("connected")
    expect(cell(page, site, "cloudId")).to_have_text(re.compile("^001F[0-9A-F]{8}$"))
    expect(cell(page, site, "nRfps")).to_have_text(re.compile(r"^\d+ of \d+$"))
    waiting = cell(page, AWAY, "state")
    expect(waiting).to_contain_text(re.compile("waiting|connecting"))
    expect(waiting).to_contain_text("refused")
    expect(cell(page, CLOSED, "state")).to_have_text("disabled")


@pytest.mark.parametrize(("language", "reason"), [("en", "refused"), ("de", "abgelehnt")])
def test_the_reason_is_whole_and_in_the_language_of_the_page(
    open_page: OpenPage, language: str, reason: str
) -> None:
    page = open_page("#/omms", language=language)
    shown = cell(page, AWAY, "state").locator(".cell-reason")
    expect(shown).to_contain_text(reason)
    assert shown.evaluate("words => words.scrollWidth <= words.clientWidth")


@pytest.mark.feature("F147")
def test_the_address_leads_to_the_omms_own_page_in_a_new_window(open_page: OpenPage) -> None:
    page = open_page("#/omms")
    link = cell(page, SITES[0], "omm1").locator("a")
    expect(link).to_have_attribute("href", "https://127.0.0.1/")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


@pytest.mark.feature("F137", "F138", "F139", "F140", "F142", "F143")
def test_an_omm_is_added_changed_and_deleted(
    open_page: OpenPage,
    house: House,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    page = open_page("#/omms")
    page.get_by_role("button", name="Add OMM").click()
    panel = page.locator("dialog.panel")
    panel.get_by_role("button", name="Add", exact=True).click()
    expect(panel.locator(".has-error")).to_have_count(2)
    shot(page, "omm-add-errors")
    assert findings(page) == []
    panel.get_by_label("Name").fill("Windmill")
    panel.get_by_label("OMM 1").fill("127.0.0.1")
    panel.get_by_label("User").fill("omm")
    panel.get_by_label("Password", exact=True).fill("secret-1")
    panel.get_by_label("Password again").fill("secret-2")
    panel.get_by_label("Enabled").uncheck()
    panel.get_by_role("button", name="Add", exact=True).click()
    expect(panel.get_by_text("The two passwords differ")).to_be_visible()
    panel.get_by_label("Password again").fill("secret-1")
    panel.get_by_label("Password again").press("Enter")
    expect(panel).to_have_count(0)
    expect(cell(page, "Windmill", "state")).to_have_text("disabled")

    cell(page, "Windmill", "name").click()
    password = panel.get_by_label("Password", exact=True)
    expect(password).to_have_attribute("placeholder", "*****")
    expect(password).to_have_value("")
    save = panel.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    panel.get_by_label("Description").fill("On the hill")
    shot(page, "omm-edit")
    assert findings(page) == []
    save.click()
    expect(panel).to_have_count(0)
    record = house.ask("GET", f"/api/v1/omms/{number_of(house, 'Windmill')}")
    assert (record["description"], record["hasPassword"]) == ("On the hill", True)

    menu_of(page, "Windmill").get_by_role("menuitem", name="Delete").click()
    dialog = page.locator("dialog.dialog")
    expect(dialog).to_contain_text("Windmill")
    shot(page, "omm-delete")
    dialog.get_by_role("button", name="Delete").click()
    expect(row(page, "Windmill")).to_have_count(0)


def test_what_would_be_lost_is_asked_for(open_page: OpenPage) -> None:
    page = open_page("#/omms")
    cell(page, SITES[0], "name").click()
    panel = page.locator("dialog.panel")
    panel.get_by_label("Description").fill("not to be kept")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(panel).to_have_count(0)


def test_a_changed_certificate_is_shown_with_both_fingerprints(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    def changed(route: Route) -> None:
        record: dict[str, Any] = route.fetch().json()
        before, after = FINGERPRINTS
        waits = {"waitingFor": "certificate", "seen": f"127.0.0.1 {after}"}
        route.fulfill(json={**record, **waits, "pins": {"127.0.0.1": before}})

    asked: list[str] = []

    def accepted(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["what"])
        route.continue_(url=route.request.url.replace("/actions/accept", ""), method="GET")

    def prepare(page: Page) -> None:
        page.route("**/api/v1/omms/1", changed)
        page.route("**/api/v1/omms/1/actions/accept", accepted)

    page = open_page("#/omms?open=1", prepare=prepare)
    notice = page.locator(".notice")
    expect(notice).to_contain_text("abab abab")
    expect(notice).to_contain_text("cdcd cdcd")
    shot(page, "omm-certificate")
    assert findings(page) == []
    notice.get_by_role("button", name="Accept new certificate").click()
    expect(notice).to_have_count(0)
    assert asked == ["certificate"]


def test_missing_records_are_explained_before_they_are_restored(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    def gone(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        items = [{**item, "missing": 7} for item in answer["items"]]
        route.fulfill(json={**answer, "items": items})

    def prepare(page: Page) -> None:
        page.route("**/api/v1/omms?*", gone)
        page.route_web_socket("**/api/v1/live", lambda ws: ws.send(json.dumps(STATUS)))

    page = open_page("#/omms", prepare=prepare)
    menu_of(page, SITES[1]).get_by_role("menuitem", name="Restore missing records").click()
    expect(page.locator("dialog")).to_contain_text("7 records of Factory were gone at once")
    shot(page, "omm-restore")
    page.get_by_role("button", name="Cancel").click()


@pytest.mark.parametrize(
    ("language", "question", "restore", "error"),
    [
        ("en", "7 records are missing: restore or accept?", "Restore missing", "1 with an error"),
        ("de", "7 Einträge fehlen: wiederherstellen", "Fehlende Einträge wied", "1 mit Fehler"),
    ],
)
def test_missing_records_show_in_the_heading_and_are_decided_upon_in_the_panel_of_their_omm(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
    language: str,
    question: str,
    restore: str,
    error: str,
) -> None:
    reason = "7 records missing: restore or accept?"
    ill = {"missing": 7, "health": "error", "healthReasons": [reason]}
    asked: list[str] = []

    def gone(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        items = [{**item, **ill} if item["id"] == 2 else item for item in answer["items"]]
        route.fulfill(json={**answer, "items": items})

    def decided(route: Route) -> None:
        asked.append(route.request.url.rpartition("/")[2])
        route.fulfill(json={})

    site = {"id": 2, "state": "connected", "health": "error", "reason": reason}

    def prepare(page: Page) -> None:
        page.route("**/api/v1/omms?*", gone)
        page.route("**/actions/*-missing", decided)
        told = json.dumps({**STATUS, "sites": [site]})
        page.route_web_socket("**/api/v1/live", lambda ws: ws.send(told))

    page = open_page("#/omms", prepare=prepare, language=language)
    expect(page.locator(".pane-line .tone-error", has_text=error)).to_have_attribute(
        "title", re.compile("^0002: 7 ")
    )
    expect(page.locator(".pane-line .tone-ok")).to_have_count(0)
    cell(page, SITES[1], "name").dblclick()
    panel = page.locator("dialog.panel")
    expect(panel.locator(".panel-line .tone-error")).to_be_visible()
    expect(panel.locator(".notice")).to_contain_text(question)
    expect(panel.locator(".notice button")).to_have_count(2)
    shot(page, f"omm-missing-{language}")
    assert findings(page) == []
    panel.get_by_role("button", name=re.compile(f"^{restore}")).click()
    with page.expect_response("**/api/v1/omms?*"):
        page.locator(".dialog-foot button").last.click()
    expect(panel.locator(".notice")).to_have_count(0)
    assert asked == ["restore-missing"]


STATUS = {
    "topic": "status",
    "systemName": "Nordwind Klinikum",
    "now": 0,
    "suppressTableUpdates": "Off",
    "subscription": "Off",
    "subscriptionTimeout": 0,
    "autoCreate": False,
    "sari": "",
    "omms": 7,
    "states": {"connected": 5, "waiting": 1, "disabled": 1},
    "sites": [],
    "totals": {"users": 0, "devices": 0, "pairs": 0},
    "health": {"severity": "OK", "components": []},
}


@pytest.mark.feature("F111")
def test_many_are_disabled_and_enabled_at_once(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/omms")
    chosen = SITES[-2:]
    for name in chosen:
        row(page, name).locator(".select-row").click()
    bar = page.locator(".selection-bar")
    expect(bar).to_contain_text("2 selected")
    shot(page, "omms-selected")
    bar.get_by_role("button", name="Disable").click()
    for name in chosen:
        expect(cell(page, name, "state")).to_have_text("disabled")
    bar.get_by_role("button", name="Enable").click()
    for name in chosen:
        expect(cell(page, name, "state")).to_have_text("connected", timeout=20_000)


def test_rows_stay_selected_over_pages(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    def many(route: Route) -> None:
        first = int(parse_qs(urlsplit(route.request.url).query).get("offset", ["0"])[0])
        omm = route.fetch(url=re.sub(r"\?.*", "", route.request.url)).json()["items"][0]
        items = [{**omm, "id": n, "name": f"Site {n:03d}"} for n in range(first + 1, first + 101)]
        route.fulfill(json={"items": items[: 250 - first], "total": 250})

    def prepare(page: Page) -> None:
        page.route("**/api/v1/omms?*", many)
        page.route_web_socket("**/api/v1/live", lambda ws: ws.send(json.dumps(STATUS)))

    page = open_page("#/omms", prepare=prepare)
    row(page, "Site 002").locator(".select-row").click()
    page.get_by_role("button", name="Next page").click()
    row(page, "Site 102").locator(".tabulator-cell").nth(1).focus()
    page.keyboard.press("Space")
    expect(page.locator(".selection-bar")).to_contain_text("2 selected")
    shot(page, "omms-selected-over-pages")
    page.get_by_role("button", name="Previous page").click()
    chosen = page.locator('.tabulator-row[aria-selected="true"]')
    expect(chosen).to_have_count(1)
    page.get_by_role("button", name="Select nothing").click()
    expect(chosen).to_have_count(0)
    expect(page.locator(".selection-bar")).to_be_hidden()


def test_since_when_an_omm_is_away_stands_beside_why(open_page: OpenPage) -> None:
    page = open_page("#/omms")
    expect(cell(page, AWAY, "since").locator("time")).to_have_attribute(
        "title", re.compile(r"GMT|CET|CEST")
    )
    expect(cell(page, AWAY, "state")).not_to_contain_text(re.compile(r"\d+ sec"))
    expect(cell(page, AWAY, "state")).to_contain_text("refused")
    expect(cell(page, CLOSED, "since")).to_have_text("")


def test_the_menu_leads_to_the_event_log_of_the_omm(open_page: OpenPage) -> None:
    page = open_page("#/omms")
    menu_of(page, AWAY).get_by_role("menuitem", name="Event log").click()
    expect(page).to_have_url(re.compile(f"#/events.*{AWAY}"))


def test_readers_can_change_nothing(open_page: OpenPage) -> None:
    page = open_page("#/omms", account=READER)
    expect(row(page, AWAY)).to_be_visible()
    expect(page.get_by_role("button", name="Add OMM")).to_have_count(0)
    menu = menu_of(page, AWAY)
    expect(menu.get_by_role("menuitem", name="Show")).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Delete")).to_have_count(0)
    menu.get_by_role("menuitem", name="Show").click()
    expect(page.locator("dialog.panel").get_by_label("Name")).to_be_disabled()
    expect(page.locator("dialog.panel").get_by_role("button", name="Save")).to_have_count(0)


def test_the_list_can_be_reached_from_a_tile_with_a_filter(open_page: OpenPage) -> None:
    page = open_page("#/omms?filter=state:eq:disabled")
    expect(page.locator(".chip")).to_have_text(re.compile("Connected is disabled"))
    expect(page.locator(".tabulator-row")).to_have_count(1)
    expect(page).not_to_have_url(re.compile("filter"))
