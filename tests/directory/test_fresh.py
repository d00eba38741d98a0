"""The straight way for unknown records gives what the general way gives."""

from collections.abc import Collection, Coroutine, Mapping, Sequence
from sys import maxsize
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from mom.axi.element import Element
from mom.directory.asked import Asked
from mom.directory.bench import Bench, Drafts, apply
from mom.directory.beyond import Beyond
from mom.directory.copy_drafts import CopyKey
from mom.directory.fingerprints import Shapes
from mom.directory.fresh import Fresh
from mom.directory.guard import Guard
from mom.directory.index import Index
from mom.directory.keys import Keys
from mom.directory.news import Facts
from mom.directory.removal import Reach
from mom.directory.roaming.endings import Endings
from mom.directory.rows import Removed, Row
from mom.directory.settle import Settler
from mom.model.copy import Copy, Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.omm import Omm
from mom.model.roam import Roam
from mom.model.user import User
from mom.store.trash import Discarded

NOW = 1_700_000_000
OMM = OmmId(4)
ENDINGS = Endings(Clock(), lambda: 0, lambda ari: OmmId(0))
BEYOND = Beyond(OMM, lambda users: maxsize)
FACTS = Facts(
    omm=OMM,
    now=NOW,
    offset=7,
    ari="10290001",
    key="ab" * 32,
    opener=Keys(),
    guard=Guard(),
    home_of=lambda ari: OmmId(2) if ari == "10290002" else OmmId(0),
)


class Sheet(msgspec.Struct):
    """What one unit of work writes down."""

    records: dict[tuple[Noun, int], tuple[object, object]] = {}
    copies: dict[CopyKey, Copy | None] = {}
    lines: dict[tuple[Noun, int], list[tuple[int, str]]] = {}
    numbers: dict[Noun, int] = {}
    roams: list[Roam] = []


class PaperWork:
    """Units of work above a database that was empty before them."""

    def __init__(self) -> None:
        self.sheet = Sheet(records={}, copies={}, lines={}, numbers={}, roams=[])

    async def records(
        self, users: Collection[int], devices: Collection[int]
    ) -> tuple[dict[int, User], dict[int, Device]]:
        stored = [after for _, after in self.sheet.records.values()]
        people = {user.uid: user for user in stored if isinstance(user, User)}
        phones = {phone.ppn: phone for phone in stored if isinstance(phone, Device)}
        return (
            {number: people[UserNumber(number)] for number in users if number in people},
            {number: phones[DeviceNumber(number)] for number in devices if number in phones},
        )

    async def trash_find(self, noun: Noun, text: str) -> Discarded | None:
        return None

    async def lost(self, noun: Noun, number: int) -> list[str]:
        return []

    def next_numbers(self, noun: Noun, count: int) -> Sequence[int]:
        last = self.sheet.numbers.get(noun, 0)
        self.sheet.numbers[noun] = last + count
        return range(last + 1, last + count + 1)

    def raise_number(self, noun: Noun, at_least: int) -> None:
        self.sheet.numbers[noun] = max(self.sheet.numbers.get(noun, 0), at_least)

    def revive(self, entry: Discarded, after: User | Device | None = None) -> None:
        raise AssertionError("the trash is empty")

    def put_user(self, before: User | None, after: User) -> None:
        self.sheet.records[Noun.USER, after.uid] = (before, after)

    def put_device(self, before: Device | None, after: Device) -> None:
        self.sheet.records[Noun.DEVICE, after.ppn] = (before, after)

    def delete_user(self, before: User) -> None:
        raise AssertionError("nothing is deleted")

    def delete_device(self, before: Device) -> None:
        raise AssertionError("nothing is deleted")

    def put_new(self, users: Sequence[User], devices: Sequence[Device]) -> None:
        for user in users:
            self.put_user(None, user)
        for device in devices:
            self.put_device(None, device)

    def put_copies(self, copies: Mapping[CopyKey, Copy | None]) -> None:
        self.sheet.copies |= copies

    def add_first_lines(self, noun: Noun, numbers: Sequence[int], at: int, text: str) -> None:
        for number in numbers:
            self.add_line(noun, number, at, text)

    def add_line(self, noun: Noun, number: int, at: int, text: str, lost: str = "") -> None:
        self.sheet.lines.setdefault((noun, number), []).append((at, text))

    def put_roam(self, roam: Roam) -> None:
        self.sheet.roams.append(roam)

    def put_omm(self, before: Omm | None, after: Omm) -> None:
        raise AssertionError("no OMM is put")


