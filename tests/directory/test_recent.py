"""What units of work read lately is not read again, and is never older than what is stored."""

from collections.abc import Collection

from mom.directory.bench import Bench
from mom.directory.index import Index
from mom.directory.recent import Recent
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, UserNumber
from mom.model.user import User
from tests.directory.test_fresh import PaperWork

USER = User(uid=UserNumber(1), name="Ada")
DEVICE = Device(ppn=DeviceNumber(2))


class ReadingWork(PaperWork):
    """A unit of work that notes what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[list[int], list[int]]] = []

    async def records(
        self, users: Collection[int], devices: Collection[int]
    ) -> tuple[dict[int, User], dict[int, Device]]:
        self.read.append((list(users), list(devices)))
        return ({1: USER} if 1 in users else {}), ({2: DEVICE} if 2 in devices else {})


async def test_both_ends_of_a_pair_are_read_at_once_and_once() -> None:
    recent, work = Recent(), ReadingWork()
    first = Bench(Index(), work, recent)
    await first.load([1], [2])
    drafts = first.finish()
    recent.apply(drafts.loaded, drafts.records)
    second = Bench(Index(), work, recent)
    await second.load([1], [2])
    assert work.read == [([1], [2])]
    assert (second.user(1), second.device(2)) == (USER, DEVICE)


async def test_the_next_unit_finds_a_record_as_the_last_one_stored_it() -> None:
    recent, work = Recent(), ReadingWork()
    first = Bench(Index(), work, recent)
    await first.load([1], [])
    first.put(User(uid=UserNumber(1), name="Bob"))
    drafts = first.finish()
    recent.apply(drafts.loaded, drafts.records)
    second = Bench(Index(), work, recent)
    await second.load([1], [])
    found = second.user(1)
    assert found is not None
    assert found.name == "Bob"
    assert not second.finish().records


async def test_a_unit_that_was_not_stored_leaves_nothing_behind() -> None:
    recent, work = Recent(), ReadingWork()
    failed = Bench(Index(), work, recent)
    await failed.load([1], [])
    failed.put(User(uid=UserNumber(1), name="Bob"))
    failed.finish()
    assert recent.find((Noun.USER, 1)) is None


def test_a_record_that_was_changed_without_being_read_or_deleted_is_forgotten() -> None:
    recent = Recent()
    recent.apply({(Noun.USER, 1): USER, (Noun.DEVICE, 2): DEVICE}, ())
    recent.apply({(Noun.DEVICE, 2): None}, [(Noun.USER, 1), (Noun.DEVICE, 2)])
    assert recent.find((Noun.USER, 1)) is None
    assert recent.find((Noun.DEVICE, 2)) is None


def test_what_was_read_longest_ago_is_forgotten_first() -> None:
    recent = Recent(most=1)
    recent.apply({(Noun.USER, 1): USER}, ())
    recent.apply({(Noun.DEVICE, 2): DEVICE}, ())
    assert recent.find((Noun.USER, 1)) is None
    assert recent.find((Noun.DEVICE, 2)) == DEVICE
