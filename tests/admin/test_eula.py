import pytest
from pytest_twisted import ensureDeferred

from mom.admin.errors import Refused
from mom.admin.eula import Acceptance, Eula
from tests.admin.fakes import MemoryShelf, Records, Watch


def eula(shelf: MemoryShelf, records: Records, watch: Watch, version: str = "1.0.0") -> Eula:
    return Eula(shelf, records, watch, text="The terms", version=version)


@pytest.mark.feature("F123")
@ensureDeferred
async def test_the_terms_are_open_until_somebody_accepts_them(
    shelf: MemoryShelf, records: Records, watch: Watch
) -> None:
    gate = eula(shelf, records, watch)
    await gate.load()
    assert gate.accepted is None
    await gate.accept("mom", "1.0.0")
    assert gate.accepted == Acceptance("1.0.0", "mom", int(watch.at))
    assert records.texts == ["The terms of version 1.0.0 were accepted by mom"]


@pytest.mark.feature("F123")
@ensureDeferred
async def test_a_new_version_has_to_be_accepted_again(
    shelf: MemoryShelf, records: Records, watch: Watch
) -> None:
    await eula(shelf, records, watch).accept("mom", "1.0.0")
    newer = eula(shelf, records, watch, "1.1.0")
    await newer.load()
    assert newer.accepted is None
    await newer.accept("Alice", "1.1.0")
    again = eula(shelf, records, watch, "1.1.0")
    await again.load()
    assert [each.by for each in again.acceptances] == ["mom", "Alice"]
    assert again.accepted


@ensureDeferred
async def test_accepting_twice_changes_nothing(
    shelf: MemoryShelf, records: Records, watch: Watch
) -> None:
    gate = eula(shelf, records, watch)
    first = await gate.accept("mom", "1.0.0")
    assert await gate.accept("Alice", "1.0.0") == first
    assert len(records.events) == 1


@ensureDeferred
async def test_the_terms_of_another_version_cannot_be_accepted(
    shelf: MemoryShelf, records: Records, watch: Watch
) -> None:
    with pytest.raises(Refused):
        await eula(shelf, records, watch).accept("mom", "0.9.0")
