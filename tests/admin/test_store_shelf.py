"""Both shelves, the one of the tests and the one on the store, keep the same promises."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_twisted
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred as started

from mom.admin.store_shelf import StoreShelf
from mom.model.account import DEFAULT_ACCOUNT, Account, AccountId
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.store.store import Store
from mom.store.vault import Vault
from tests.admin.fakes import MemoryShelf, Watch

BOTH = pytest.mark.parametrize("kind", ["memory", "store"])


@pytest.fixture
def any_shelf(kind: str, tmp_path: Path) -> Iterator[Any]:
    if kind == "memory":
        yield MemoryShelf()
        return
    url = f"sqlite:///{tmp_path / 'mom.db'}"
    opening = started(Store.open(url, Vault(bytes(32)), reactor, Watch()))
    store = pytest_twisted.blockon(opening)
    yield StoreShelf(store)
    pytest_twisted.blockon(started(store.close()))


@BOTH
@ensureDeferred
async def test_settings_are_kept_by_name(any_shelf: Any) -> None:
    assert await any_shelf.setting("a") is None
    await any_shelf.put_setting("a", {"x": [1, "y"]})
    await any_shelf.put_setting("b", 1)
    assert await any_shelf.setting("a") == {"x": [1, "y"]}


@BOTH
@ensureDeferred
async def test_a_licence_file_is_kept_with_its_facts(any_shelf: Any) -> None:
    assert await any_shelf.licence() == (b"", None)
    await any_shelf.put_licence(b"<x/>", {"by": "mom"})
    assert await any_shelf.licence() == (b"<x/>", {"by": "mom"})


@BOTH
@ensureDeferred
async def test_accounts_are_kept_with_their_hashes(any_shelf: Any) -> None:
    default = Account(id=DEFAULT_ACCOUNT, name="mom", password_hash="x", write=True)
    await any_shelf.put_account(None, default)
    alice = await any_shelf.create_account(lambda number: Account(id=number, name="Alice"))
    assert alice.id == 1
    changed = msgspec.structs.replace(alice, enabled=False)
    await any_shelf.put_account(alice, changed)
    assert await any_shelf.accounts() == [default, changed]
    await any_shelf.delete_account(changed)
    assert await any_shelf.accounts() == [default]


@BOTH
@ensureDeferred
async def test_omm_records_are_decided_on_what_is_there(any_shelf: Any) -> None:
    def make(number: OmmId, others: list[Omm]) -> Omm:
        return Omm(id=number, name=f"{len(others)} before", omm1="omm", password="x")

    one = await any_shelf.create_omm(make)
    two = await any_shelf.create_omm(make)
    assert [one.id, two.id, two.name] == [1, 2, "1 before"]
    changed = await any_shelf.change_omm(
        one.id, lambda before, others: msgspec.structs.replace(before, name=f"of {len(others)}")
    )
    assert await any_shelf.omms() == [changed, two]
    assert changed.name == "of 2"
    assert await any_shelf.change_omm(OmmId(9), lambda before, others: before) is None
    assert await any_shelf.delete_omm(one.id) == changed
    assert await any_shelf.delete_omm(one.id) is None
    assert await any_shelf.omms() == [two]


@BOTH
@ensureDeferred
async def test_a_refused_decision_stores_nothing(any_shelf: Any) -> None:
    def refuse(number: object, others: object) -> Omm:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await any_shelf.create_omm(refuse)
    assert await any_shelf.omms() == []


@pytest.mark.parametrize("kind", ["store"])
@ensureDeferred
async def test_numbers_of_deleted_accounts_are_not_given_again(any_shelf: Any) -> None:
    def make(number: AccountId) -> Account:
        return Account(id=number, name=f"a{number}")

    first = await any_shelf.create_account(make)
    await any_shelf.delete_account(first)
    assert (await any_shelf.create_account(make)).id == first.id + 1
