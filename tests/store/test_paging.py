"""Pages, compared with the same question answered in Python."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred as deferred

from mom.model.account import Account, AccountId
from mom.model.user import User
from mom.store import paging
from mom.store.errors import QueryError
from mom.store.query import Filter, Page, Query
from mom.store.store import Store
from mom.store.views import Pair
from tests.store.records import device, event, ipei_of, omm, user

NAMES = ("anna", "Anna", "ANNA", "Zoë", "zoé", "Straße", "STRASSE", "äpfel", "Zebra", "", None)
NUMBERS = ("99", "100", "1000", "20", "*5", "", None, "A1", "a1")
CHOICES = ("Off", "On", "Global", None, "")


def people(count: int) -> list[User]:
    chance = random.Random(7)
    return [
        user(
            number,
            name=chance.choice(NAMES),
            num=chance.choice(NUMBERS),
            auto_answer=chance.choice(CHOICES),
            fixed_sip_port=chance.choice((None, 0, 5060, 5062)),
            ppn=chance.choice((0, 0, number)),
            vip=chance.choice((None, True, False)),
            marks=chance.choice(((), ("EInval num",))),
        )
        for number in range(1, count + 1)
    ]


async def fill(store: Store, users: list[User]) -> None:
    async with store.write() as work:
        for one in users:
            work.put_user(None, one)


async def numbers_of(store: Store, query: Query, view: str = "users") -> list[int]:
    page: Page = await store.read(lambda reading: reading.page(view, query))
    return [one.uid if view == "users" else one.device.ppn for one in page.items]


def text(value: str | None) -> str:
    return (value or "").casefold()


def by_length(value: str | None) -> tuple[int, str]:
    return len(value or ""), text(value)


ORDERS: dict[str, tuple[Callable[[User], Any], Callable[[User], bool]]] = {
    "num": (lambda one: by_length(one.num), lambda one: not one.num),
    "name": (lambda one: text(one.name), lambda one: not one.name),
    "autoAnswer": (lambda one: text(one.auto_answer), lambda one: not one.auto_answer),
    "fixedSipPort": (lambda one: one.fixed_sip_port, lambda one: one.fixed_sip_port is None),
    "ppn": (lambda one: one.ppn, lambda one: one.ppn == 0),
    "vip": (lambda one: one.vip, lambda one: one.vip is None),
    "uid": (lambda one: one.uid, lambda one: False),
}


def expected_order(users: list[User], sort: str) -> list[int]:
    key, is_empty = ORDERS[sort.removeprefix("-")]
    full = [one for one in users if not is_empty(one)]
    full.sort(key=key, reverse=sort.startswith("-"))
    return [one.uid for one in full + [one for one in users if is_empty(one)]]


@deferred
async def test_rows_are_sorted_alike_on_both_databases_empty_ones_last(store: Store) -> None:
    users = people(150)
    await fill(store, users)
    for field in ORDERS:
        for sort in (field, f"-{field}"):
            order = await numbers_of(store, Query(sort=sort, limit=1000))
            assert order == expected_order(users, sort), sort


@deferred
async def test_pages_join_to_the_whole_without_gap_or_overlap(store: Store) -> None:
    await fill(store, people(60))
    for sort in ("", "name", "-num", "ppn"):
        whole = await numbers_of(store, Query(sort=sort, limit=1000))
        pages = [
            await numbers_of(store, Query(sort=sort, offset=at, limit=7)) for at in range(0, 70, 7)
        ]
        assert [number for page in pages for number in page] == whole


@deferred
async def test_rare_rows_come_as_many_would(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(store, people(60))
    rare = await numbers_of(store, Query(q="a", offset=3, limit=10))
    monkeypatch.setattr(paging, "RARE", 0)
    assert rare == await numbers_of(store, Query(q="a", offset=3, limit=10))
    assert len(rare) == 10


FILTERS: dict[tuple[str, str, str], Callable[[User], bool]] = {
    ("name", "eq", "anna"): lambda one: text(one.name) == "anna",
    ("name", "ne", "ANNA"): lambda one: text(one.name) != "anna",
    ("name", "contains", "SS"): lambda one: "ss" in text(one.name),
    ("name", "starts", "zo"): lambda one: text(one.name).startswith("zo"),
    ("name", "gt", "strasse"): lambda one: text(one.name) > "strasse",
    ("name", "lt", "b"): lambda one: "" < text(one.name) < "b",
    ("name", "empty", ""): lambda one: not one.name,
    ("name", "empty", "false"): lambda one: bool(one.name),
    ("num", "eq", "A1"): lambda one: text(one.num) == "a1",
    ("num", "eq", ""): lambda one: not one.num,
    ("num", "contains", "0"): lambda one: "0" in text(one.num),
    ("num", "starts", "1"): lambda one: text(one.num).startswith("1"),
    ("num", "gt", "99"): lambda one: by_length(one.num) > (2, "99"),
    ("num", "lt", "100"): lambda one: (0, "") < by_length(one.num) < (3, "100"),
    ("autoAnswer", "eq", "global"): lambda one: one.auto_answer == "Global",
    ("autoAnswer", "ne", "Global"): lambda one: one.auto_answer != "Global",
    ("autoAnswer", "contains", "O"): lambda one: "o" in text(one.auto_answer),
    ("autoAnswer", "empty", ""): lambda one: not one.auto_answer,
    ("fixedSipPort", "eq", "5060"): lambda one: one.fixed_sip_port == 5060,
    ("fixedSipPort", "ne", "5060"): lambda one: one.fixed_sip_port != 5060,
    ("fixedSipPort", "gt", "5060"): lambda one: (one.fixed_sip_port or 0) > 5060,
    ("fixedSipPort", "lt", "5060"): lambda one: one.fixed_sip_port == 0,
    ("fixedSipPort", "empty", ""): lambda one: one.fixed_sip_port is None,
    ("ppn", "empty", ""): lambda one: one.ppn == 0,
    ("vip", "eq", "true"): lambda one: one.vip is True,
    ("vip", "ne", "true"): lambda one: one.vip is not True,
    ("vip", "empty", "false"): lambda one: one.vip is not None,
    ("marks", "contains", "einval"): lambda one: bool(one.marks),
    ("marks", "empty", ""): lambda one: not one.marks,
}


@pytest.mark.feature("F110")
@deferred
async def test_each_filter_finds_what_it_says_and_counts_it(store: Store) -> None:
    users = people(150)
    await fill(store, users)
    for (field, op, value), holds in FILTERS.items():
        query = Query(limit=1000, filters=(Filter(field, op, value),))
        page = await store.read(lambda reading, query=query: reading.page("users", query))
        wanted = [one.uid for one in users if holds(one)]
        assert wanted, (field, op)
        assert [one.uid for one in page.items] == wanted, (field, op, value)
        assert page.total == len(wanted)


@deferred
async def test_all_filters_hold_together_with_search_and_order(store: Store) -> None:
    users = people(150)
    await fill(store, users)
    query = Query(
        sort="-fixedSipPort",
        q="anna",
        limit=5,
        offset=2,
        filters=(Filter("vip", "eq", "true"), Filter("ppn", "empty", "")),
    )
    page = await store.read(lambda reading: reading.page("users", query))
    kept = [one for one in users if text(one.name) == "anna" and one.vip and not one.ppn]
    assert page.total == len(kept)
    assert [one.uid for one in page.items] == expected_order(kept, "-fixedSipPort")[2:7]


@deferred
async def test_what_looks_like_sql_or_a_pattern_is_plain_text(store: Store) -> None:
    await fill(store, [user(1, name="100 %s_'; --"), user(2, name="other")])
    for words in ("%", "%s", "_", "'", "';"):
        assert await numbers_of(store, Query(q=words)) == [1]
        assert await numbers_of(store, Query(filters=(Filter("name", "contains", words),))) == [1]


@pytest.mark.parametrize(
    "query",
    [
        Query(sort="pin"),
        Query(sort="name; DROP TABLE users"),
        Query(sort="-extra"),
        Query(filters=(Filter("sipPw", "eq", "x"),)),
        Query(filters=(Filter("name_folded", "eq", "x"),)),
        Query(filters=(Filter("fixedSipPort", "eq", "x"),)),
        Query(q="a\0"),
        Query(limit=-1),
    ],
)
@deferred
async def test_a_question_that_makes_no_sense_is_refused(store: Store, query: Query) -> None:
    with pytest.raises(QueryError):
        await store.read(lambda reading: reading.page("users", query))


@deferred
async def test_no_page_shows_a_secret(store: Store) -> None:
    async with store.write() as work:
        work.put_device(None, device(1, uak="planted"))
        work.put_omm(None, omm(1, password="planted"))
        work.put_account(None, Account(id=AccountId(0), name="mom", password_hash="planted"))
    for view in ("devices", "omms", "accounts"):
        page = await store.read(lambda reading, view=view: reading.page(view, Query()))
        assert page.total == 1
        assert all(
            "planted" not in str(getattr(page.items[0], name))
            for name in page.items[0].__struct_fields__
        )


@deferred
async def test_pairs_are_bound_devices_with_their_users(store: Store) -> None:
    async with store.write() as work:
        for number, name in ((1, "Zora"), (2, "anton"), (3, "unbound")):
            work.put_user(None, user(number, name=name, ppn=number + 10 if number < 3 else 0))
        for number, uid in ((11, 1), (12, 2), (13, 0)):
            work.put_device(None, device(number, uid=uid, home=number))
    page = await store.read(lambda reading: reading.page("pairs", Query(sort="name")))
    assert page.total == 2
    assert [(type(one), one.device.ppn, one.user.name) for one in page.items] == [
        (Pair, 12, "anton"),
        (Pair, 11, "Zora"),
    ]
    by_home = Query(filters=(Filter("home", "gt", "11"), Filter("userRevision", "eq", "1")))
    assert await numbers_of(store, by_home, "pairs") == [12]
    for words in (ipei_of(11), ipei_of(11).replace(" ", ""), "ZORA", "1001"):
        assert await numbers_of(store, Query(q=words), "pairs") == [11]


@deferred
async def test_users_are_sorted_and_filtered_by_the_omm_where_their_phone_is(store: Store) -> None:
    homes = {1: 30, 2: 0, 3: 20, 4: 30}
    async with store.write() as work:
        for number, home in homes.items():
            work.put_user(None, user(number, ppn=number + 10 if home else 0))
            work.put_device(None, device(number + 10, uid=number if home else 0, home=home))
    assert await numbers_of(store, Query(sort="home")) == [3, 1, 4, 2]
    assert await numbers_of(store, Query(sort="-home")) == [1, 4, 3, 2]
    for op, value, found in (
        ("eq", "30", [1, 4]),
        ("ne", "30", [2, 3]),
        ("empty", "", [2]),
        ("empty", "false", [1, 3, 4]),
    ):
        query = Query(filters=(Filter("home", op, value),), q="1")
        page = await store.read(lambda reading, query=query: reading.page("users", query))
        assert ([one.uid for one in page.items], page.total) == (found, len(found)), op


@deferred
async def test_events_can_be_filtered_by_severity_and_time(store: Store) -> None:
    async with store.write() as work:
        for at in (10, 20, 30):
            work.put_event(event(f"event {at}", at))
    query = Query(
        sort="-last", filters=(Filter("severity", "eq", "WARNING"), Filter("last", "gt", "10"))
    )
    page = await store.read(lambda reading: reading.page("events", query))
    assert [one.last for one in page.items] == [30, 20]
