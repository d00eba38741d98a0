import pytest
from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.store.copies import CopyKey, key_of
from mom.store.errors import Clash
from mom.store.store import Store
from tests.store.records import copy, omm


def by_key(*copies: Copy) -> dict[CopyKey, Copy | None]:
    return {key_of(one): one for one in copies}


@deferred
async def test_copies_are_found_by_record_and_by_omm(store: Store) -> None:
    first = copy(
        1, 1, local=9, state=CopyState.HELD, told=1, agreed=b"\0\xff", refused="EInval num"
    )
    second, device = copy(1, 2), copy(1, 1, Noun.DEVICE, since=7)
    async with store.write() as work:
        for number in (1, 2):
            work.put_omm(None, omm(number))
        work.put_copies(by_key(second, device, first))
    async with store.write() as work:
        assert await work.copies(Noun.USER, [1, 5]) == [first, second]
        assert await work.copies_on(OmmId(1)) == [device, first]
    users = await store.read(lambda reading: list(reading.all_copies(Noun.USER)))
    assert sorted(users, key=repr) == sorted([first, second], key=repr)
    assert await store.read(lambda reading: list(reading.all_copies(Noun.DEVICE))) == [device]


@deferred
async def test_the_last_word_on_a_copy_counts_and_the_feed_does_not_tell(store: Store) -> None:
    heard: list[object] = []
    async with store.write() as work:
        work.put_omm(None, omm(1))
        work.put_copies(by_key(copy(1), copy(2)))
    store.feed.subscribe(heard.extend)
    async with store.write() as work:
        gone = {(Noun.USER, number, OmmId(1)): None for number in (2, 3)}
        work.put_copies(by_key(copy(1, state=CopyState.HELD)) | gone)
    assert await store.read(lambda reading: reading.copies_on(OmmId(1))) == [
        copy(1, state=CopyState.HELD)
    ]
    assert heard == []


@deferred
async def test_copies_go_with_their_omm_record(store: Store) -> None:
    async with store.write() as work:
        work.put_omm(None, omm(1))
        work.put_copies(by_key(copy(1)))
    async with store.write() as work:
        work.delete_omm(omm(1))
    assert await store.read(lambda reading: reading.copies(Noun.USER, [1])) == []


@deferred
async def test_a_copy_on_an_omm_without_a_record_is_refused(store: Store) -> None:
    async def orphan() -> None:
        async with store.write() as work:
            work.put_copies(by_key(copy(1, 99)))

    with pytest.raises(Clash):
        await orphan()
