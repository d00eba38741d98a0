"""Rule 3: what is deleted or gone at one side, what waits for a decision, and what comes back."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.errors import OmmAway
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World, one_pair

Ipei = Callable[[int], str]
ONE = OmmId(1)


@pytest.mark.feature("F171")
@pytest.mark.parametrize("sticks", [False, True])
@ensureDeferred
async def test_a_record_deleted_while_its_omm_is_away(
    world: World, ipei: Ipei, sticks: bool
) -> None:
    world.policy = Policy(deletes_stick=sticks)
    await world.restart()
    number = await one_pair(world, ipei)
    await world.people.edit_user(number, {"pin": "9876"}, "admin")
    await world.rest()
    world.cut(1)
    await world.people.delete(Noun.USER, number, "admin")
    assert await world.user(number) is None
    await world.connect(1)
    if sticks:
        assert await world.user(number) is None
        assert world.sites[1].records["user"] == {}
    else:
        back = await world.user(number)
        assert back is not None
        assert back.pin is not None
        assert back.pin.text == "9876"
        assert back.rel_type == "Fixed"
        assert not await world.differences()


@pytest.mark.feature("F171")
@pytest.mark.parametrize("nouns", [[Noun.DEVICE], [Noun.USER, Noun.DEVICE]])
@ensureDeferred
async def test_what_comes_back_is_bound_as_it_was(
    world: World, ipei: Ipei, nouns: list[Noun]
) -> None:
    number = await one_pair(world, ipei)
    before = await world.user(number)
    assert before is not None
    world.cut(1)
    for noun in nouns:
        deleted = number if noun is Noun.USER else before.ppn
        await world.people.delete(noun, deleted, "admin")
    await world.connect(1)
    back = await world.user(number)
    assert back is not None
    assert (back.ppn, back.rel_type) == (before.ppn, "Fixed")
    assert len(world.sites[1].records["user"]) == 1
    assert not await world.differences()


@ensureDeferred
async def test_too_many_missing_records_wait_for_the_administrator(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for n in range(4):
        site.pair(str(4000 + n), ipei(n))
    await world.connect(1)
    for accept in (False, True):
        world.cut(1)
        site.records = {"user": {}, "pp": {}}
        result = await world.connect(1)
        assert result.missing == 8
        assert world.mom.index.count(Noun.USER) == 4
        record = world.mom.omm(ONE)
        assert record is not None
        assert record.missing == 8
        assert any("restore or accept" in text for text in world.log.texts)
        if accept:
            assert await world.mom.accept_missing(ONE) == 8
            await world.rest()
            assert world.mom.index.count(Noun.USER) == 0
        else:
            assert await world.mom.restore_missing(ONE) == 8
            await world.rest()
            assert len(site.records["user"]) == 4
            assert not await world.differences()


@ensureDeferred
async def test_one_missing_record_was_deleted_there(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    for n in range(4):
        site.pair(str(4000 + n), ipei(n))
    await world.connect(1)
    gone = await world.user_with("4001")
    world.cut(1)
    del site.records["user"][2]
    site.records["pp"][2] |= {"uid": "0", "relType": "Unbound"}
    await world.connect(1)
    assert await world.user(gone.uid) is None
    assert world.mom.index.count(Noun.USER) == 3


@ensureDeferred
async def test_after_an_import_of_the_database_nothing_is_deleted(world: World, ipei: Ipei) -> None:
    number = await one_pair(world, ipei)
    world.sites[1].records = {"user": {}, "pp": {}}
    world.policy = Policy(after_import=True)
    await world.restart()
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    device = await world.device(user.ppn)
    assert device is not None
    assert device.home == 0


@ensureDeferred
async def test_what_vanished_waits_for_a_decision_until_its_omm_is_there_again(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for serial in range(4):
        site.pair(f"47{serial}", ipei(serial))
    await world.connect(1)
    world.cut(1)
    site.records["user"].clear()
    site.records["pp"].clear()
    assert (await world.connect(1)).missing == 8
    world.cut(1)
    await world.restart()
    for decide in (world.mom.restore_missing, world.mom.accept_missing):
        with pytest.raises(OmmAway):
            await decide(ONE)
    assert (await world.store.read(lambda reading: reading.omms()))[ONE].missing == 8
    assert (await world.connect(1)).missing == 8
    assert await world.mom.restore_missing(ONE) == 8
    await world.rest()
    assert not await world.differences()


@pytest.mark.parametrize("kind", ["user", "pp"])
@pytest.mark.parametrize("accept", [False, True])
@ensureDeferred
async def test_what_vanished_from_its_pairs_is_restored_bound_or_accepted(
    world: World, ipei: Ipei, kind: str, accept: bool
) -> None:
    site = await world.site(1)
    for n in range(6):
        site.pair(str(4000 + n), ipei(n))
    await world.connect(1)
    bound = {str(4000 + n): (await world.user_with(str(4000 + n))).ppn for n in range(6)}
    world.cut(1)
    world.now += 10
    stays, link = ("pp", "uid") if kind == "user" else ("user", "ppn")
    for local in list(site.records[kind])[:5]:
        del site.records[kind][local]
        parted = {link: "0", "relType": "Unbound", "timeStampRelation": str(world.now)}
        site.records[stays][local] |= parted
    site.records[stays][1] |= {"timeStampAdmin": str(world.now)}
    assert (await world.connect(1)).missing == 5
    assert len(site.records[stays]) == 6
    world.cut(1)
    await world.restart()
    assert (await world.connect(1)).missing == 5
    if accept:
        assert await world.mom.accept_missing(ONE) == 5
    else:
        assert await world.mom.restore_missing(ONE) == 5
    await world.rest()
    assert not await world.differences()
    left = [await world.user(number) for number in world.mom.index.numbers(Noun.USER)]
    now = {user.num: user.ppn for user in left if user is not None}
    if not accept:
        assert now == bound
        assert len(site.records["user"]) == len(site.records["pp"]) == 6
    elif kind == "user":
        assert now == {"4005": bound["4005"]}
        assert len(site.records["pp"]) == 6
    else:
        assert now == dict.fromkeys(bound, 0) | {"4005": bound["4005"]}
        assert len(site.records["user"]) == 1


@ensureDeferred
async def test_what_is_sent_while_a_decision_is_pending_ends_no_relation(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    for n in range(6):
        site.pair(str(4000 + n), ipei(n))
    await world.connect(1)
    bound = (await world.user_with("4000")).ppn
    world.cut(1)
    world.now += 10
    for local in range(1, 6):
        del site.records["user"][local]
        parted = {"uid": "0", "relType": "Unbound", "timeStampRelation": str(world.now)}
        site.records["pp"][local] |= parted
    assert (await world.connect(1)).missing == 5
    await world.people.edit_device(bound, {"encrypt": False}, "admin")
    await world.rest()
    assert site.records["pp"][1]["encrypt"] == "0"
    site.edit("pp", 1, encrypt="1")
    await world.rest()
    assert await world.mom.restore_missing(ONE) == 5
    await world.rest()
    assert (await world.user_with("4000")).ppn == bound
    assert site.records["user"][int(site.records["pp"][1]["uid"])]["num"] == "4000"
    assert not await world.differences()
