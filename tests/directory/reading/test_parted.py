"""What an OMM tells of a parted pair, until it is known whether the other end is there."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.axi.element import Element
from mom.directory.reading.parted import Parted
from mom.directory.rows import Row
from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World, one_pair

Ipei = Callable[[int], str]
ONE = OmmId(1)
PARTED = {"ppn": "1", "uid": "0", "relType": "Unbound", "timeStampRelation": "5", "encrypt": "1"}


def device(**attrs: str) -> Row:
    return Row(noun=Noun.DEVICE, element=Element("pp", {**PARTED, **attrs}), local=1, whole=True)


@pytest.mark.parametrize("missing", [False, True])
@ensureDeferred
async def test_a_parted_device_keeps_its_relation_only_if_its_user_is_missing(
    world: World, ipei: Ipei, missing: bool
) -> None:
    number = await one_pair(world, ipei)
    parted = Parted(world.mom.index, ONE)
    assert parted.keep(device())
    (row,) = parted.end()
    assert parted.rows == []
    told = parted.told(row, {(Noun.USER, number)} if missing else set())
    assert told.element.attrs == ({"ppn": "1", "encrypt": "1"} if missing else PARTED)


@ensureDeferred
async def test_what_never_was_a_pair_does_not_wait(world: World, ipei: Ipei) -> None:
    await one_pair(world, ipei)
    assert not Parted(world.mom.index, OmmId(2)).keep(device())
    parted = Parted(world.mom.index, ONE)
    assert not parted.keep(device(uid="7"))
    world.cut(1)
    await world.people.delete(Noun.USER, 1, "admin")
    assert not parted.keep(device())


@ensureDeferred
async def test_something_newer_about_a_parted_record_comes_after_it(
    world: World, ipei: Ipei
) -> None:
    await one_pair(world, ipei)
    parted = Parted(world.mom.index, ONE)
    first, newer = device(), device(uid="7")
    parted.keep(first)
    user = Row(noun=Noun.USER, element=Element("user"), local=1, whole=False, live=True)
    assert parted.overtaken([user]) == []
    assert parted.overtaken([user, newer, newer]) == [first]
    assert parted.rows == []
