"""The event log."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.house import House


def rename(house: House, name: str) -> None:
    """Something that the event log tells about."""
    house.ask("PATCH", "/api/v1/omms/7", {"description": name})


@pytest.mark.feature("F105", "F214", "F215")
def test_events_are_listed_newest_first_with_all_their_columns(open_page: OpenPage) -> None:
    page = open_page("#/events")
    columns = page.locator("thead th")
    expect(columns).to_have_text(["Severity", "Subsystem", "Count", "Time", "Event"])
    row = page.locator("tbody tr", has_text="created OMM 0003 Harbour")
    told = re.compile(" ago$|^just now$")
    expect(row.locator("td")).to_have_text(
        ["Info", "OMMs", "1", told, "mom created OMM 0003 Harbour"]
    )
    expect(row.locator("time")).to_have_attribute("title", re.compile(r"20\d\d.*(GMT|CET|CEST)"))


@pytest.mark.feature("F105", "F111")
def test_new_events_are_counted_in_the_rail_and_come_into_the_list(
    open_page: OpenPage, house: House
) -> None:
    page = open_page("#/events")
    page.locator("tbody tr").first.wait_for()
    badge = page.locator(".rail a", has_text="Event log").locator(".rail-badge")
    expect(badge).to_be_hidden()
    page.get_by_role("link", name="System settings").click()
    rename(house, "on the hill")
    expect(badge).to_have_text("1 new")
    page.get_by_role("link", name="Event log").click()
    expect(page.locator("tbody tr").first).to_contain_text("OMM 0007")
    expect(badge).to_be_hidden()


@pytest.mark.feature("F105")
def test_filters_leave_what_was_asked_for(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/events")
    page.get_by_label("Severity").select_option("warning")
    expect(page.locator("tbody tr").first).to_contain_text("Warning")
    expect(page.locator("tbody tr", has_text="Info")).to_have_count(0)
    page.get_by_label("Filter events").fill("no such words")
    expect(page.get_by_text("No event matches")).to_be_visible()
    shot(page, "events-none")


@pytest.mark.feature("F105")
def test_all_events_are_exported_as_csv(open_page: OpenPage) -> None:
    page = open_page("#/events")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert download.value.suggested_filename == "mom_events.csv"
    assert "mom created OMM 0003 Harbour" in download.value.path().read_text("utf-8")


@pytest.mark.feature("F216")
def test_clear_all_asks_and_leaves_one_entry(
    open_page: OpenPage,
    plain_house: House,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    page = open_page("#/events", at=plain_house)
    page.locator("tbody tr").first.wait_for()
    page.get_by_role("button", name="Clear all").click()
    dialog = page.get_by_role("dialog", name="Clear the event log?")
    shot(page, "dialog-clear")
    assert findings(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    assert page.locator("tbody tr").count() > 1
    page.get_by_role("button", name="Clear all").click()
    dialog.get_by_role("button", name="Clear all").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("cleared")


@pytest.mark.feature("F105")
def test_events_are_told_in_the_language_of_the_page_and_found_in_both(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/events", language="de")
    row = page.locator("tbody tr", has_text="mom hat OMM 0003 Harbour angelegt")
    expect(row).to_have_count(1)
    shot(page, "events-german")
    for words in ("harbour angelegt", "created omm 0003"):
        page.get_by_label("Ereignisse filtern").fill(words)
        expect(row).to_be_visible()


SAID = {
    "Site: A: not connected: 10.0.0.1: connection refused; 10.0.0.2: is the standby OMM": (
        "Site: A: nicht verbunden: 10.0.0.1: Verbindung abgelehnt; 10.0.0.2: ist der Standby-OMM"
    ),
    "mom changed account eve": "mom hat Konto eve geändert",
    "command line deleted account eve": "Kommandozeile hat Konto eve gelöscht",
    "mom changed autoCreate, facPrefix": "mom hat geändert: Selbst angelegt, FAC-Nummer",
    "mom changed OMM 0001 Site: 1: omm1": "mom changed OMM 0001 Site: 1: omm1",
    "mom (token day) created OMM 0007 park": "mom (token day) hat OMM 0007 park angelegt",
    "Harbour: auto-create is changed back by the OMM": (
        "Harbour: Auto-Anlegen wird vom OMM zurückgestellt"
    ),
    "conference room 7 goes to OMM 0004 without sipPw, which MOM keeps under another key only": (
        "Konferenzraum 7 geht an OMM 0004 ohne sipPw, MOM hat es nur unter einem anderen Schlüssel"
    ),
    "Harbour: conference rooms not available (EInval)": (
        "Harbour: Konferenzräume nicht verfügbar (EInval)"
    ),
    "location registration refused on OMM 0004: PARIOnly": (
        "Anmeldung eines Telefons auf OMM 0004 abgelehnt: nur für einen anderen OMM angemeldet"
    ),
    "location registration of phone 03074 0220259 3 refused on OMM 0004: Unknown": (
        "Anmeldung eines Telefons (IPEI 03074 0220259 3) auf OMM 0004 abgelehnt: unbekannt"
    ),
    "base stations: 3 of 5": "Basisstationen: 3 of 5",
    "base stations: something new": "Basisstationen: something new",
    "The certificate expires on 2026-01-01, in 1 day": (
        "Das Zertifikat läuft am 2026-01-01 ab, in 1 Tag"
    ),
    "Sign-in to an unknown account from 192.0.2.7 failed": (
        "Anmeldung an einem unbekannten Konto von 192.0.2.7 fehlgeschlagen"
    ),
    "something new: something else; and more": "something new: something else; and more",
    "a.c (x) $1 {why} |": "a.c (x) $1 {why} |",
    "": "",
}


def test_what_the_server_says_is_said_in_german_and_the_unknown_as_it_is(
    open_page: OpenPage,
) -> None:
    page = open_page("#/events", language="de")
    said = page.evaluate(
        """async (texts) => {
          const {reasonText} = await import("/js/reasons.js");
          return texts.map((text) => reasonText(text));
        }""",
        list(SAID),
    )
    assert dict(zip(SAID, said, strict=True)) == SAID
