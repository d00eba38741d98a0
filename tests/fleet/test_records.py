"""The records in a real store."""

from typing import Any

from pytest_twisted import ensureDeferred
from twisted.internet import reactor as installed_reactor
from twisted.internet.task import Clock, deferLater

from mom.fleet.ports import Learned, OmmChange
from mom.fleet.records import GATHERED_SECONDS, StoredOmms
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.store.store import Store
from mom.store.vault import Vault
from tests.fleet.world import omm_record

reactor: Any = installed_reactor


class Bench:
    """The records of a new database with two OMMs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.records = StoredOmms(store, self.clock)
        self.told: list[OmmChange] = []
        self.subscription = self.records.subscribe(self.told.append)

    async def put(self, before: Omm | None, after: Omm, cause: str = "admin") -> None:
        async with self.store.write(cause=cause) as work:
            work.put_omm(before, after)


async def bench(path: Any) -> Bench:
    url = f"sqlite:///{path / 'mom.db'}"
    made = Bench(await Store.open(url, Vault(bytes(32)), reactor, lambda: 1_700_000_000.0))
    await made.put(None, omm_record(2))
    await made.put(None, omm_record(1))
    return made


@ensureDeferred
async def test_records_are_loaded_by_number_with_their_passwords(tmp_path: Any) -> None:
    made = await bench(tmp_path)
    assert await made.records.load() == [omm_record(1), omm_record(2)]
    await made.store.close()


@ensureDeferred
async def test_what_is_learned_is_gathered_and_stored_on_the_record_of_the_moment(
    tmp_path: Any,
) -> None:
    made = await bench(tmp_path)
    made.records.learn(OmmId(1), Learned(park="1F1028D67A"))
    made.records.learn(OmmId(1), Learned(last_address="10.0.0.1"))
    made.records.learn(OmmId(9), Learned(park="1F10000009"))
    await made.put(omm_record(1), omm_record(1, name="Renamed"))
    made.clock.advance(GATHERED_SECONDS)
    await made.records.flush()
    while (await made.records.load())[0].park == "":
        await deferLater(reactor, 0.0, lambda: None)
    expected = omm_record(1, name="Renamed", park="1F1028D67A", last_address="10.0.0.1")
    assert await made.records.load() == [expected, omm_record(2)]
    await made.store.close()


@ensureDeferred
async def test_flush_stores_at_once_and_leaves_no_timer(tmp_path: Any) -> None:
    made = await bench(tmp_path)
    made.records.learn(OmmId(2), Learned(last_sync=5))
    await made.records.flush()
    assert (await made.records.load())[1].last_sync == 5
    assert made.clock.getDelayedCalls() == []
    await made.store.close()


@ensureDeferred
async def test_changes_by_others_are_told_and_own_ones_are_not(tmp_path: Any) -> None:
    made = await bench(tmp_path)
    made.told.clear()
    made.records.learn(OmmId(1), Learned(park="1F1028D67A"))
    await made.records.flush()
    assert made.told == []
    after = omm_record(2, enabled=False)
    await made.put(omm_record(2), after)
    assert made.told == [OmmChange(omm_record(2), after)]
    made.subscription.stop()
    async with made.store.write(cause="admin") as work:
        work.delete_omm(after)
    assert len(made.told) == 1
    await made.store.close()
