"""Several OMMs that share no code with MOM, and what goes wrong with them."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred as asynchronous

from tests.system.house import House
from tests.system.outside import Place, StandIn, pairs
from tests.system.shown import SECRETS

pytestmark = pytest.mark.system


@asynchronous
async def test_a_reading_that_breaks_off_is_completed_by_the_next(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(45)
    site.order("upon", request="GetPPDev", orders=[{"do": "cut"}])
    omm = await house.connect(site)
    assert (omm["nUsers"], omm["nDevs"]) == (45, 45)
    page = await house.get("pairs", limit="1", filter=f"omm:eq:{house.ids[site]}")
    assert page["total"] == 45


@asynchronous
async def test_a_restored_backup_of_a_site_is_brought_up_to_date(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(4)
    await house.connect(site)
    state = await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    backup = {"users": state["user"], "devices": state["pp"]}
    site.order("change", kind="user", number=1, values={"name": "After the backup"})
    await house.until_user(place.num(1), lambda user: user["name"] == "After the backup")
    site.order("bind", uid=2, ppn=0)
    await house.until_user(place.num(2), lambda user: user["relType"] == "Unbound")
    site.stop()
    site.told |= backup
    site.start()
    await house.reconnect(site)
    await site.until(lambda _: site.user(place.num(1))["name"] == "After the backup")
    await site.until(lambda state: len(state["user"]) == 3)
    assert (await house.user(place.num(2)))["relType"] == "Unbound"


@asynchronous
async def test_a_number_that_a_site_brings_along_is_adopted_if_it_is_free(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    users, devices = pairs(place.first, 2, place.park)
    users[0]["uidSec"] = devices[0]["ppnSec"] = str(place.first)
    site = stand_in(users=users, devices=devices)
    await house.connect(site)
    adopted = await house.user(place.num(1))
    assert (adopted["uid"], adopted["ppn"]) == (place.first, place.first)
    users, devices = pairs(place.first + 50, 2, "1F30000001")
    users[0]["uidSec"] = str(place.first)
    other = stand_in(park="1F30000001", users=users, devices=devices)
    await house.connect(other)
    stranger = await house.user(str(place.first + 50))
    assert stranger["uid"] != place.first
    await other.until(lambda state: state["user"][0]["uidSec"] == str(stranger["uid"]))
    assert (await house.user(place.num(1)))["uid"] == place.first


@asynchronous
async def test_a_permanent_user_reaches_other_sites_with_what_they_know(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    new = {"behaviour": {"quirks": ["unknown"]}}
    home = stand_in(2, **new)
    users, devices = pairs(place.first + 50, 1, "1F30000002")
    knows = stand_in(park="1F30000002", users=users, devices=devices, **new)
    users, devices = pairs(place.first + 60, 1, "1F30000003")
    lacks = stand_in(park="1F30000003", users=users, devices=devices)
    key = "c3" * 63 + "c5"
    stranger = stand_in(park="1F30000004", behaviour={"modulus": key})
    for site in (home, knows, lacks, stranger):
        await house.connect(site)
    user = await house.user(place.num(1))
    before = home.user(place.num(1))
    await house.send("PATCH", f"users/{user['uid']}", {"permanent": True})
    for site in (knows, lacks, stranger):
        await site.until(lambda state: place.num(1) in [u["num"] for u in state["user"]])
    there = knows.user(place.num(1))
    assert there["xFutureThing"] == "7"
    assert {name: there[name] for name in SECRETS} == {name: before[name] for name in SECRETS}
    assert "xFutureThing" not in lacks.user(place.num(1))
    assert not stranger.user(place.num(1)).keys() & SECRETS
    (phone,) = [d for d in knows.state()["pp"] if d["uid"] == there["uid"]]
    assert (there["ppn"], phone["ommId"]) == (phone["ppn"], place.park[2:])
    marked = await house.until_user(place.num(1), lambda user: user.get("marks"))
    assert "credentials missing" in " ".join(marked["marks"])
    (event,) = await house.events(f"user {user['uid']} goes to OMM {house.ids[stranger]:04d}")
    assert f"OMM {house.ids[home]:04d}" in event["text"]
    await house.send("PATCH", f"users/{user['uid']}", {"permanent": False})
    for site in (knows, lacks, stranger):
        await site.until(lambda state: place.num(1) not in [u["num"] for u in state["user"]])
    assert home.user(place.num(1))["permanent"] == "0"


@asynchronous
async def test_an_answer_that_is_lost_makes_no_second_record(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(2)
    other = stand_in(park="1F30000005")
    await house.connect(site)
    await house.connect(other)
    user = await house.user(place.num(1))
    other.order("upon", request="SetPP", orders=[{"do": "cut"}])
    await house.send("PATCH", f"users/{user['uid']}", {"permanent": True})
    await other.until(lambda state: bool(state["user"]))
    await house.reconnect(other)
    state = await other.until(lambda state: state["user"][0]["relType"] == "Dynamic")
    assert (len(state["user"]), len(state["pp"])) == (1, 1)
    page = await house.get("users", filter=place.filter)
    assert page["total"] == 2


@asynchronous
async def test_a_phone_on_two_sites_is_at_home_where_its_stamps_are_newer(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    old = stand_in(1)
    users, devices = pairs(place.first, 1, "1F30000006", stamp=1620386972)
    users[0]["num"] = place.num(77)
    new = stand_in(park="1F30000006", users=users, devices=devices)
    await house.connect(old)
    await house.connect(new)
    await old.until(lambda state: not state["pp"])
    device = await house.find("devices", "ipei", devices[0]["ipei"])
    assert (device["omm"], device["ommId"]) == (house.ids[new], "30000006")
    assert (await house.user(place.num(77)))["ppn"] == device["ppn"]
    assert (await house.user(place.num(1)))["relType"] == "Unbound"


@asynchronous
async def test_a_number_that_two_sites_have_is_kept_twice_and_shown(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    first = stand_in(1)
    users, devices = pairs(place.first + 50, 1, "1F30000007")
    users[0]["num"] = place.num(1)
    second = stand_in(park="1F30000007", users=users, devices=devices)
    await house.connect(first)
    await house.connect(second)
    page = await house.get("users", filter=f"num:eq:{place.num(1)}")
    assert page["total"] == 2
    one, two = page["items"]
    assert f"also used by user {two['uid']}" in one["marks"][0]
    assert f"also used by user {one['uid']}" in two["marks"][0]
    assert first.user(place.num(1))["name"] != second.user(place.num(1))["name"]
    assert [e for e in await house.events(place.num(1)) if "used" in e["text"]]


@asynchronous
async def test_what_a_site_refuses_stays_in_mom_and_is_marked_until_it_is_taken(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(2, behaviour={"dislikes": {"hierarchy1": {"code": "EInval"}}})
    await house.connect(site)
    user = await house.user(place.num(1))
    await house.send("PATCH", f"users/{user['uid']}", {"hierarchy1": "Refused"})
    marked = await house.until_user(place.num(1), lambda user: user.get("marks"))
    assert marked["hierarchy1"] == "Refused"
    assert f"not accepted by OMM {house.ids[site]:04d}: EInval hierarchy1" in marked["marks"]
    assert len(site.heard("SetPP")) < 8
    site.order("behave", dislikes={})
    await house.reconnect(site)
    await site.until(lambda _: site.user(place.num(1))["hierarchy1"] == "Refused")
    await house.until_user(place.num(1), lambda user: not user.get("marks"))


@asynchronous
async def test_what_could_break_a_phone_is_kept_and_not_spread(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(2)
    other = stand_in(park="1F30000008")
    await house.connect(site)
    await house.connect(other)
    user = await house.user(place.num(1))
    refused = await house.send("PATCH", f"users/{user['uid']}", {"name": "Smile \U0001f600"}, 422)
    assert "name" in refused["fields"]
    site.order("change", kind="user", number=1, values={"name": "Smile \U0001f600"})
    kept = await house.until_user(place.num(1), lambda user: user.get("marks"))
    assert kept["name"] == "Smile \U0001f600"
    await house.send("PATCH", f"users/{user['uid']}", {"permanent": True})
    await other.until(lambda state: bool(state["user"]))
    assert "name" not in other.user(place.num(1))
