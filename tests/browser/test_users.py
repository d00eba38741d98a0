"""The pane of users and DECT phones with 50,000 users, in a real browser."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.crowded import PEOPLE, CrowdedHouse
from tests.browser.house import LOOKS, PASSWORD, READER, House

COUNTED = re.compile(r"^[\d,.]+ (items|Einträge)$")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = CrowdedHouse(tmp_path_factory.mktemp("crowd"))
    house.start()
    yield house
    house.stop()


def cells(page: Page, field: str) -> list[str]:
    """What stands in a column, of the rows on the screen."""
    return page.locator(f'.tabulator-cell[tabulator-field="{field}"]').all_inner_texts()


def header(page: Page, field: str) -> Locator:
    return page.locator(f'.tabulator-col[tabulator-field="{field}"]')


def settled(page: Page, count: int) -> None:
    """Wait until so many records are counted below the table."""
    expect(page.locator(".table-count")).to_have_text(re.compile(f"^{count:,} items?$"))


def filter_by(page: Page, field: str, operator: str, value: str = "") -> None:
    header(page, field).hover()
    header(page, field).locator(".head-filter").click()
    form = page.locator(".filter-form")
    form.locator("select").first.select_option(operator)
    if value and form.locator("select").count() > 1:
        form.locator("select").nth(1).select_option(value)
    elif value:
        form.locator("input").fill(value)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


@pytest.mark.feature("F102", "F156", "F157", "F158", "F113")
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_three_views_are_readable_for_anybody(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
    look: tuple[str, str, int, int],
) -> None:
    theme, language, width, height = look
    page = open_page("#/users", theme=theme, language=language, width=width, height=height)
    for view, field in (("overview", "name"), ("users", "name"), ("devices", "ipei")):
        page.goto(page.url.split("#")[0] + f"#/users?view={view}")
        expect(page.locator(".segment[aria-current]")).to_have_attribute(
            "href", f"#/users?view={view}"
        )
        header(page, field).wait_for()
        page.locator(".tabulator-row").nth(3).wait_for()
        expect(page.locator(".table-count")).to_have_text(COUNTED)
        shot(page, f"users-{view}-{theme}-{language}-{width}")
        expect(page.locator("body")).not_to_contain_text("null")
        expect(page.locator("body")).not_to_contain_text("undefined")
        assert findings(page) == []


@pytest.mark.feature("F113")
def test_numbers_are_written_as_the_guide_does(open_page: OpenPage) -> None:
    page = open_page("#/users?view=devices")
    page.locator(".tabulator-row").nth(3).wait_for()
    assert cells(page, "__number")[0] == "0000000001"
    assert cells(page, "ppn")[:2] == ["0x0001", "0x0002"]
    assert cells(page, "uid")[0] == "0x0001"
    assert cells(page, "relType")[0] in ("Fixed", "Dynamic")
    assert {"Rel. user", "Rel. type", "IPEI", "DECT AC", "Encryption", "HW type"} <= set(
        page.locator(".head-name").all_inner_texts()
    )


@pytest.mark.feature("F107")
def test_a_click_on_a_header_sorts_up_down_and_not_at_all(open_page: OpenPage) -> None:
    page = open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    sort = header(page, "num").locator(".head-sort")
    sort.click()
    expect(header(page, "num")).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(re.compile("sort=num"))
    sort.click()
    expect(header(page, "num")).to_have_attribute("aria-sort", "descending")
    first = page.locator('.tabulator-cell[tabulator-field="num"]').first
    expect(first).to_have_text(str(600_000 + PEOPLE))
    sort.click()
    expect(header(page, "num")).to_have_attribute("aria-sort", "none")
    expect(first).to_have_text("600001")
    expect(page).not_to_have_url(re.compile("sort="))


@pytest.mark.feature("F108", "F110")
def test_filters_work_together_and_are_gone_after_a_reload(
    open_page: OpenPage, shot: Callable[[Page, str], None], house: House
) -> None:
    page = open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    all_users = house.ask("GET", "/api/v1/users?limit=0")["total"]
    settled(page, all_users)
    filter_by(page, "num", "starts", "6000")
    settled(page, 99)
    filter_by(page, "relType", "eq", "Unbound")
    settled(page, 9)
    assert set(cells(page, "relType")) == {"Unbound"}
    filter_by(page, "permanent", "eq", "false")
    settled(page, 9)
    expect(page.locator(".chip")).to_have_count(3)
    shot(page, "users-filters")
    filter_by(page, "addId", "empty")
    settled(page, 3)
    page.locator(".chip-remove").last.click()
    filter_by(page, "addId", "full")
    settled(page, 6)
    page.reload()
    settled(page, all_users)
    expect(page.locator(".chip")).to_have_count(0)


def test_the_quick_search_looks_everywhere_and_says_when_nothing_is_found(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/users")
    search = page.locator(".table-search input")
    search.fill("0000042")
    expect(page.locator('.tabulator-cell[tabulator-field="ipei"]').first).to_contain_text("0000042")
    search.fill("nobody at all")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    shot(page, "users-nothing-found")
    page.get_by_role("button", name="Show all").click()
    page.locator(".tabulator-row").nth(3).wait_for()
    expect(search).to_have_value("")


@pytest.mark.feature("F112")
def test_view_sort_search_and_page_are_in_the_address(open_page: OpenPage) -> None:
    page = open_page("#/users?view=devices&sort=-ipei&page=3")
    expect(page.locator(".page-input")).to_have_value("3")
    expect(header(page, "ipei")).to_have_attribute("aria-sort", "descending")
    page.locator(".segment", has_text="Users").click()
    expect(page.locator(".page-input")).to_have_value("1")
    page.go_back()
    expect(page.locator(".page-input")).to_have_value("3")
    page.reload()
    expect(page.locator(".page-input")).to_have_value("3")


@pytest.mark.feature("F109")
def test_columns_are_chosen_moved_and_kept_in_this_browser(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    page.get_by_role("button", name="Columns").click()
    shot(page, "users-columns")
    page.get_by_role("checkbox", name="VIP", exact=True).check()
    page.get_by_role("checkbox", name="Description 2").uncheck()
    page.get_by_role("button", name="Move Rel. type to the front").click()
    page.keyboard.press("Escape")
    for _ in range(2):
        expect(header(page, "vip")).to_have_count(1)
        expect(header(page, "hierarchy2")).to_have_count(0)
        fields = page.locator(".head").evaluate_all("all => all.map((each) => each.dataset.field)")
        assert fields.index("relType") < fields.index("omm")
        page.reload()
        page.locator(".tabulator-row").nth(3).wait_for()
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Reset").click()
    expect(header(page, "vip")).to_have_count(0)


@pytest.mark.feature("F111")
def test_a_change_elsewhere_appears_without_reload(open_page: OpenPage, house: House) -> None:
    page = open_page("#/users?view=users")
    row = page.locator(".tabulator-row", has_text="600002")
    row.wait_for()
    before = house.ask("GET", "/api/v1/users/2")["name"]
    house.ask("PATCH", "/api/v1/users/2", {"name": "Elsewhere"})
    expect(row.locator('[tabulator-field="name"]')).to_have_text("Elsewhere")
    expect(row).to_have_class(re.compile("is-flashing"))
    house.ask("PATCH", "/api/v1/users/2", {"name": before})
    expect(row.locator('[tabulator-field="name"]')).to_have_text(before)


@pytest.mark.feature("F111")
def test_a_page_that_nobody_sees_asks_for_nothing_and_is_fresh_when_it_is_seen(
    open_page: OpenPage, house: House
) -> None:
    page = open_page("#/users?view=users")
    name = page.locator(".tabulator-row", has_text="600004").locator('[tabulator-field="name"]')
    before = name.inner_text()
    page.wait_for_timeout(700)
    turn(page, hidden=True)
    house.ask("PATCH", "/api/v1/users/4", {"name": "Unseen"})
    page.wait_for_timeout(1200)
    expect(name).to_have_text(before)
    turn(page, hidden=False)
    expect(name).to_have_text("Unseen")
    house.ask("PATCH", "/api/v1/users/4", {"name": before})
    expect(name).to_have_text(before)


def turn(page: Page, *, hidden: bool) -> None:
    """Put the window behind others, or in front of them."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


