from pytest_twisted import ensureDeferred as deferred
from twisted.internet import task

from mom.store.errors import StoreClosed
from mom.store.store import Store
from mom.store.trash_end import LOOK_SECONDS, TrashEnd
from mom.store.work import TRASH_SECONDS
from tests.conftest import LoggedErrors
from tests.store.conftest import Clock
from tests.store.records import user
from tests.store.test_trash import put_and_delete


async def numbers_in(store: Store) -> list[int]:
    return [entry.number for entry in await store.read(lambda reading: reading.trash())]


async def looked(store: Store, timers: task.Clock) -> None:
    """Until the look under way is over, which plans the next one."""
    while not timers.getDelayedCalls():
        await store.read(lambda reading: reading.settings())


@deferred
async def test_what_is_too_old_when_mom_starts_is_forgotten_however_much_it_is(
    store: Store, clock: Clock
) -> None:
    await put_and_delete(store, *(user(number) for number in range(1, 302)))
    clock.now += TRASH_SECONDS + 1
    await put_and_delete(store, user(500))
    timers = task.Clock()
    end = TrashEnd(store, timers)
    end.start()
    await looked(store, timers)
    assert await numbers_in(store) == [500]
    await end.stop()


@deferred
async def test_a_record_is_forgotten_in_the_hour_after_its_30_days(
    store: Store, clock: Clock
) -> None:
    await put_and_delete(store, user(1))
    timers = task.Clock()
    end = TrashEnd(store, timers)
    end.start()
    await looked(store, timers)
    assert await numbers_in(store) == [1]
    clock.now += TRASH_SECONDS + 1
    timers.advance(LOOK_SECONDS)
    await looked(store, timers)
    assert await numbers_in(store) == []
    await end.stop()


@deferred
async def test_after_the_end_nobody_looks_any_more(store: Store) -> None:
    timers = task.Clock()
    end = TrashEnd(store, timers)
    end.start()
    await end.stop()
    assert timers.getDelayedCalls() == []


@deferred
async def test_a_look_that_fails_is_logged_and_the_next_one_comes(
    store: Store, logged_errors: LoggedErrors
) -> None:
    await store.close()
    timers = task.Clock()
    end = TrashEnd(store, timers)
    end.start()
    assert len(timers.getDelayedCalls()) == 1
    assert len(logged_errors.flush(StoreClosed)) == 1
    await end.stop()
