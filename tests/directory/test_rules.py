"""The rules of synchronisation, each shown between a MOM and its sites."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.axi.element import Element, make
from mom.axi.secrets import PrivateKey
from mom.directory.errors import OmmAway
from mom.directory.policy import Policy
from mom.model.copy import CopyState, Noun
from mom.model.identities import OmmId
from mom.model.secret import Secret
from mom.store.errors import Clash
from tests.directory.conftest import World

Ipei = Callable[[int], str]
ONE = OmmId(1)


async def _one_pair(world: World, ipei: Ipei) -> int:
    site = await world.site(1)
    site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    return (await world.user_with("4711")).uid


@pytest.mark.feature("F6")
@ensureDeferred
async def test_edits_on_both_sides_reach_each_other(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1), "Ann")
    site.pair("4712", ipei(2), "Bob")
    await world.connect(1)
    ann, bob = await world.user_with("4711"), await world.user_with("4712")
    world.cut(1)
    world.now += 10
    site.edit("user", 1, name="Anna")
    await world.mom.editor.edit_user(bob.uid, {"name": "Bobby"}, "admin")
    await world.connect(1)
    assert (await world.user(ann.uid)).name == "Anna"  # type: ignore[union-attr]
    assert site.records["user"][2]["name"] == "Bobby"
    assert not await world.differences()


@ensureDeferred
async def test_a_relation_that_only_changes_its_type_is_in_mom_at_once(
    world: World, ipei: Ipei
) -> None:
    uid = await _one_pair(world, ipei)
    site = world.sites[1]
    world.now += 10
    site.bind(1, 1, "Dynamic")
    await world.rest()
    assert (await world.user(uid)).rel_type == "Dynamic"  # type: ignore[union-attr]
    assert site.records["pp"][1]["relType"] == "Dynamic"
    assert not await world.differences()


@ensureDeferred
async def test_a_user_that_takes_the_phone_of_another_one_there_stays_fixed_to_it(
    world: World, ipei: Ipei
) -> None:
    site = await world.site(1)
    site.pair("4711", ipei(1))
    site.pair("4712", ipei(2))
    await world.connect(1)
    world.now += 10
    site.bind(1, 2, "Fixed")
    await world.rest()
    ann, bob = await world.user_with("4711"), await world.user_with("4712")
    phone = await world.device(ann.ppn)
    assert phone is not None
    assert (ann.rel_type, phone.rel_type, phone.uid) == ("Fixed", "Fixed", ann.uid)
    assert bob.rel_type == "Unbound"
    assert not await world.differences()


@pytest.mark.feature("F7")
@pytest.mark.parametrize(
    ("there", "here", "winner"), [(50, 40, "OMM"), (40, 50, "MOM"), (50, 50, "MOM")]
)
@pytest.mark.parametrize("offset", [0, 300, -300])
@ensureDeferred
async def test_the_newer_change_wins_by_moms_clock_and_the_line_keeps_what_lost(
    world: World, ipei: Ipei, there: int, here: int, winner: str, offset: int
) -> None:
    site = await world.site(1, offset)
    site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    user = await world.user_with("4711")
    world.cut(1)
    began = world.now
    world.now = began + there
    site.edit("user", 1, name="OMM")
    world.now = began + here
    await world.mom.editor.edit_user(user.uid, {"name": "MOM"}, "admin")
    world.now = began + 100
    await world.connect(1)
    assert (await world.user(user.uid)).name == winner  # type: ignore[union-attr]
    assert site.records["user"][1]["name"] == winner
    lines = await world.lines(Noun.USER, user.uid)
    loser = "MOM" if winner == "OMM" else "OMM"
    assert any("name from" in line and f"'{loser}'" in line for line in lines)


@ensureDeferred
async def test_the_groups_of_one_record_are_decided_apart(world: World, ipei: Ipei) -> None:
    number = await _one_pair(world, ipei)
    site = world.sites[1]
    world.cut(1)
    world.now += 10
    site.unbind(1)
    await world.mom.editor.edit_user(number, {"name": "New"}, "admin")
    await world.connect(1)
    user = await world.user(number)
    assert user is not None
    assert (user.name, user.rel_type, user.ppn) == ("New", "Unbound", 0)


@ensureDeferred
async def test_a_restored_backup_is_no_news(world: World, ipei: Ipei) -> None:
    number = await _one_pair(world, ipei)
    site = world.sites[1]
    old = dict(site.records["user"][1])
    world.now += 10
    site.edit("user", 1, name="Newer")
    await world.rest()
    world.cut(1)
    site.records["user"][1] = old
    await world.connect(1)
    assert (await world.user(number)).name == "Newer"  # type: ignore[union-attr]
    assert site.records["user"][1]["name"] == "Newer"


@ensureDeferred
async def test_a_change_in_the_same_second_is_news(world: World, ipei: Ipei) -> None:
    number = await _one_pair(world, ipei)
    site = world.sites[1]
    world.cut(1)
    site.edit("user", 1, name="Again")
    await world.connect(1)
    assert (await world.user(number)).name == "Again"  # type: ignore[union-attr]


@pytest.mark.feature("F9")
@ensureDeferred
async def test_a_user_made_on_an_omm_is_in_mom_at_once_and_leaves_the_omm(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    site.add("user", num="4800", name="New")
    await world.rest()
    assert (await world.user_with("4800")).name == "New"
    assert site.records["user"] == {}
    assert world.mom.index.copies(Noun.USER, (await world.user_with("4800")).uid) == ()


@pytest.mark.feature("F8")
@ensureDeferred
async def test_an_omm_holds_its_own_and_the_permanent_records_only(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.pair(f"{number}00", ipei(number))
        await world.connect(number)
    user = await world.user_with("100")
    device = await world.device(user.ppn)
    assert device is not None
    assert device.home == 1
    assert len(world.sites[2].records["user"]) == 1
    await world.mom.editor.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert {r["num"] for r in world.sites[2].records["user"].values()} == {"100", "200"}
    assert len(world.sites[2].records["pp"]) == 2
    assert not await world.differences()
    await world.mom.editor.edit_user(user.uid, {"permanent": False}, "admin")
    await world.rest()
    assert {r["num"] for r in world.sites[2].records["user"].values()} == {"200"}
    assert len(world.sites[2].records["pp"]) == 1


@pytest.mark.feature("F171")
@pytest.mark.parametrize("sticks", [False, True])
@ensureDeferred
async def test_a_record_deleted_while_its_omm_is_away(
    world: World, ipei: Ipei, sticks: bool
) -> None:
    world.policy = Policy(deletes_stick=sticks)
    await world.restart()
    number = await _one_pair(world, ipei)
    await world.mom.editor.edit_user(number, {"pin": "9876"}, "admin")
    await world.rest()
    world.cut(1)
    await world.mom.editor.delete(Noun.USER, number, "admin")
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
    number = await _one_pair(world, ipei)
    before = await world.user(number)
    assert before is not None
    world.cut(1)
    for noun in nouns:
        deleted = number if noun is Noun.USER else before.ppn
        await world.mom.editor.delete(noun, deleted, "admin")
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
    number = await _one_pair(world, ipei)
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
async def test_one_phone_on_two_omms_is_at_home_where_it_was_subscribed_last(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        site = await world.site(number)
        world.now += 100
        site.pair(f"{number}00", ipei(7))
    for number in (2, 1):
        await world.connect(number)
    assert world.mom.index.count(Noun.DEVICE) == 1
    (number,) = world.mom.index.numbers(Noun.DEVICE)
    device = await world.device(number)
    assert device is not None
    assert device.home == 2
    assert world.sites[1].records["pp"] == {}
    assert not await world.differences()


@ensureDeferred
async def test_two_sites_with_one_number_are_kept_marked_and_told(world: World, ipei: Ipei) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.pair("4711", ipei(number))
        await world.connect(number)
    assert world.mom.index.count(Noun.USER) == 2
    first, second = world.mom.index.with_key(Noun.USER, "4711")
    user = await world.user(second)
    assert user is not None
    assert f"number 4711 also used by user {first} (OMM 0001)" in user.marks
    assert any("4711" in text for text in world.log.texts)
    await world.mom.editor.edit_user(second, {"num": "4712"}, "admin")
    for number in (first, second):
        user = await world.user(number)
        assert user is not None
        assert user.marks == ()


@ensureDeferred
async def test_an_empty_mom_takes_its_numbers_back_from_its_omms(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    uid, ppn = site.pair("4711", ipei(1))
    site.records["user"][uid]["uidSec"] = "900"
    site.records["pp"][ppn]["ppnSec"] = "901"
    await world.connect(1)
    assert (await world.user_with("4711")).uid == 900
    created = await world.mom.editor.create_user({"num": "1"}, "admin")
    assert created.uid == 901


@pytest.mark.parametrize("echoes", [True, False])
@pytest.mark.parametrize("restamps", [True, False])
@ensureDeferred
async def test_an_echo_of_moms_own_change_is_no_news(
    world: World, ipei: Ipei, echoes: bool, restamps: bool
) -> None:
    number = await _one_pair(world, ipei)
    site = world.sites[1]
    site.quirks.echoes, site.quirks.restamps = echoes, restamps
    site.requests.clear()
    for name in ("One", "Two", "Three"):
        await world.mom.editor.edit_user(number, {"name": name}, "admin")
        world.now += 1
    await world.rest()
    assert (await world.user(number)).name == "Three"  # type: ignore[union-attr]
    assert site.records["user"][1]["name"] == "Three"
    assert len(world.requests(1, "SetPP")) <= 3


@ensureDeferred
async def test_an_omm_that_encrypts_anew_at_each_reading_costs_no_write(
    world: World, ipei: Ipei
) -> None:
    await _one_pair(world, ipei)
    world.sites[1].quirks.reencrypts = True
    world.cut(1)
    assert (await world.connect(1)).changed == 0


@ensureDeferred
async def test_a_refusal_marks_the_record_until_it_is_accepted(world: World, ipei: Ipei) -> None:
    number = await _one_pair(world, ipei)
    site = world.sites[1]
    site.quirks.refuse = {"Bad": ("EInval", "name")}
    await world.mom.editor.edit_user(number, {"name": "Bad"}, "admin")
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ("not accepted by OMM 0001: EInval name",)
    asked = len(world.requests(1, "SetPP"))
    await world.rest()
    assert len(world.requests(1, "SetPP")) == asked
    await world.mom.editor.edit_user(number, {"name": "Good"}, "admin")
    await world.rest()
    user = await world.user(number)
    assert user is not None
    assert user.marks == ()
    assert site.records["user"][1]["name"] == "Good"


@ensureDeferred
async def test_a_secret_goes_on_to_omms_of_the_same_key_and_to_no_other(
    world: World, ipei: Ipei
) -> None:
    other = PrivateKey.generate(512)
    for number, key in ((1, world.key), (2, world.key), (3, other)):
        await world.site(number, key=key)
    world.sites[1].pair("4711", ipei(1))
    for number in (1, 2, 3):
        await world.connect(number)
    user = await world.user_with("4711")
    await world.mom.editor.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert world.sites[2].secrets[1]["pin"] == "4711"
    assert world.sites[3].secrets[1]["pin"] == ""
    after = await world.user(user.uid)
    assert after is not None
    assert any(mark.startswith("credentials missing on OMM 0003") for mark in after.marks)
    assert any("OMM 0003 without" in text for text in world.log.texts)
    await world.mom.editor.edit_user(user.uid, {"pin": "1234"}, "admin")
    await world.rest()
    assert {world.sites[n].secrets[1]["pin"] for n in (1, 2, 3)} == {"1234"}


@ensureDeferred
async def test_unknown_attributes_ride_along(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    uid, _ = site.pair("4711", ipei(1))
    site.records["user"][uid]["fromTheFuture"] = "x"
    await world.connect(1)
    user = await world.user_with("4711")
    assert user.extra == {"fromTheFuture": "x"}


@ensureDeferred
async def test_an_unknown_boolean_is_the_same_however_an_omm_writes_it(
    world: World, ipei: Ipei
) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.quirks.words = number == 2
        uid, _ = site.pair(f"471{number}", ipei(number))
        site.records["user"][uid] |= {"futureFlag": "1", "permanent": "1"}
    for number in (1, 2, 1):
        await world.connect(number)
    assert len(world.requests(1, "SetPP")) <= 4
    assert not await world.differences()


@ensureDeferred
async def test_an_emoji_from_an_omm_is_kept_marked_and_not_spread(world: World, ipei: Ipei) -> None:
    for number in (1, 2):
        await world.site(number)
    world.sites[1].pair("4711", ipei(1), "Ann \U0001f600")
    for number in (1, 2):
        await world.connect(number)
    user = await world.user_with("4711")
    assert user.name == "Ann \U0001f600"
    assert user.marks == ("not spread: name has characters that phones do not take",)
    await world.mom.editor.edit_user(user.uid, {"permanent": True}, "admin")
    await world.rest()
    assert world.sites[2].records["user"][1]["name"] == ""
    assert (await world.user(user.uid)).name == "Ann \U0001f600"  # type: ignore[union-attr]


@ensureDeferred
async def test_pages_of_one_record_and_gaps_are_read_completely(world: World, ipei: Ipei) -> None:
    site = await world.site(1)
    site.quirks.page = 3
    for n in range(40):
        site.pair(str(4000 + n), ipei(n))
        next(site.numbers["user"])
    result = await world.connect(1)
    assert (result.users, result.devices) == (40, 40)


@ensureDeferred
async def test_a_flood_of_events_holds_the_link_and_lets_go(world: World, ipei: Ipei) -> None:
    await _one_pair(world, ipei)
    sitting, port = world.sittings[1], world.ports[1]
    for n in range(400):
        name = Element("user", {"uid": "1", "name": f"N{n}", "timeStampAdmin": str(world.now + n)})
        sitting.take(make("EventPPCnf", None, name))
    assert port.held
    await world.rest()
    assert not port.held
    assert (await world.user_with("4711")).name == "N399"


@ensureDeferred
async def test_an_offer_that_was_never_confirmed_lapses(world: World, ipei: Ipei) -> None:
    number = await _one_pair(world, ipei)
    copy = world.mom.index.copy(Noun.USER, number, ONE)
    assert copy is not None
    site = await world.site(2)
    offered = msgspec.structs.replace(
        copy, omm=OmmId(2), local=0, state=CopyState.OFFERED, since=world.now, agreed=b""
    )
    async with world.mom.units.open() as bench:
        bench.put_copy(offered)
    world.now += 700
    await world.connect(2)
    assert world.mom.index.copy(Noun.USER, number, OmmId(2)) is None
    assert await world.user(number) is not None
    assert site.records["user"] == {}


@ensureDeferred
async def test_a_secret_entered_in_mom_reaches_the_omm(world: World, ipei: Ipei) -> None:
    number = await _one_pair(world, ipei)
    await world.mom.editor.edit_user(number, {"sipPw": "geheim"}, "admin")
    await world.rest()
    assert world.sites[1].secrets[1]["sipPw"] == "geheim"
    user = await world.user(number)
    assert user is not None
    assert user.sip_pw == Secret("geheim")


@pytest.mark.parametrize("restart", [True, False])
@ensureDeferred
async def test_a_secret_alone_entered_while_the_omm_is_away_reaches_it(
    world: World, ipei: Ipei, restart: bool
) -> None:
    number = await _one_pair(world, ipei)
    world.cut(1)
    await world.mom.editor.edit_user(number, {"pin": "2468"}, "admin")
    if restart:
        await world.restart()
    await world.connect(1)
    assert world.sites[1].secrets[1]["pin"] == "2468"


@pytest.mark.parametrize("live", [True, False])
@ensureDeferred
async def test_a_device_never_takes_the_ipei_of_another_one(
    world: World, ipei: Ipei, live: bool
) -> None:
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1))
    one.pair("4712", ipei(2))
    two.pair("4713", ipei(3))
    await world.connect(1)
    await world.connect(2)
    world.now += 10
    if not live:
        world.cut(1)
    one.edit("pp", 1, ipei=ipei(3))
    one.edit("user", 2, name="Bob")
    if not live:
        await world.connect(1)
    await world.rest()
    assert one.records["pp"][1]["ipei"] == ipei(1)
    assert (await world.user_with("4712")).name == "Bob"
    assert not await world.differences()
    assert any("IPEI" in text for text in world.log.texts)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@ensureDeferred
async def test_a_record_that_the_database_refuses_costs_only_that_record(
    world: World, ipei: Ipei, logged_errors: Any, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "mom.db") as database:
        database.execute(
            "CREATE TRIGGER bad BEFORE INSERT ON users WHEN new.num = '4711'"
            " BEGIN SELECT RAISE(ABORT, 'bad'); END"
        )
    database.close()
    site = await world.site(1)
    site.pair("4711", ipei(1))
    site.pair("4712", ipei(2))
    await world.connect(1)
    assert (await world.user_with("4712")).num == "4712"
    assert logged_errors.flush(Clash)
    assert any("not taken" in text for text in world.log.texts)


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


@ensureDeferred
async def test_a_device_without_ipei_that_gets_that_of_another_one_is_settled_once(
    world: World, ipei: Ipei
) -> None:
    one, two = await world.site(1), await world.site(2)
    one.add("pp", ipei="", s="Yes")
    two.pair("4713", ipei(3))
    await world.connect(1)
    await world.connect(2)
    before = len(one.requests)
    one.edit("pp", 1, ipei=ipei(3))
    await world.rest()
    assert len(one.requests) - before < 20
    found = await world.store.read(lambda reading: list(reading.all_devices()))
    assert [device.ipei for device in found].count(ipei(3)) == 1
