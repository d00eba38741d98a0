"""The queue of one session: in order, in batches, and no more of it than can be settled."""

from twisted.internet.defer import Deferred

from mom.axi.errors import LinkLost
from mom.directory.inbox import MOST_WAITING, Inbox
from mom.directory.reading.valve import Valve
from mom.store.errors import NotStored

MOST_AT_ONCE = 10


class Desk:
    """A session whose batches are settled when the test says so."""

    def __init__(self) -> None:
        self.held = False
        self.happened: list[str] = []
        self.under_way: Deferred[Exception | None] = Deferred()
        self.inbox: Inbox[int] = Inbox(
            Valve(self),  # type: ignore[arg-type]
            MOST_AT_ONCE,
            self.settle,
            lambda: self.happened.append("emptied"),
            lambda items: self.happened.append(f"settled {items}"),
        )

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False

    async def settle(self, items: list[int]) -> Exception | None:
        self.happened.append(f"took {items}")
        return await self.under_way

    def done(self, failed: Exception | None = None) -> None:
        under_way, self.under_way = self.under_way, Deferred()
        under_way.callback(failed)

    def push(self, *items: int) -> "Deferred[None]":
        return self.inbox.push(items).addBoth(
            lambda result: self.happened.append("told" if result is None else repr(result.type))
        )


def test_who_pushed_is_told_when_all_before_is_settled_and_then_the_batch_goes_on() -> None:
    desk = Desk()
    desk.inbox.put([1])
    desk.push(2)
    desk.inbox.put([3])
    assert desk.happened == ["took [1]"]
    assert (desk.inbox.empty, desk.inbox.idle) == (False, False)
    desk.done()
    assert desk.happened[1:] == ["settled [1]", "took [2, 3]"]
    assert (desk.inbox.empty, desk.inbox.idle) == (True, False)
    desk.done()
    assert desk.happened[3:] == ["told", "settled [2, 3]", "emptied"]
    assert desk.inbox.idle


def test_nothing_but_a_wait_is_no_batch_to_settle() -> None:
    desk = Desk()
    desk.push()
    assert desk.happened == ["settled []", "emptied", "told"]


def test_a_batch_that_failed_fails_those_who_waited_for_it_alone() -> None:
    desk = Desk()
    desk.push(1)
    desk.push(2)
    desk.done(NotStored("the disk is full"))
    desk.done()
    assert [each for each in desk.happened if each[0] in "<t"] == [
        "took [1]",
        repr(NotStored),
        "took [2]",
        "told",
    ]


def test_batches_are_bounded_and_reading_stops_while_too_much_waits() -> None:
    desk = Desk()
    for number in range(MOST_WAITING):
        desk.inbox.put([number])
        assert not desk.held
    desk.inbox.put([MOST_WAITING])
    assert desk.held
    batches = 0
    while desk.held:
        desk.done()
        batches += 1
    waiting = MOST_WAITING - (batches - 1) * MOST_AT_ONCE
    assert waiting < MOST_WAITING // 2 <= waiting + MOST_AT_ONCE


def test_once_it_is_shut_nothing_is_settled_and_those_who_wait_are_told() -> None:
    desk = Desk()
    desk.push(1)
    desk.push(2)
    desk.inbox.shut()
    desk.push(3)
    assert desk.happened == ["took [1]", repr(LinkLost)]
    desk.inbox.dismiss()
    desk.done()
    assert desk.happened[2:] == [repr(LinkLost), repr(LinkLost), "settled [1]", "emptied"]
