import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.admin.errors import Conflict, FieldErrors, NotFound, Refused
from mom.admin.omms import OmmRegistry
from mom.model.identities import OmmId
from mom.model.omm import Omm, Severity
from tests.admin.fakes import MemoryShelf, Records

SITE = {"name": "Harbour", "omm1": "192.0.2.10"}


def anything(sites: int) -> None:
    """Allow as many records as there are."""


@pytest.fixture
def registry(shelf: MemoryShelf, records: Records) -> OmmRegistry:
    return OmmRegistry(shelf, records, anything)


@pytest.mark.feature("F138", "F139", "F224")
@ensureDeferred
async def test_a_record_needs_a_name_and_an_address_only(registry: OmmRegistry) -> None:
    omm = await registry.create(SITE, "mom")
    assert omm == Omm(id=OmmId(1), name="Harbour", omm1="192.0.2.10")
    assert (omm.enabled, omm.port, omm.provisioning, omm.description) == (True, 12622, False, "")
    assert await registry.all() == [omm]


@ensureDeferred
async def test_all_fields_are_taken(registry: OmmRegistry) -> None:
    fields = {
        "enabled": False,
        "name": "Harbour",
        "description": "Warehouse",
        "omm1": "omm1.example.org",
        "omm2": "2001:db8::2",
        "port": 12633,
        "username": "omm",
        "password": " secret ",
        "provisioning": True,
        "placeholders": "A=1\nB=2",
    }
    omm = await registry.create(fields, "mom")
    assert {name: getattr(omm, name) for name in fields} == fields


@pytest.mark.feature("F138", "F140")
@ensureDeferred
async def test_missing_fields_are_named_together(registry: OmmRegistry) -> None:
    with pytest.raises(FieldErrors) as refused:
        await registry.create({}, "mom")
    assert set(refused.value.fields) == {"name", "omm1"}
    assert refused.value.code == "EMissing"


@ensureDeferred
async def test_the_number_of_records_may_be_limited(shelf: MemoryShelf, records: Records) -> None:
    def two(sites: int) -> None:
        if sites > 2:
            raise Refused("ELicense", "The licence allows 2 sites")

    registry = OmmRegistry(shelf, records, two)
    await registry.create(SITE, "mom")
    await registry.create({**SITE, "name": "Station"}, "mom")
    with pytest.raises(Refused, match="2 sites"):
        await registry.create({**SITE, "name": "Airport"}, "mom")
    assert len(await registry.all()) == 2


@ensureDeferred
async def test_two_enabled_records_with_one_address_are_taken_with_a_warning(
    registry: OmmRegistry, records: Records
) -> None:
    def warnings() -> list[str]:
        return [text for severity, _, text in records.events if severity is Severity.WARNING]

    await registry.create(SITE, "mom")
    await registry.create({"name": "Lab", "omm1": "192.0.2.10", "port": 12633}, "mom")
    await registry.create({"name": "Old", "omm1": "192.0.2.10", "enabled": False}, "mom")
    assert warnings() == []
    pair = {"name": "Station", "omm1": "192.0.2.20", "omm2": "192.0.2.10"}
    twin = await registry.create(pair, "mom")
    text = "OMM 0004 Station has an address of OMM 0001 Harbour"
    assert warnings() == [text]
    await registry.edit(twin.id, {"description": "x"}, "mom")
    assert warnings() == [text]
    await registry.edit(OmmId(3), {"enabled": True}, "mom")
    assert warnings()[1:] == [
        "OMM 0003 Old has an address of OMM 0001 Harbour",
        "OMM 0003 Old has an address of OMM 0004 Station",
    ]


@ensureDeferred
async def test_names_are_unique_whatever_their_case(registry: OmmRegistry) -> None:
    await registry.create(SITE, "mom")
    with pytest.raises(FieldErrors, match="OMM 0001") as refused:
        await registry.create({**SITE, "name": "HARBOUR"}, "mom")
    assert refused.value.code == "EExist"
    other = await registry.create({**SITE, "name": "Station"}, "mom")
    with pytest.raises(FieldErrors):
        await registry.edit(other.id, {"name": "harbour"}, "mom")
    await registry.edit(other.id, {"name": "STATION"}, "mom")


