"""What a reading has met, what it lets go, and what it queues."""

from collections.abc import Sequence

import pytest

from mom.axi.element import Element, Uniform
from mom.directory.alike import Alike
from mom.directory.entry import Entry
from mom.directory.index import NOUNS, Index
from mom.directory.reading.sweep import Sweep
from mom.directory.rows import Item, Row
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId

OMM = OmmId(1)


class Sieve:
    """Knows the records up to 5; those with an odd number are unchanged."""

    def knows(self, noun: Noun, locals: Sequence[int]) -> bool:
        return max(locals) <= 5

    def unchanged(self, told: Alike) -> list[bool]:
        return [local % 2 == 1 for local in told.locals]


class Desk:
    """A reading under way."""

    def __init__(self, index: Index | None = None) -> None:
        self.is_settled = True
        self.queue: list[Item] = []
        self.sweep = Sweep(
            index or Index(),
            OMM,
            Sieve(),  # type: ignore[arg-type]
            self.queue.extend,
            lambda: self.is_settled,
        )
        self.sweep.under_way = True

    def read(self, *locals: int) -> None:
        values = [(str(local),) for local in locals]
        self.sweep.pages.take(Noun.USER, locals, Uniform("user", {"uid": ""}, ("uid",), values))

    @property
    def queued(self) -> list[int]:
        return [item.local for item in self.queue if isinstance(item, Row)]


def event(local: int) -> Row:
    element = Element("user", {"uid": str(local)})
    return Row(noun=Noun.USER, element=element, local=local, whole=False, live=True)


def test_what_is_unchanged_is_met_and_let_go() -> None:
    desk = Desk()
    desk.read(1, 2, 3)
    desk.sweep.pages.flush()
    assert desk.queued == [2]
    assert desk.sweep.met == {Noun.USER: {1, 3}, Noun.DEVICE: set()}


def test_all_is_queued_while_something_that_was_told_before_waits() -> None:
    desk = Desk()
    desk.is_settled = False
    desk.read(1, 2, 3)
    desk.sweep.pages.flush()
    assert desk.queued == [1, 2, 3]
    assert desk.sweep.met[Noun.USER] == set()


def test_what_was_read_before_an_event_is_queued_before_it() -> None:
    desk = Desk()
    desk.read(1, 2)
    news = event(1)
    assert desk.sweep.after([news]) == [news]
    assert desk.queued == [2]
    assert desk.sweep.met[Noun.USER] == {1}


@pytest.mark.parametrize("under_way", [True, False])
def test_what_is_told_is_met_while_the_reading_goes_on(under_way: bool) -> None:
    desk = Desk()
    desk.sweep.under_way = under_way
    desk.sweep.meet([event(7), event(8)])
    assert desk.sweep.met[Noun.USER] == ({7, 8} if under_way else set())


def test_the_end_of_a_pair_that_waits_is_met_at_the_end_and_comes_then() -> None:
    index = Index()
    for noun in NOUNS:
        index.put_entry(Entry(noun=noun, number=9, revision=1, revisions=(1, 1, 1, 1), partner=9))
        index.put_copy(Copy(noun=noun, number=9, omm=OMM, local=7, state=CopyState.HELD))
    desk = Desk(index)
    parted = Uniform("pp", {"ppn": "", "uid": "0"}, ("ppn",), [("7",)])
    desk.sweep.pages.take(Noun.DEVICE, [7], parted)
    desk.sweep.pages.flush()
    assert (desk.queued, desk.sweep.met[Noun.DEVICE]) == ([], set())
    desk.sweep.meet_kept()
    assert desk.sweep.met[Noun.DEVICE] == {7}
    assert [row.local for row in desk.sweep.end()] == [7]
    assert desk.sweep.end() == []
