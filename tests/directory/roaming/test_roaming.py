"""A phone walks from site to site and keeps its number, whatever breaks on the way."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.store.query import Query
from tests.directory.conftest import World
from tests.directory.roaming.walking import LICENSED, Ipei, appears, is_at, names, two_sites


@pytest.mark.feature("F32", "F33", "F34", "F35")
@ensureDeferred
async def test_a_phone_that_appears_at_another_omm_is_served_there_and_gone_at_the_old_one(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    key = one.records["pp"][1]["uak"]
    await appears(world, 2, ipei(1))
    assert names(one) == ["PPSIPDeregister", "DeletePPUser", "DeletePPDev"]
    assert names(two)[:2] == ["SetPP", "PPSIPRegister"]
    assert not one.records["user"]
    assert not one.records["pp"]
    (device,) = two.records["pp"].values()
    assert (device["ipei"], device["uak"]) == (ipei(1), key)
    assert two.secrets[int(device["uid"])]["pin"] == "4711"
    await is_at(world, 2, ipei(1))
    user = await world.user_with("4711")
    (line, *_) = await world.lines(Noun.DEVICE, user.ppn)
    assert line.startswith("moved from OMM 0001 to OMM 0002 in ")


@ensureDeferred
async def test_a_phone_goes_back_and_forth_and_ends_where_it_came_last(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    for _ in range(3):
        two.locate(ipei(1))
        one.locate(ipei(1))
    two.locate(ipei(1))
    await world.rest()
    await is_at(world, 2, ipei(1))
    one.locate(ipei(1))
    await world.rest()
    await is_at(world, 1, ipei(1))


@ensureDeferred
async def test_a_phone_that_is_at_home_there_already_gets_its_records_again(
    world: World, ipei: Ipei
) -> None:
    one, _ = await two_sites(world, ipei)
    one.registered.clear()
    await appears(world, 1, ipei(1))
    assert names(one) == ["SetPP", "PPSIPRegister"]
    await is_at(world, 1, ipei(1))


@ensureDeferred
async def test_a_device_without_a_user_moves_without_sip(world: World, ipei: Ipei) -> None:
    world.mom.policy = LICENSED
    one, two = await world.site(1), await world.site(2)
    one.add("pp", ipei=ipei(1), s="Yes", uak="0" * 32, ommId=one.ari, ommIdAck=one.ari)
    await world.connect(1)
    await world.connect(2)
    one.requests.clear()
    await appears(world, 2, ipei(1))
    assert names(one) == ["DeletePPDev"]
    assert "PPSIPRegister" not in names(two)
    assert not await world.differences()
    assert world.mom.index.at_home(OmmId(2))


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("licence", "License"),
        ("unknown", "Unknown"),
        ("unsubscribed", "NotSubscribed"),
        ("PARI only", "PARIOnly"),
        ("full", "Limit"),
        ("namesake", "Busy"),
    ],
)
@pytest.mark.feature("F18", "F29", "F39")
@ensureDeferred
async def test_a_phone_that_may_not_come_is_told_why_and_nothing_changes(
    world: World, ipei: Ipei, case: str, reason: str
) -> None:
    world.mom.policy = Policy(licensed=case != "licence")
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1), "Ann", subscribeToPARIOnly=str(int(case == "PARI only")))
    if case == "full":
        two.quirks.limit = 1
        two.pair("4712", ipei(2))
    if case == "namesake":
        two.pair("4711", ipei(2))
    if case == "unsubscribed":
        one.edit("pp", 1, s="No", uak="")
    await world.connect(1)
    await world.connect(2)
    one.requests.clear()
    two.requests.clear()
    phone = ipei(9 if case == "unknown" else 1)
    await appears(world, 2, phone)
    (rejected,) = world.requests(2, "DECTLocateReject")
    assert rejected.get("reason") == reason
    assert names(two) == ["DECTLocateReject"]
    assert not names(one)
    event = f"location registration of phone {phone} refused on OMM 0002: {reason}"
    assert event in world.log.texts
    assert not await world.differences()


@pytest.mark.parametrize(("code", "reason"), [("ENoMem", "Limit"), ("EInval", "Busy")])
@ensureDeferred
async def test_an_omm_that_refuses_the_records_leaves_the_phone_where_it_was(
    world: World, ipei: Ipei, code: str, reason: str
) -> None:
    one, two = await two_sites(world, ipei)
    two.quirks.refuse_requests["SetPP"] = code
    await appears(world, 2, ipei(1))
    (rejected,) = world.requests(2, "DECTLocateReject")
    assert rejected.get("reason") == reason
    assert names(one) == ["PPSIPDeregister", "PPSIPRegister", "SetPP"]
    assert not two.records["pp"]
    await is_at(world, 1, ipei(1))
    user = await world.user_with("4711")
    (line, *_) = await world.lines(Noun.DEVICE, user.ppn)
    assert line == f"stays at OMM 0001, did not move to OMM 0002: refused by the OMM ({code})"


@ensureDeferred
async def test_an_old_omm_that_hangs_costs_one_phone_two_seconds_and_others_nothing(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    one.pair("4712", ipei(2))
    await world.rest()
    one.quirks.deaf.add("PPSIPDeregister")
    await appears(world, 2, ipei(1))
    assert not two.device_of(ipei(1))
    assert world.mom.moves.under_way((await world.user_with("4711")).ppn)
    world.clock.advance(2)
    await world.rest()
    assert two.device_of(ipei(1))
    await appears(world, 2, ipei(2))
    assert two.device_of(ipei(2))
    await is_at(world, 2, ipei(1))


@ensureDeferred
async def test_the_old_omm_need_not_be_connected(world: World, ipei: Ipei) -> None:
    one, two = await two_sites(world, ipei)
    world.cut(1)
    await appears(world, 2, ipei(1))
    assert two.device_of(ipei(1))
    await world.connect(1)
    await is_at(world, 2, ipei(1))
    assert not one.records["user"]


@ensureDeferred
async def test_a_phone_that_appears_while_the_omm_is_read_is_not_forgotten(
    world: World, ipei: Ipei
) -> None:
    await two_sites(world, ipei)
    world.cut(2)
    connecting = world.connect(2, during_reading=lambda site: site.locate(ipei(1)))
    await connecting
    await is_at(world, 2, ipei(1))


@ensureDeferred
async def test_an_omm_without_the_messages_of_a_mom_loses_a_phone_by_deletion_alone(
    world: World, ipei: Ipei
) -> None:
    world.sites.clear()
    world.policy = world.mom.policy = LICENSED
    one, two = await world.site(1), await world.site(2)
    one.quirks.profile = False
    one.pair("4711", ipei(1))
    await world.connect(1)
    await world.connect(2)
    await appears(world, 2, ipei(1))
    assert "PPSIPDeregister" not in names(one)
    assert two.device_of(ipei(1))
    assert not one.records["pp"]


@pytest.mark.feature("F40")
@pytest.mark.parametrize("first", [1, 2])
@ensureDeferred
async def test_a_permanent_users_phone_that_an_omm_took_without_mom_is_at_home_there(
    world: World, ipei: Ipei, first: int
) -> None:
    one, two = await two_sites(world, ipei)
    await world.site(3)
    await world.connect(3)
    user = await world.user_with("4711")
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    for number in (1, 2):
        world.cut(number)
    world.now += 100
    (local,) = two.records["pp"]
    two.edit("pp", local, ommId=two.ari, ommIdAck=two.ari)
    two.registered.add(local)
    for number in (first, 3 - first):
        await world.connect(number)
    await is_at(world, 2, ipei(1))
    assert world.sites[3].device_of(ipei(1))["ommId"] == two.ari  # type: ignore[index]
    assert "PPSIPDeregister" in names(one)


@pytest.mark.feature("F37")
@ensureDeferred
async def test_a_permanent_user_is_on_all_omms_and_moves_by_a_change_of_its_home_alone(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    user = await world.user_with("4711")
    await world.people.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert two.device_of(ipei(1))
    await world.site(3)
    await world.connect(3)
    assert world.sites[3].device_of(ipei(1))
    locals_ = {kind: list(two.records[kind]) for kind in ("user", "pp")}
    await appears(world, 2, ipei(1))
    assert {kind: list(two.records[kind]) for kind in ("user", "pp")} == locals_
    assert one.device_of(ipei(1))["ommId"] == two.ari  # type: ignore[index]
    assert world.sites[3].device_of(ipei(1))["ommId"] == two.ari  # type: ignore[index]
    await is_at(world, 2, ipei(1))
    await world.people.edit_user(user.uid, {"permanent": False}, "admin")
    await world.rest()
    assert not one.records["pp"]
    assert not world.sites[3].records["user"]
    await is_at(world, 2, ipei(1))


@ensureDeferred
async def test_several_phones_fill_an_omm_up_to_its_limit_and_not_beyond(
    world: World, ipei: Ipei
) -> None:
    one, two = await two_sites(world, ipei)
    for n in range(2, 6):
        one.pair(f"471{n}", ipei(n))
    two.quirks.limit = 3
    world.cut(2)
    await world.connect(2)
    for n in range(1, 6):
        two.locate(ipei(n))
    await world.rest()
    assert len(two.records["pp"]) == 3
    assert [r.get("reason") for r in world.requests(2, "DECTLocateReject")] == ["Limit"] * 2
    assert not await world.differences()


@ensureDeferred
async def test_each_move_is_kept_with_how_it_ended_and_how_long_it_took(
    world: World, ipei: Ipei
) -> None:
    _, two = await two_sites(world, ipei)
    two.quirks.refuse_requests["SetPP"] = "ENoMem"
    await appears(world, 2, ipei(1))
    two.quirks.refuse_requests.clear()
    two.locate(ipei(1))
    await world.steps(1)
    world.clock.advance(0.25)
    await world.rest()
    page = await world.store.read(lambda reading: reading.page("roams", Query()))
    kept = [(it.source, it.target, it.result.value, it.cause, it.seconds) for it in page.items]
    assert kept == [(1, 2, "refused by the OMM", "ENoMem", 0.0), (1, 2, "moved", "", 0.25)]
    assert {it.ipei for it in page.items} == {ipei(1)}


@pytest.mark.parametrize("steps", range(8))
@ensureDeferred
async def test_a_phone_that_is_deleted_in_mom_while_it_moves_is_gone_everywhere(
    world: World, ipei: Ipei, steps: int
) -> None:
    one, two = await two_sites(world, ipei)
    user = await world.user_with("4711")
    two.locate(ipei(1))
    await world.steps(steps)
    await world.people.delete(Noun.DEVICE, user.ppn, "admin")
    await world.people.delete(Noun.USER, user.uid, "admin")
    await world.rest()
    assert not await world.device(user.ppn)
    assert not await world.user(user.uid)
    for site in (one, two):
        assert not site.records["pp"]
        assert not site.records["user"]
    assert not await world.differences()
    assert await world.index_is_true()
