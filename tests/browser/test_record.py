"""The panel of a user and its phone: values and history as a reader takes them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage

LINE = "name from OMM 0002, newer there (2026-11-30 20:32:40 UTC against 2026-11-29 06:05:00 UTC)"
FORMER = "name from OMM 0002, newer there (20:32:40 against 20:32:37)"
AT = 1_796_070_767


def told(route: Route) -> None:
    """What was decided, as it is stored now and as it was stored once."""
    items = [
        {"id": at, "at": at, "noun": "user", "number": 1, "text": text, "key": "10001", "lost": {}}
        | {"name": "Bob", "last": 0, "deleted": False}
        for at, text in ((AT, LINE), (AT - 1, FORMER))
    ]
    route.fulfill(json={"items": items, "total": len(items)})


def only_history(page: Page) -> None:
    page.route(re.compile(r"/api/v1/users/1/lines"), told)


@pytest.mark.parametrize(
    ("language", "now", "former"),
    [
        (
            "en",
            "Name from OMM 0002, newer there (11/30/26, 21:32:40 against 11/29/26, 07:05:00)",
            "Name from OMM 0002, newer there (20:32:40 UTC against 20:32:37 UTC)",
        ),
        (
            "de",
            "Name von OMM 0002, dort neuer (30.11.26, 21:32:40 gegen 29.11.26, 07:05:00)",
            "Name von OMM 0002, dort neuer (20:32:40 UTC gegen 20:32:37 UTC)",
        ),
    ],
)
def test_decisions_have_date_and_time_in_the_reader_s_zone(
    open_page: OpenPage, shot: Callable[[Page, str], None], language: str, now: str, former: str
) -> None:
    page = open_page("#/users?view=users&open=1", language=language, prepare=only_history)
    page.get_by_role("tab", name={"en": "History", "de": "Verlauf"}[language]).click()
    history = page.locator(".history")
    expect(history).to_contain_text(now)
    expect(history).to_contain_text(former)
    shot(page, f"record-history-{language}")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_port_has_no_separator_of_thousands(open_page: OpenPage, language: str) -> None:
    def with_port(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "calculatedSipPort": 5060})

    def prepare(page: Page) -> None:
        page.route(re.compile(r"/api/v1/users/1$"), with_port)

    page = open_page("#/users?view=users&open=1", language=language, prepare=prepare)
    page.get_by_role("tab", name="SIP", exact=True).click()
    facts = page.locator(".record-tab:visible")
    expect(facts.get_by_text("5060", exact=True)).to_be_visible()
