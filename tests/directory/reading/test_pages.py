"""What becomes of the records of a page before they are looked at one by one."""

from collections.abc import Sequence

from mom.axi.element import Element, Uniform, make
from mom.directory.alike import Alike
from mom.directory.reading.pages import Pages
from mom.directory.reading.pairing import PORTION, Pairing
from mom.model.copy import Noun

USERS = {"uid": "", "ppn": "", "vip": "0"}


class Desk:
    """Pages over a MOM that knows and lets go what the test says."""

    def __init__(self) -> None:
        self.known: set[tuple[Noun, int]] = set()
        self.unchanged: set[tuple[Noun, int]] | None = set()
        self.compared: list[Alike] = []
        self.rows: list[tuple[Noun, int, dict[str, str]]] = []
        self.pages = Pages(Pairing(self._give), self._knows, self._let_go)

    def _give(self, rows: Sequence) -> None:  # type: ignore[type-arg]
        self.rows += [(row.noun, row.local, row.element.attrs) for row in rows]
        assert all(row.whole for row in rows)

    def _knows(self, noun: Noun, locals: Sequence[int]) -> bool:
        return {(noun, local) for local in locals} <= self.known

    def _let_go(self, told: Alike) -> Sequence[bool]:
        self.compared.append(told)
        if self.unchanged is None:
            return ()
        return [(told.noun, local) in self.unchanged for local in told.locals]

    def know(self, noun: Noun, *locals: int) -> None:
        self.known |= {(noun, local) for local in locals}

    def users(self, *locals: int, filled: dict[str, str] = USERS) -> None:
        """A page of users, each bound to the device with ten times its number."""
        values = [(str(local), str(local * 10)) for local in locals]
        self.pages.take(Noun.USER, locals, Uniform("user", filled, ("uid", "ppn"), values))

    @property
    def given(self) -> list[int]:
        return [local for _, local, _ in self.rows]


def test_what_is_unchanged_is_not_given_and_all_else_is() -> None:
    desk = Desk()
    desk.know(Noun.USER, 1, 2, 3, 4)
    desk.unchanged = {(Noun.USER, 2), (Noun.USER, 3)}
    desk.users(1, 2)
    desk.users(3, 4)
    assert (desk.given, desk.compared) == ([], [])
    desk.pages.flush()
    assert desk.rows == [
        (Noun.USER, local, {"uid": str(local), "ppn": str(local * 10), "vip": "0"})
        for local in (1, 4)
    ]
    (told,) = desk.compared
    assert (told.noun, told.names, told.locals) == (Noun.USER, ("uid", "ppn", "vip"), [1, 2, 3, 4])
    assert told.columns["ppn"] == ("10", "20", "30", "40")
    assert told.same == {"vip": "0"}


def test_a_page_with_an_unknown_record_is_given_as_it_came() -> None:
    desk = Desk()
    desk.know(Noun.USER, 1)
    desk.users(1, 2)
    desk.pages.flush()
    assert (desk.given, desk.compared) == ([1, 2], [])


def test_what_came_before_a_page_with_an_unknown_record_is_given_before_it() -> None:
    desk = Desk()
    desk.know(Noun.DEVICE, 1, 2)
    alone = {"ppn": ""}
    for local in (1, 2, 3):
        page = Uniform("pp", alone, ("ppn",), [(str(local),)])
        desk.pages.take(Noun.DEVICE, [local], page)
    desk.pages.flush()
    assert (desk.given, [told.locals for told in desk.compared]) == ([1, 2, 3], [[1, 2]])


def test_records_that_are_not_alike_are_given_as_they_came() -> None:
    desk = Desk()
    desk.know(Noun.USER, 1)
    desk.pages.take(Noun.USER, [1], [make("user", {"uid": 1})])
    desk.pages.flush()
    assert desk.rows == [(Noun.USER, 1, {"uid": "1"})]


def test_all_is_given_where_nobody_can_tell_what_is_unchanged() -> None:
    desk = Desk()
    desk.know(Noun.USER, 1, 2)
    desk.unchanged = None
    desk.users(1, 2)
    desk.pages.flush()
    assert desk.given == [1, 2]


def test_pages_that_are_not_known_to_be_alike_are_compared_apart() -> None:
    desk = Desk()
    desk.know(Noun.USER, 1, 2, 3)
    desk.users(1)
    desk.users(2, filled={**USERS, "vip": "1"})
    desk.users(3, filled={**USERS, "vip": "1"})
    desk.pages.flush()
    assert [list(told.locals) for told in desk.compared] == [[1], [2], [3]]
    assert [attrs["vip"] for _, _, attrs in desk.rows] == ["0", "1", "1"]


def test_no_more_than_a_portion_is_held_back() -> None:
    desk = Desk()
    desk.know(Noun.USER, *range(1, PORTION + 1))
    for start in range(1, PORTION, 20):
        desk.users(*range(start, start + 20))
    assert [len(told.locals) for told in desk.compared] == [PORTION]


def test_nobody_waits_for_a_record_that_is_unchanged() -> None:
    def device(local: int, user: int) -> tuple[Noun, list[int], list[Element]]:
        return Noun.DEVICE, [local], [make("pp", {"ppn": local, "uid": user})]

    desk = Desk()
    desk.know(Noun.USER, *range(1, PORTION + 1))
    desk.unchanged = {(Noun.USER, local) for local in range(1, PORTION + 1)}
    desk.pages.take(*device(10, 1))
    desk.pages.take(*device(PORTION * 20, PORTION * 2))
    desk.users(*range(1, PORTION + 1))
    desk.pages.take(*device(20, 2))
    many = range(PORTION * 10 + 1, PORTION * 11)
    desk.pages.take(Noun.DEVICE, many, [make("pp", {"ppn": local}) for local in many])
    assert desk.given == [10, 20, *many]
    desk.pages.flush()
    assert desk.given == [10, 20, *many, PORTION * 20]
