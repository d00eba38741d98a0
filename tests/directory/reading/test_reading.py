"""Reading a list from OMMs that answer what no OMM should."""

from collections.abc import Callable, Sequence

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import defer
from twisted.internet.defer import Deferred, fail, succeed

from mom.axi.element import Element, make
from mom.axi.errors import RequestFailed, RequestRefused
from mom.axi.repeats import MANY, OFTEN, read_plain
from mom.directory.alike import grouped
from mom.directory.reading.lists import read_lists
from mom.directory.reading.pages import Pages
from mom.directory.reading.pairing import Pairing
from mom.directory.reading.reading import MOST_RECORDS, ListReading
from mom.directory.rows import Row
from mom.model.copy import Noun


class Port:
    """Answers each page as it is told to; counts them."""

    def __init__(self, page: Callable[[int], list[int]]) -> None:
        self.page = page
        self.asked = 0

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        if element.name == "GetPPUserSummary":
            return fail(
                RequestRefused(element.name, make("GetPPUserSummaryResp", {"errCode": "E"}))
            )
        self.asked += 1
        numbers = self.page(element.number("uid"))
        users = [make("user", {"uid": number}) for number in numbers]
        return succeed(make("GetPPUserResp", {}, *users))


def read(port: Port) -> tuple[list[int], list[object]]:
    taken: list[int] = []
    ends: list[object] = []

    def take(noun: Noun, locals: Sequence[int], elements: Sequence[Element]) -> None:
        assert [element.number("uid") for element in elements] == locals
        taken.extend(locals)

    reading = ListReading(port, Noun.USER, take)  # type: ignore[arg-type]
    reading.start().addBoth(ends.append)
    return taken, ends


@pytest.mark.parametrize(
    "page",
    [
        lambda start: list(range(1, 21)),
        lambda start: [5] * 20,
        lambda start: [-1, 0, 7, 7, 3],
        lambda start: [10**17 + 1],
        lambda start: [10**30],
    ],
)
def test_a_page_that_repeats_itself_ends_the_list(page: Callable[[int], list[int]]) -> None:
    port = Port(page)
    taken, ends = read(port)
    assert ends == [None]
    assert len(taken) == len(set(taken))
    assert port.asked < 10


def test_a_list_without_end_is_given_up() -> None:
    def more(start: int) -> list[int]:
        return list(range(start, start + 5000))

    taken, (end,) = read(Port(more))
    end.trap(RequestFailed)  # type: ignore[attr-defined]
    assert f"more than {MOST_RECORDS} records" in str(end.value)  # type: ignore[attr-defined]
    assert len(taken) <= MOST_RECORDS + 5000


class Slow:
    """Answers nothing before it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Element, Deferred[Element]]] = []

    def request(self, element: Element, timeout: float | None = None) -> Deferred[Element]:
        answer: Deferred[Element] = Deferred()
        self.asked.append((element, answer))
        return answer


def test_how_many_there_are_is_asked_together_with_the_first_page() -> None:
    port, progress = Slow(), []
    reading = ListReading(port, Noun.USER, lambda *page: progress.append(reading.total))  # type: ignore[arg-type]
    finished = reading.start()
    (summary, told), (page, first) = port.asked
    assert (summary.name, page.name) == ("GetPPUserSummary", "GetPPUser")
    told.callback(make("GetPPUserSummaryResp", {"nRecords": 2}))
    first.callback(make("GetPPUserResp", {}, make("user", {"uid": 1}), make("user", {"uid": 2})))
    port.asked[2][1].callback(make("GetPPUserResp"))
    assert (progress, reading.done, finished.called) == ([2], 2, True)


def test_a_list_is_complete_only_when_every_question_is_answered() -> None:
    port = Slow()
    finished = ListReading(port, Noun.USER, lambda *page: None).start()  # type: ignore[arg-type]
    (_, told), (_, first) = port.asked
    first.callback(make("GetPPUserResp"))
    assert not finished.called
    told.callback(make("GetPPUserSummaryResp", {"nRecords": 0}))
    assert finished.called


@ensureDeferred
async def test_the_attributes_of_a_page_are_told_once_if_all_its_records_have_them() -> None:
    alike = "".join(f'<user uid="{n}" num="1{n}"/>' for n in range(1, MANY + 1))
    for _ in range(OFTEN):
        read_plain(f'<Resp seq="1">{alike}</Resp>'.encode())
    port, shown, rows = Slow(), [], []
    reading = defer.ensureDeferred(
        read_lists(
            port,  # type: ignore[arg-type]
            Pages(Pairing(rows.extend), lambda noun, locals: False, lambda told: ()),
            lambda noun, names: shown.append((noun, tuple(names))),
            lambda: False,
            lambda done, total: None,
        )
    )
    answers = {
        "GetPPUser": ["", '<user uid="8"/><user uid="9" num="19"/>', alike],
        "GetPPDev": [""],
    }
    while port.asked:
        element, answer = port.asked.pop(0)
        page = answers[element.name].pop() if element.name in answers else ""
        decoded = read_plain(f'<Resp seq="1">{page}</Resp>'.encode()) if page else None
        answer.callback(decoded or make("Resp"))
    await reading
    assert shown == [(Noun.USER, ("uid", "num"))]
    assert [(row.local, row.names) for row in rows] == [
        *[(n, ("uid", "num")) for n in range(1, MANY + 1)],
        (8, None),
        (9, None),
    ]


def test_rows_are_grouped_by_their_attributes_known_or_not() -> None:
    known, unknown = ("uid", "num"), None
    forms = [({"uid": "1", "num": "5"}, known), ({"num": "6", "uid": "2"}, unknown)]
    forms += [({"uid": "3", "num": "7"}, unknown), ({"uid": "4", "num": "8"}, known)]
    rows = {
        place: Row(
            noun=Noun.USER,
            element=Element("user", attrs),
            local=int(attrs["uid"]),
            whole=True,
            names=names,
        )
        for place, (attrs, names) in enumerate(forms)
    }
    assert [(group.names, group.places) for group in grouped(rows)] == [
        (("uid", "num"), [0, 2, 3]),
        (("num", "uid"), [1]),
    ]