@pytest.mark.feature("F111")
def test_while_updates_are_suppressed_a_button_says_that_there_is_news(
    open_page: OpenPage, house: House, shot: Callable[[Page, str], None]
) -> None:
    house.ask("PATCH", "/api/v1/settings", {"suppressTableUpdates": "All"})
    page = open_page("#/users?view=users")
    name = page.locator(".tabulator-row", has_text="600003").locator('[tabulator-field="name"]')
    before = name.inner_text()
    page.wait_for_timeout(700)
    house.ask("PATCH", "/api/v1/users/3", {"name": "Later"})
    refresh = page.locator(".button-stale")
    expect(refresh).to_be_visible()
    expect(name).to_have_text(before)
    shot(page, "users-stale")
    refresh.click()
    expect(name).to_have_text("Later")
    expect(refresh).to_be_hidden()
    house.ask("PATCH", "/api/v1/settings", {"suppressTableUpdates": "Off"})
    house.ask("PATCH", "/api/v1/users/3", {"name": before})


def test_where_nothing_can_be_done_with_several_rows_none_is_selected(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    expect(page.locator(".select-row")).to_have_count(0)
    expect(page.locator(".select-page")).to_have_count(0)
    expect(page.locator(".row-more").nth(1)).to_be_visible()
    shot(page, "users-without-boxes")


def test_the_filtered_rows_are_exported(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("#/users?view=users&sort=-num")
    page.locator(".tabulator-row").nth(3).wait_for()
    filter_by(page, "num", "starts", "6000")
    settled(page, 99)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    download.value.save_as(tmp_path / "users.csv")
    assert download.value.suggested_filename == "mom_users.csv"
    text = (tmp_path / "users.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["num"] for row in rows][:2] == ["600099", "600098"]
    assert len(rows) == 99


def test_a_record_is_shown_with_all_its_tabs_and_its_history(
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
    findings: Callable[[Page], list[str]],
) -> None:
    page = open_page("#/users?view=users&open=1")
    panel = page.locator("dialog.panel")
    expect(panel.locator("[role=tab]").first).to_be_visible()
    for tab in panel.locator("[role=tab]").all():
        tab.click()
        shot(page, f"record-{tab.inner_text().split('/')[0].lower().replace(' ', '-')}")
        assert findings(page) == []
    expect(panel.locator(".history li").last).to_contain_text("Name from OMM 0004")
    panel.get_by_role("tab", name="SIP").click()
    sip = panel.get_by_role("tabpanel", name="SIP")
    expect(sip.locator("dt:has-text('SIP password') + dd")).to_have_text("set")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page).not_to_have_url(re.compile("open="))


def test_everything_can_be_done_with_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    page.keyboard.press("f")
    expect(page.locator(".table-search input")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    focused = page.locator(".tabulator-cell:focus")
    expect(focused).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator(".selection-bar")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.panel h2")).to_contain_text("600002")
    page.keyboard.press("Escape")
    expect(focused).to_have_text("0000000002")
    page.keyboard.press(".")
    expect(page.locator(".menu [role=menuitem]").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(header(page, "__number").locator(".head-sort")).to_be_focused()
    page.keyboard.press("Enter")
    expect(header(page, "__number")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".filter-form select")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator(".row-more:focus, .tabulator-cell.is-tool:focus")).to_have_count(1)


def test_a_cell_keeps_the_focus_that_it_gets_while_its_row_is_drawn_anew(
    open_page: OpenPage, house: House
) -> None:
    page = open_page("#/users?view=users")
    row = page.locator(".tabulator-row", has_text="600002")
    row.wait_for()
    page.evaluate(
        """(name) => {
          const seen = new MutationObserver(() => {
            const rows = [...document.querySelectorAll(".tabulator-row")];
            const row = rows.find((each) => each.textContent.includes("600002"));
            if (row?.textContent.includes(name)) {
              seen.disconnect();
              row.querySelector(".tabulator-cell").focus();
            }
          });
          seen.observe(document.querySelector(".grid"), { childList: true, subtree: true });
        }""",
        "Drawn anew",
    )
    before = house.ask("GET", "/api/v1/users/2")["name"]
    house.ask("PATCH", "/api/v1/users/2", {"name": "Drawn anew"})
    expect(row).to_contain_text("Drawn anew")
    expect(row.locator(".tabulator-cell:focus")).to_have_count(1)
    house.ask("PATCH", "/api/v1/users/2", {"name": before})


def test_a_failed_request_says_what_to_try(
    open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    page.route("**/api/v1/users?*", lambda route: route.abort())
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("The rows could not be loaded")).to_be_visible()
    shot(page, "users-failed")
    page.unroute("**/api/v1/users?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator('.tabulator-cell[tabulator-field="num"]').first).to_have_text("600101")


def test_a_change_elsewhere_leaves_a_failed_page_as_it_is(
    open_page: OpenPage, house: House
) -> None:
    page, witness = open_page("#/users?view=users"), open_page("#/users?view=users")
    page.locator(".tabulator-row").nth(3).wait_for()
    row = witness.locator(".tabulator-row", has_text="600004")
    before = row.locator('[tabulator-field="name"]').inner_text()
    page.route("**/api/v1/users?*", lambda route: route.abort())
    page.get_by_role("button", name="Next page").click()
    failed = page.get_by_text("The rows could not be loaded")
    expect(failed).to_be_visible()
    for name in ("Elsewhere", before):
        house.ask("PATCH", "/api/v1/users/4", {"name": name})
        expect(row.locator('[tabulator-field="name"]')).to_have_text(name)
    expect(failed).to_be_visible()
    page.unroute("**/api/v1/users?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator('.tabulator-cell[tabulator-field="num"]').first).to_have_text("600101")


def test_readers_see_the_records(
    open_page: OpenPage, context_of: Callable[..., BrowserContext]
) -> None:
    page = open_page("#/users", account=READER)
    page.locator(".tabulator-row").nth(3).wait_for()
    assert PASSWORD not in page.content()
