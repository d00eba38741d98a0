from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.store.changes import Change
from mom.store.store import Store


@deferred
async def test_settings_are_kept_as_json(store: Store) -> None:
    async with store.write() as work:
        work.put_setting("system", {"systemName": "Nörd", "deletesStick": True})
        work.put_setting("other", 5)
    async with store.write() as work:
        work.put_setting("other", None)
        assert await work.settings() == {
            "system": {"systemName": "Nörd", "deletesStick": True},
            "other": None,
        }
    assert (await store.read(lambda reading: reading.settings()))["other"] is None


@deferred
async def test_a_changed_setting_is_told(store: Store) -> None:
    heard: list[object] = []
    store.feed.subscribe(heard.extend)
    async with store.write(cause="account mom") as work:
        work.put_setting("other", 6, before=5)
    assert heard == [Change(Noun.SETTING, "other", 5, 6, "account mom")]


@deferred
async def test_the_licence_file_is_kept_replaced_and_taken_away(store: Store) -> None:
    for file in (b"<license/>", b"<license n='2'/>", b""):
        async with store.write() as work:
            work.put_licence(file)
        assert await store.read(lambda reading: reading.licence()) == file
