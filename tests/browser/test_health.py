"""The health pane: components with reasons, and the map of sites."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import OpenPage
from tests.browser.house import AWAY, CLOSED, SITES, House, done
from tests.system.processes import SARI

MANY = 500
STATES = ("connected",) * 45 + ("waiting", "synchronising", "disabled", "connecting", "connected")


@pytest.mark.feature("F98", "F199")
def test_components_say_how_they_are_and_lead_to_what_helps(open_page: OpenPage) -> None:
    page = open_page("#/health")
    license_row = page.locator("[data-component=License]")
    expect(license_row).to_contain_text("OK")
    expect(license_row.get_by_role("link")).to_have_count(0)
    connections = page.locator("[data-component='OMM connections']")
    expect(connections).to_contain_text("Warning")
    expect(connections).to_contain_text(f"OMM not connected: {AWAY}")
    link = connections.get_by_role("link", name="Show OMMs")
    assert "#/omms" in str(link.get_attribute("href"))


def test_reasons_are_told_in_the_language_of_the_page(open_page: OpenPage) -> None:
    page = open_page("#/health", language="de")
    connections = page.locator("[data-component='OMM connections']")
    expect(connections).to_contain_text(f"OMM nicht verbunden: {AWAY}")


@pytest.mark.parametrize(
    ("language", "moves", "sent"),
    [
        ("en", "0 moving now · 0 moved today", "0 under way · 0 delivered · 0 not delivered"),
        ("de", "0 wechseln jetzt · 0 heute", "0 unterwegs · 0 zugestellt · 0 nicht zugestellt"),
    ],
)
def test_it_is_told_how_many_phones_move_and_messages_went(
    open_page: OpenPage, shot: Callable[[Page, str], None], language: str, moves: str, sent: str
) -> None:
    page = open_page("#/health", language=language, width=1920 if language == "en" else 1366)
    rows = page.locator(".health-figures")
    expect(rows.nth(0)).to_contain_text(moves)
    expect(rows.nth(1)).to_have_text(sent)
    shot(page, f"health-activity-{language}")


def issued(house: House, name: str, *limits: str) -> str:
    """The file of a further licence for this installation."""
    file = str(house.mom.folder / name)
    more = ("--customer", "Test", *limits, "--out", file)
    done(house.mom.do("license", "issue", "--sari", SARI, *more))
    return file


@pytest.mark.feature("F2", "F198")
def test_a_licence_smaller_than_the_system_says_so_in_the_settings_and_in_health(
    house: House, open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    small = issued(house, "small.xml", "--sites", "1", "--users", "1")
    large = issued(house, "large.xml")
    text = re.compile(r"Es gibt \d+ Standorte und \d+ Benutzer, die Lizenz erlaubt 1 und 1")
    page = open_page("#/settings", language="de")
    page.set_input_files("input[type=file]", small)
    notice = page.locator(".facts .notice")
    expect(notice).to_have_text(text)
    shot(page, "licence-too-small")
    component = open_page("#/health", language="de").locator("[data-component=License]")
    expect(component).to_contain_text(text)
    page.set_input_files("input[type=file]", large)
    expect(notice).to_have_count(0)
    expect(component).to_contain_text("OK")


@pytest.mark.feature("F200")
def test_each_site_is_a_tile_with_its_state(open_page: OpenPage) -> None:
    page = open_page("#/health")
    for name in SITES:
        tile = page.locator(".tile", has_text=name)
        expect(tile).to_have_attribute("aria-label", f"{name}: connected")
    expect(page.locator(".tile", has_text=CLOSED)).to_have_attribute("title", f"{CLOSED}: disabled")
    away = page.locator(".tile", has_text=AWAY)
    expect(away).to_have_attribute("title", re.compile("Lighthouse: .*", re.DOTALL))
    assert "#/omms?open=6" in str(away.get_attribute("href"))


@pytest.mark.feature("F111", "F199")
def test_a_site_that_is_switched_off_changes_its_tile_at_once(
    open_page: OpenPage, house: House
) -> None:
    page = open_page("#/health")
    tile = page.locator(".tile", has_text="Museum")
    expect(tile).to_have_class("tile tone-ok")
    house.ask("PATCH", "/api/v1/omms/5", {"enabled": False})
    expect(tile).to_have_class("tile tone-off")
    house.ask("PATCH", "/api/v1/omms/5", {"enabled": True})
    expect(tile).to_have_class("tile tone-ok")


def many_sites(message: dict[str, Any]) -> dict[str, Any]:
    """The status of a system with so many sites."""
    sites = [
        {
            "id": number + 1,
            "state": STATES[number % len(STATES)],
            "health": "warning" if number % 37 == 5 else "OK",
            "reason": "",
        }
        for number in range(MANY)
    ]
    states = {name: sum(site["state"] == name for site in sites) for name in set(STATES)}
    return {**message, "sites": sites, "states": states, "omms": MANY}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_five_hundred_sites_fit_the_screen(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
    theme: str,
) -> None:
    def grow(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def forward(message: str | bytes) -> None:
            decoded = json.loads(message)
            if decoded["topic"] == "status":
                decoded = many_sites(decoded)
            route.send(json.dumps(decoded))

        server.on_message(forward)

    page = open_page(
        "#/health", theme=theme, prepare=lambda page: page.route_web_socket("**/live", grow)
    )
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(MANY)
    shot(page, f"health-500-{theme}")
    assert findings(page) == []
    page.get_by_role("button", name="10 waiting").click()
    expect(page.locator(".tile:visible")).to_have_count(10)
    page.get_by_role("button", name="10 waiting").click()
    expect(page.locator(".tile:visible")).to_have_count(MANY)
    assert tiles.first.bounding_box()["width"] >= 80
    overflowing = page.evaluate(
        """() => [...document.querySelectorAll(".tile")]
          .filter((tile) => tile.scrollWidth > tile.clientWidth + 1).length"""
    )
    assert overflowing == 0