T = TypeVar("T")


def done(work: Coroutine[Any, Any, T]) -> T:
    """The result of work that waits for nobody."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits")


def settled(*portions: Sequence[Row | Removed]) -> tuple[Sheet, list[object]]:
    """What becomes of rows, each portion in one unit of work."""
    work, index = PaperWork(), Index()
    return work.sheet, [drafted(work, index, rows) for rows in portions]


def drafted(
    work: PaperWork, index: Index, rows: Sequence[Row | Removed]
) -> tuple[Drafts, Asked, list[str]]:
    """What becomes of rows in one unit of work; with the keys that may be in conflict."""
    bench = Bench(index, work)
    reach = Reach(NOW, lambda omm: False, False, False)
    settler = Settler(
        lambda: FACTS, lambda: reach, Shapes(), lambda noun, number: False, ENDINGS, BEYOND
    )
    asked = done(settler.settle(bench, rows))
    shared = [
        k for k in bench.entries.touched_keys(Noun.USER) if len(bench.with_key(Noun.USER, k)) > 1
    ]
    drafts = bench.finish()
    apply(index, drafts)
    told = msgspec.structs.replace(drafts, arrived=frozenset(), loaded={})
    return told, asked, sorted(shared)


def the_general_way(*portions: Sequence[Row | Removed]) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fresh, "take", lambda *_: 0)
        return settled(*portions)


def row(noun: Noun, attrs: dict[str, str]) -> Row:
    name, key = ("user", "uid") if noun is Noun.USER else ("pp", "ppn")
    return Row(noun=noun, element=Element(name, attrs), local=int(attrs[key]), whole=True)


def user(uid: int, ppn: int = 0, **attrs: str) -> Row:
    rel_type = "Fixed" if ppn else "Unbound"
    told = {"uid": str(uid), "uidSec": "0", "ppn": str(ppn), "relType": rel_type, "num": f"10{uid}"}
    return row(Noun.USER, {**told, "timeStampRelation": "50", "timeStampAdmin": "40", **attrs})


def device(ppn: int, uid: int = 0, **attrs: str) -> Row:
    rel_type = "Fixed" if uid else "Unbound"
    told = {"ppn": str(ppn), "ppnSec": "0", "uid": str(uid), "relType": rel_type, "s": "Yes"}
    told["ipei"] = f"03074 {ppn:07d} 0"
    return row(Noun.DEVICE, {**told, "timeStampRelation": "60", **attrs})


def paper_bench() -> Bench:
    return Bench(Index(), PaperWork())


def places(rows: Sequence[Row | Removed]) -> list[int]:
    """How many rows each step took on the straight way."""
    bench, fresh, found, place = paper_bench(), Fresh(rows), [], 0
    while place < len(rows):
        found.append(fresh.take(bench, place, FACTS, maxsize))
        place += found[-1] or 1
    return found


@pytest.mark.feature("F36")
def test_a_pair_that_nobody_knows_is_bound_at_once() -> None:
    rows = [user(3, 8, name="Ada"), device(8, 3, ommId="10290002")]
    assert places(rows) == [2]
    sheet, *_ = settled(rows)
    _, ada = sheet.records[Noun.USER, 1]  # type: ignore[misc]
    _, phone = sheet.records[Noun.DEVICE, 1]  # type: ignore[misc]
    assert (ada.ppn, ada.rel_type, ada.time_stamp_relation, ada.revision) == (1, "Fixed", 53, 2)
    assert (phone.uid, phone.home) == (1, OmmId(2))
    told = [text for lines in sheet.lines.values() for _, text in lines]
    assert told == ["imported from OMM 0004"] * 2
    assert settled(rows) == the_general_way(rows)


def test_what_an_omm_names_like_a_field_of_mom_is_none_of_its_business() -> None:
    rows = [user(1, revision="9", revAdmin="9", marks="mine", extra="all"), device(2, home="3")]
    assert places(rows) == [2]
    sheet, *_ = settled(rows)
    _, ada = sheet.records[Noun.USER, 1]  # type: ignore[misc]
    _, phone = sheet.records[Noun.DEVICE, 1]  # type: ignore[misc]
    assert (ada.revision, ada.rev_admin, ada.marks, phone.home) == (1, 1, (), OMM)
    assert ada.extra == {"revision": "9", "revAdmin": "9", "marks": "mine", "extra": "all"}
    assert settled(rows) == the_general_way(rows)


def test_records_that_nobody_knows_are_taken_together() -> None:
    rows = [user(1), device(2), user(5, 8), device(8, 5), user(9)]
    assert places(rows) == [5]
    assert settled(rows) == the_general_way(rows)


@pytest.mark.parametrize(
    "rows",
    [
        [user(1), user(2, num="101")],
        [device(1), device(2, ipei="03074 0000001 0")],
        [user(1, uidSec="77")],
        [user(1, 9)],
        [device(9, 1)],
        [user(1, 9), device(9, 2)],
        [user(1, 9), device(9, 1, timeStampRelation="0")],
        [user(1, vip="perhaps")],
        [user(1, fixedSipPort="many")],
        [user(1, fixedSipPort="05060")],
        [msgspec.structs.replace(user(1), live=True)],
        [msgspec.structs.replace(user(1), missing=True)],
        [Removed(Noun.USER, 1)],
    ],
)
def test_what_must_be_decided_takes_the_general_way(rows: list[Row | Removed]) -> None:
    assert 0 in places(rows)
    assert settled(rows) == the_general_way(rows)


def test_no_more_users_are_taken_than_there_is_room_for() -> None:
    fresh, bench = Fresh([device(7), user(1, 2), device(2, 1), user(3), device(4)]), paper_bench()
    assert fresh.take(bench, 0, FACTS, 0) == 0
    assert fresh.take(bench, 0, FACTS, 1) == 3


def test_a_copy_that_lost_its_place_in_the_unit_it_came_with_has_none_in_the_index() -> None:
    index, place = Index(), (Noun.DEVICE, 1, OMM)
    bench = Bench(index, PaperWork())
    assert Fresh([device(5)]).take(bench, 0, FACTS, 1) == 1
    came = bench.copy(*place)
    assert came is not None
    bench.put_copy(msgspec.structs.replace(came, local=0))
    drafts = bench.finish()
    assert not drafts.are_arrivals
    apply(index, drafts)
    shelf = index.shelf(Noun.DEVICE, OMM)
    assert (list(shelf.by_local), list(shelf.unplaced)) == ([], [1])


def test_records_with_different_attributes_share_the_line_that_tells_of_them() -> None:
    told: list[list[int]] = []

    class Lines(PaperWork):
        def add_first_lines(self, noun: Noun, numbers: Sequence[int], at: int, text: str) -> None:
            told.append(list(numbers))

    rows = [user(1), user(2, name="Ada"), user(3), user(4, name="Eve")]
    bench = Bench(Index(), Lines())
    assert Fresh(rows).take(bench, 0, FACTS, len(rows)) == len(rows)
    bench.finish()
    assert told == [[1, 2, 3, 4]]


def test_what_is_in_the_trash_takes_the_general_way() -> None:
    index = Index()
    index.trash.add((Noun.USER, "101"))
    assert Fresh([user(1)]).take(Bench(index, PaperWork()), 0, FACTS, 1) == 0


@pytest.mark.parametrize("ppn", ["9" * 5000, "\u0664", "-3", "many"])
def test_a_user_is_taken_whatever_it_says_of_its_phone(ppn: str) -> None:
    sheet, _ = settled([user(1, ppn=ppn, relType="Fixed")])
    assert list(sheet.records) == [(Noun.USER, 1)]


@pytest.mark.parametrize("known", [1, 2, 50])
def test_records_are_looked_at_a_few_times_however_many_of_them_are_known(known: int) -> None:
    rows, index, looked = [user(number) for number in range(1, 201)], Index(), []
    index.trash.update((Noun.USER, f"10{number}") for number in range(1, 201, known))

    class Looked(Bench):
        def are_strange(
            self, noun: Noun, omm: OmmId, places: Sequence[int], keys: Sequence[str]
        ) -> bool:
            looked.extend(places)
            return super().are_strange(noun, omm, places, keys)

    bench, fresh, place, taken = Looked(index, PaperWork()), Fresh(rows), 0, 0
    while place < len(rows):
        found = fresh.take(bench, place, FACTS, maxsize)
        place, taken = place + (found or 1), taken + found
    assert taken == sum((Noun.USER, f"10{number}") not in index.trash for number in range(1, 201))
    assert len(looked) <= 6 * len(rows)


NUMBERS = st.sampled_from(["0", "1", "2", "3", "-1", "007", "", "many"])
STAMPS = st.sampled_from(["0", "1", "5", "1700000123", "soon"])
FLAGS = st.sampled_from(["0", "1", "true", "false", "maybe"])
TEXTS = st.sampled_from(["", "Ada", "Müller & Söhne", "a" * 40, "no\u0007bell", "😀", "12*#"])
TYPES = st.sampled_from(["Unbound", "Fixed", "Dynamic", "", "Other"])


def told(
    own: str, other: str, more: dict[str, st.SearchStrategy[str]]
) -> st.SearchStrategy[object]:
    fixed = {own: st.integers(1, 4).map(str)}
    optional = {other: NUMBERS, f"{own}Sec": NUMBERS, "relType": TYPES, "strange": TEXTS, **more}
    return st.fixed_dictionaries(fixed, optional=optional)


USERS = told(
    "uid",
    "ppn",
    {
        **dict.fromkeys(("num", "name", "addId", "HAS", "forwardDest", "pin", "sipPw"), TEXTS),
        **dict.fromkeys(("fixedSipPort", "ppnOld", "forwardTime"), NUMBERS),
        **dict.fromkeys(("vip", "permanent", "external"), FLAGS),
        **dict.fromkeys(("timeStamp", "timeStampAdmin", "timeStampRelation"), STAMPS),
    },
)
DEVICES = told(
    "ppn",
    "uid",
    {
        **dict.fromkeys(("hwType", "ac", "uak", "roaming"), TEXTS),
        "ipei": st.sampled_from(["", "03074 0000001 0", "03074 0000002 0", "0307400000010", "x"]),
        "s": st.sampled_from(["Yes", "No", ""]),
        "ommId": st.sampled_from(["", "10290001", "10290002"]),
        **dict.fromkeys(("encrypt", "autoCreate"), FLAGS),
        **dict.fromkeys(("timeStamp", "timeStampRoaming", "timeStampRelation"), STAMPS),
    },
)


def pair(uid: int, ppn: int, person: dict[str, str], phone: dict[str, str]) -> list[Row]:
    """A user and its device side by side, told of in any way."""
    bond = {"uid": str(uid), "ppn": str(ppn), "relType": "Fixed"}
    return [row(Noun.USER, {**person, **bond}), row(Noun.DEVICE, {**phone, **bond})]


ROWS = st.lists(
    st.one_of(
        USERS.map(lambda attrs: [row(Noun.USER, attrs)]),
        DEVICES.map(lambda attrs: [row(Noun.DEVICE, attrs)]),
        st.builds(pair, st.integers(1, 4), st.integers(1, 4), USERS, DEVICES),
    ),
    max_size=5,
).map(lambda groups: [row for group in groups for row in group])


@pytest.mark.feature("F36")
@given(portions=st.lists(ROWS, max_size=3))
def test_whatever_an_omm_tells_both_ways_come_to_the_same(
    portions: list[list[Row | Removed]],
) -> None:
    assert settled(*portions) == the_general_way(*portions)
