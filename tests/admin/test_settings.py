import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.admin.errors import Conflict, FieldErrors
from mom.admin.settings import READ_ONLY, SettingsBook, changed
from mom.model.setting import Settings, SubscriptionMode, Suppression
from tests.admin.fakes import MemoryShelf, Records, Watch


@pytest.mark.feature("F196")
def test_a_new_installation_suppresses_all_table_updates(
    shelf: MemoryShelf, records: Records
) -> None:
    assert SettingsBook(shelf, records, Watch()).current.suppress_table_updates is Suppression.ALL


@pytest.mark.feature("F130")
@ensureDeferred
async def test_a_saved_system_name_is_told_at_once_and_stays(
    shelf: MemoryShelf, records: Records
) -> None:
    book = SettingsBook(shelf, records, Watch())
    heard: list[str] = []
    stop = book.listen(lambda before, after: heard.append(after.system_name))
    await book.change({"systemName": "Harbour"}, "mom")
    stop()
    await book.change({"deletesStick": True}, "mom")
    again = SettingsBook(shelf, records, Watch())
    await again.load()
    assert heard == ["Harbour"]
    assert again.current == book.current
    assert again.current.revision == 3


@ensureDeferred
async def test_all_settings_of_the_api_are_changed_by_their_names(
    shelf: MemoryShelf, records: Records
) -> None:
    book = SettingsBook(shelf, records, Watch())
    changes = {
        "systemName": "Harbour",
        "deletesStick": True,
        "suppressTableUpdates": "Users / DECT phones",
        "autoCreate": True,
        "subscription": "Wildcard",
        "subscriptionTimeout": 10,
        "facPrefix": "*9",
    }
    assert await book.change(changes, "mom") == Settings(
        system_name="Harbour",
        deletes_stick=True,
        suppress_table_updates=Suppression.USERS_AND_DEVICES,
        auto_create=True,
        subscription=SubscriptionMode.WILDCARD,
        subscription_timeout=10,
        subscription_until=1_700_000_600,
        fac_prefix="*9",
        fac_prefix_set=True,
        revision=2,
    )
    assert records.texts == [f"mom changed {', '.join(changes)}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("systemName", ""),
        ("systemName", "   "),
        ("systemName", "a\nb"),
        ("systemName", 7),
        ("deletesStick", 1),
        ("suppressTableUpdates", "Some"),
        ("subscription", "wildcard"),
        ("subscriptionTimeout", -1),
        ("subscriptionTimeout", 61),
        ("facPrefix", "9a"),
        ("sari", "1F1028D085"),
        ("subscriptionUntil", 1),
        ("subscriptionBefore", "Wildcard"),
        ("facPrefixSet", False),
        ("revision", 9),
        ("nothing", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_field(name: str, value: object) -> None:
    with pytest.raises(FieldErrors) as refused:
        changed(Settings(), {name: value})
    assert list(refused.value.fields) == [name]


@ensureDeferred
async def test_one_wrong_field_keeps_the_others_from_being_changed(
    shelf: MemoryShelf, records: Records
) -> None:
    book = SettingsBook(shelf, records, Watch())
    with pytest.raises(FieldErrors):
        await book.change({"systemName": "Harbour", "facPrefix": "x"}, "mom")
    assert book.current == Settings()
    assert shelf.values == {}


@ensureDeferred
async def test_a_change_of_nothing_is_not_told(shelf: MemoryShelf, records: Records) -> None:
    book = SettingsBook(shelf, records, Watch())
    assert (await book.change({"autoCreate": False}, "mom")).revision == 1
    assert records.events == []


@ensureDeferred
async def test_a_change_from_an_old_revision_is_refused(
    shelf: MemoryShelf, records: Records
) -> None:
    book = SettingsBook(shelf, records, Watch())
    await book.change({"autoCreate": True}, "mom", revision=1)
    with pytest.raises(Conflict) as conflict:
        await book.change({"autoCreate": False}, "Alice", revision=1)
    assert conflict.value.revision == 2


@ensureDeferred
async def test_settings_that_a_later_version_added_do_not_keep_it_from_starting(
    shelf: MemoryShelf, records: Records
) -> None:
    shelf.values["settings"] = {"systemName": "Harbour", "unknown": 1}
    book = SettingsBook(shelf, records, Watch(), Settings(suppress_table_updates=Suppression.OFF))
    await book.load()
    assert book.current.system_name == "Harbour"
    assert book.current.suppress_table_updates is Suppression.OFF


def test_every_setting_says_what_it_expects() -> None:
    for field in msgspec.structs.fields(Settings):
        if field.encode_name not in READ_ONLY:
            with pytest.raises(FieldErrors, match="expected"):
                changed(Settings(), {field.encode_name: None})


@pytest.mark.feature("F172")
@ensureDeferred
async def test_the_fac_prefix_is_left_to_the_omms_until_one_is_set_here(
    shelf: MemoryShelf, records: Records
) -> None:
    book = SettingsBook(shelf, records, Watch())
    await book.change({"facPrefix": ""}, "mom")
    assert not book.current.fac_prefix_set
    await book.change({"facPrefix": "*9"}, "mom")
    await book.change({"facPrefix": ""}, "mom")
    assert book.current.fac_prefix_set
    assert not book.current.fac_prefix


def test_wildcard_stands_until_it_is_changed_unless_minutes_are_given() -> None:
    assert Settings().subscription_timeout == 0
    minutes = changed(Settings(), {"subscriptionTimeout": 60})
    assert changed(minutes, {"subscriptionTimeout": 0}).subscription_timeout == 0
