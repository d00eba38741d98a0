"""The pure rules in tables: merging, the guard of vanished copies, guarded fields, fingerprints."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.axi.element import Element
from mom.directory import wire
from mom.directory.entry import Entry, entry_of
from mom.directory.fingerprints import Shapes
from mom.directory.guard import Guard
from mom.directory.index import Index
from mom.directory.merge import Verdict, is_news, judge, later
from mom.directory.plans import plan_of
from mom.directory.reading.vanish import Loss
from mom.directory.sending.abilities import Abilities
from mom.directory.wanted import wanted
from mom.model.attribute import Group, by_wire
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.user import User


@pytest.mark.parametrize("strange", ["", "-3", "+4", " 5", "x", "7" * 30, "\u0664", "0", "12"])
def test_local_numbers_of_a_page_are_read_like_each_alone(strange: str) -> None:
    users = [Element("user", {"uid": text}) for text in ("1", strange, "200")]
    users.append(Element("user", {}))
    for page in (users, users[:3], users[1:2]):
        alone = [wire.local_of(Noun.USER, user) for user in page]
        assert wire.locals_of(Noun.USER, page) == alone


def test_a_long_text_that_should_be_a_number_is_not_remembered() -> None:
    text = "9" * 1000
    before = sys.getrefcount(text)
    assert wire.whole(text) is None
    assert plan_of(Noun.USER, ("fixedSipPort",)).misfits({"fixedSipPort": (text,)}) == {0}
    assert sys.getrefcount(text) == before


def test_what_an_omm_shows_is_remembered_only_up_to_a_limit() -> None:
    abilities = Abilities("SIP-DECT 7.1", {})
    for page in range(100):
        abilities.show(Noun.USER, [f"more{page}x{number}" for number in range(500)])
    assert abilities.has_shown(Noun.USER, "more1x499")
    assert not abilities.has_shown(Noun.USER, "more99x499")


@pytest.mark.feature("F7")
@pytest.mark.parametrize(
    ("news_omm", "news_mom", "omm_at", "mom_at", "verdict"),
    [
        (True, False, 1, 9, Verdict.TAKE),
        (False, True, 9, 1, Verdict.SEND),
        (False, False, 9, 1, Verdict.SEND),
        (True, True, 9, 1, Verdict.TAKE),
        (True, True, 1, 9, Verdict.SEND),
        (True, True, 5, 5, Verdict.SEND),
    ],
)
def test_news_on_one_side_wins_and_on_both_the_newer_stamp(
    news_omm: bool, news_mom: bool, omm_at: int, mom_at: int, verdict: Verdict
) -> None:
    assert judge(news_omm, news_mom, omm_at, mom_at).verdict is verdict


@pytest.mark.parametrize(
    ("stamp", "changed", "news"),
    [(11, False, True), (10, True, True), (10, False, False), (9, True, False)],
)
def test_a_greater_stamp_or_other_content_at_an_equal_one_is_news(
    stamp: int, changed: bool, news: bool
) -> None:
    assert is_news(stamp, 10, changed) is news


@given(st.integers(0, 2**33), st.integers(0, 2**33))
def test_moms_own_stamps_strictly_increase(now: int, former: int) -> None:
    assert later(now, former) > former


@pytest.mark.parametrize(
    ("missing", "held", "suspicious"),
    [
        (0, 0, False), (0, 9, False), (1, 1, False), (2, 2, True), (2, 3, False),
        (3, 9, False), (3, 8, True), (4, 12, False), (5, 12, True), (9, 9, True),
    ],
)  # fmt: skip
def test_many_missing_copies_are_suspicious(missing: int, held: int, suspicious: bool) -> None:
    assert Loss(missing, held).suspicious is suspicious


@pytest.mark.parametrize(
    ("name", "value", "flawed"),
    [
        ("name", "Müller", False), ("name", "x" * 20, False), ("name", "x" * 21, True),
        ("name", "Ann \U0001f600", True), ("name", "Ann\x07", True), ("name", "\u2764", True),
        ("num", "4711*#+", False), ("num", "4711 ", True), ("num", "anna.b", False),
        ("hierarchy1", "x" * 17, True), ("ppData", "UD_A=1\nUD_B=2", False),
        ("pin", "x" * 53, False), ("pin", "ä" * 27, True), ("sosNum", "11<2", True),
    ],
)  # fmt: skip
def test_what_can_break_a_phone_is_flawed(name: str, value: str, flawed: bool) -> None:
    assert bool(Guard().flaw(by_wire(User)[name], value)) is flawed


def test_an_omm_teaches_a_better_length() -> None:
    guard = Guard()
    assert guard.learn("name", 30)
    assert not guard.learn("name", 30)
    assert not guard.flaw(by_wire(User)["name"], "x" * 30)


@given(
    st.dictionaries(
        st.sampled_from(["name", "num", "vip", "lang", "future", "addId"]), st.text(), min_size=1
    ),
    st.randoms(),
)
def test_a_fingerprint_does_not_depend_on_the_order_and_secrets_take_no_part(
    attrs: dict[str, str], random: st.DataObject
) -> None:
    shapes = Shapes()
    first = shapes.raw(Noun.USER, {"uid": "1", **attrs, "pin": "a"})
    mixed = list(attrs.items())
    random.shuffle(mixed)  # type: ignore[attr-defined]
    second = shapes.raw(Noun.USER, {"pin": "b", **dict(mixed), "uid": "2"})
    assert first == second
    name = next(iter(attrs))
    changed = shapes.raw(Noun.USER, {**attrs, name: attrs[name] + "x"})
    assert changed.prints[0] != first.prints[0]


def test_what_cannot_be_read_is_kept_as_it_came() -> None:
    told = wire.read(
        Noun.USER, Element("user", {"uid": "3", "holdRingBackTime": "often", "vip": "true"})
    )
    assert told.local == 3
    assert told.extra == {"holdRingBackTime": "often"}
    assert told.groups == {Group.ADMIN: {"vip": True}}


def _index(*records: User | Device) -> Index:
    index = Index()
    for record in records:
        index.put(record)
    return index


PHONE = Device(ppn=DeviceNumber(2), uid=UserNumber(1), s="Yes", home=OmmId(1))


@pytest.mark.feature("F8")
@pytest.mark.parametrize(
    ("user", "device", "at_home", "elsewhere"),
    [
        (User(uid=UserNumber(1), ppn=DeviceNumber(2)), PHONE, (True, True), (False, False)),
        (User(uid=UserNumber(1)), PHONE, (False, True), (False, False)),
        (
            User(uid=UserNumber(1), ppn=DeviceNumber(2), permanent=True),
            PHONE,
            (True, True),
            (True, True),
        ),
        (
            User(uid=UserNumber(1), ppn=DeviceNumber(2)),
            Device(ppn=DeviceNumber(2), uid=UserNumber(1), s="No"),
            (False, False),
            (False, False),
        ),
    ],
)
def test_which_omm_should_hold_what(
    user: User, device: Device, at_home: tuple[bool, bool], elsewhere: tuple[bool, bool]
) -> None:
    index = _index(user, device)
    entries: tuple[Entry, Entry] = (entry_of(user), entry_of(device))
    assert tuple(wanted(e, OmmId(1), index) for e in entries) == at_home
    assert tuple(wanted(e, OmmId(2), index) for e in entries) == elsewhere