@ensureDeferred
async def test_a_change_raises_the_revision_and_a_change_of_nothing_does_not(
    registry: OmmRegistry,
) -> None:
    omm = await registry.create(SITE, "mom")
    changed = await registry.edit(omm.id, {"description": "Pier 4"}, "mom", revision=1)
    assert (changed.description, changed.revision) == ("Pier 4", 2)
    assert await registry.edit(omm.id, {"description": "Pier 4"}, "mom") == changed
    with pytest.raises(Conflict) as conflict:
        await registry.edit(omm.id, {"description": "Pier 5"}, "mom", revision=1)
    assert conflict.value.revision == 2


@ensureDeferred
async def test_a_record_that_is_not_there_cannot_be_changed_or_deleted(
    registry: OmmRegistry,
) -> None:
    with pytest.raises(NotFound, match="0009"):
        await registry.edit(OmmId(9), {}, "mom")
    with pytest.raises(NotFound, match="0009"):
        await registry.delete(OmmId(9), "mom")


@ensureDeferred
async def test_what_administrators_do_is_recorded_without_passwords(
    registry: OmmRegistry, records: Records
) -> None:
    omm = await registry.create({**SITE, "password": "s3cret"}, "mom")
    await registry.edit(omm.id, {"password": "s3cret2"}, "mom")
    await registry.delete(omm.id, "Alice")
    assert records.texts == [
        "mom created OMM 0001 Harbour",
        "mom changed OMM 0001 Harbour: password",
        "Alice deleted OMM 0001 Harbour",
    ]


@ensureDeferred
async def test_an_accepted_certificate_is_remembered_for_its_address(
    registry: OmmRegistry, shelf: MemoryShelf
) -> None:
    omm = await registry.create(SITE, "mom")
    shelf.kept_omms[omm.id] = msgspec.structs.replace(
        omm, pins={"192.0.2.10": "aa"}, waiting_for="certificate", seen="192.0.2.10 bb"
    )
    after = await registry.accept(omm.id, "certificate", "mom")
    assert after.pins == {"192.0.2.10": "bb"}
    assert (after.waiting_for, after.seen, after.revision) == ("", "", 2)


@ensureDeferred
async def test_an_accepted_park_replaces_the_one_on_record(
    registry: OmmRegistry, shelf: MemoryShelf
) -> None:
    omm = await registry.create(SITE, "mom")
    shelf.kept_omms[omm.id] = msgspec.structs.replace(
        omm, park="1F1028D67A", waiting_for="park", seen="1F1028D67B"
    )
    assert (await registry.accept(omm.id, "park", "mom")).park == "1F1028D67B"


@ensureDeferred
async def test_a_park_that_another_enabled_record_has_must_be_given_up_there_first(
    registry: OmmRegistry, shelf: MemoryShelf
) -> None:
    first = await registry.create(SITE, "mom")
    omm = await registry.create({**SITE, "name": "Station"}, "mom")
    shelf.kept_omms[first.id] = msgspec.structs.replace(first, park="1F1028D67B")
    shelf.kept_omms[omm.id] = msgspec.structs.replace(omm, waiting_for="park", seen="1F1028D67B")
    with pytest.raises(Refused, match="0001 Harbour has this PARK"):
        await registry.accept(omm.id, "park", "mom")
    await registry.edit(first.id, {"enabled": False}, "mom")
    assert (await registry.accept(omm.id, "park", "mom")).park == "1F1028D67B"


@ensureDeferred
async def test_only_what_waits_can_be_accepted(registry: OmmRegistry) -> None:
    omm = await registry.create(SITE, "mom")
    with pytest.raises(Refused, match="does not wait"):
        await registry.accept(omm.id, "park", "mom")
    with pytest.raises(FieldErrors):
        await registry.accept(omm.id, "anything", "mom")
