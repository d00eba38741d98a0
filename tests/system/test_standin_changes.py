"""What happens at OMMs that share no code with MOM reaches it, and the other way round."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred as asynchronous

from tests.system.house import House
from tests.system.outside import Place, StandIn, captured, now
from tests.system.shown import assert_no_secret, observed

pytestmark = pytest.mark.system


@pytest.mark.feature("F6", "F9")
@asynchronous
async def test_what_happens_at_the_site_is_followed(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(3)
    await house.connect(site)
    await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    before = await house.user(place.num(1))
    site.order("change", kind="user", number=1, values={"name": "From the site"})
    after = await house.until_user(place.num(1), lambda user: user["name"] == "From the site")
    same = {k: v for k, v in before.items() if k not in ("name", "revision", "timeStampAdmin")}
    assert {k: after[k] for k in same} == same
    site.order("delete", kind="user", number=2)
    await house.until_user(place.num(2), lambda user: user is None)
    new = {**captured()[0], "uid": "9", "num": place.num(9), "addId": "", "ppn": "0"}
    site.order("add", kind="user", values=new)
    await house.until_user(place.num(9), lambda user: user is not None)
    await site.until(lambda state: place.num(9) not in [u["num"] for u in state["user"]])
    assert (await house.user(place.num(9)))["relType"] == "Unbound"
    device = await house.find("devices", "ipei", site.state()["pp"][2]["ipei"])
    site.order("bind", uid=3, ppn=0)
    await house.until_user(place.num(3), lambda user: user["relType"] == "Unbound")
    await site.until(lambda state: place.num(3) not in [u["num"] for u in state["user"]])
    site.order("delete", kind="pp", number=3)
    await house.until(site, lambda omm: omm["nDevs"] == 2)
    assert await house.find("devices", "ipei", device["ipei"]) is None


@pytest.mark.feature("F5", "F6")
@asynchronous
async def test_what_happens_while_a_site_is_read_is_not_lost(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(50)
    orders = [
        {"do": "change", "kind": "user", "number": 1, "values": {"name": "Changed meanwhile"}},
        {"do": "change", "kind": "user", "number": 50, "values": {"name": "Changed before"}},
        {"do": "delete", "kind": "user", "number": 2},
        {"do": "delete", "kind": "user", "number": 49},
        {"do": "bind", "uid": 3, "ppn": 0},
    ]
    site.order("upon", request="GetPPUser", orders=orders)
    await house.connect(site)
    await house.until_user(place.num(1), lambda user: user["name"] == "Changed meanwhile")
    await house.until_user(place.num(50), lambda user: user["name"] == "Changed before")
    for gone in (2, 49):
        await house.until_user(place.num(gone), lambda user: user is None)
    await house.until_user(place.num(3), lambda user: user["relType"] == "Unbound")
    await site.until(lambda state: len(state["user"]) == 47)


@pytest.mark.feature("F6")
@asynchronous
async def test_a_change_in_mom_reaches_the_site_with_no_more_than_is_needed(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(3)
    await house.connect(site)
    await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    site.order("forget")
    user = await house.user(place.num(1))
    before = site.user(place.num(1))
    await house.send("PATCH", f"users/{user['uid']}", {"name": "From MOM", "sipPw": "Tr0ub4dor"})
    await site.until(lambda _: site.user(place.num(1))["name"] == "From MOM")
    after = site.user(place.num(1))
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"name", "sipPw", "timeStamp", "timeStampAdmin"}
    assert abs(int(after["timeStampAdmin"]) - now()) < 60
    assert site.order("reveal", cipher=after["sipPw"]) == "Tr0ub4dor"
    (message,) = site.heard("SetPP")
    ((kind, attrs),) = message[2]
    assert kind == "user"
    assert not attrs.keys() & {"relType", "ppn", "timeStampRelation", *observed()}
    site.order("forget")
    user = await house.user(place.num(2))
    await house.send("DELETE", f"users/{user['uid']}", expect=204)
    await site.until(lambda state: place.num(2) not in [u["num"] for u in state["user"]])
    assert await house.user(place.num(2)) is None
    assert site.heard("DeletePPUser") == [("DeletePPUser", {"uid": "2"}, [])]
    await assert_no_secret(house, [{"pin": "Tr0ub4dor", "sipPw": after["sipPw"]}])


@pytest.mark.feature("F6", "F7", "F192")
@pytest.mark.parametrize("offset", [0, 300, -300])
@asynchronous
async def test_changes_on_both_sides_while_apart_meet_whatever_the_clock_there_says(
    house: House, place: Place, stand_in: Callable[..., StandIn], offset: int
) -> None:
    site = stand_in(5, clock_offset=offset)
    omm = await house.connect(site)
    assert abs(omm["clockOffset"] - offset) < 5
    wrong = [reason for reason in omm["healthReasons"] if "Different system times" in reason]
    assert bool(wrong) == bool(offset)
    await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    numbers = {n: (await house.user(place.num(n)))["uid"] for n in range(1, 6)}
    site.stop()
    await house.until(site, lambda omm: omm["state"] != "connected")
    there = now() + offset
    await house.send("PATCH", f"users/{numbers[1]}", {"name": "MOM alone"})
    await house.send("PATCH", f"users/{numbers[3]}", {"name": "MOM newer"})
    await house.send("PATCH", f"users/{numbers[4]}", {"name": "MOM older"})
    await house.send("PATCH", f"users/{numbers[5]}", {"hierarchy1": "MOM"})
    site.start(offset)
    stamped = {"timeStampAdmin": str(there + 60), "timeStamp": str(there + 60)}
    older = {"timeStampAdmin": str(there - 60), "timeStamp": str(there - 60)}
    site.order("change", kind="user", number=2, values={"name": "OMM alone", **older}, quiet=True)
    site.order("change", kind="user", number=3, values={"name": "OMM older", **older}, quiet=True)
    site.order("change", kind="user", number=4, values={"name": "OMM newer", **stamped}, quiet=True)
    await house.reconnect(site)
    names = ["MOM alone", "OMM alone", "MOM newer", "OMM newer"]
    for number, name in enumerate(names, 1):
        await house.until_user(place.num(number), lambda user, name=name: user["name"] == name)
    await site.until(lambda _: [site.user(place.num(n))["name"] for n in range(1, 5)] == names)
    await site.until(lambda _: site.user(place.num(5))["hierarchy1"] == "MOM")
    assert "OMM older" in await house.lines(await house.user(place.num(3)))
    site.order("forget")
    await house.reconnect(site)
    assert not site.heard("SetPP")


@pytest.mark.feature("F192")
@asynchronous
async def test_restarts_of_either_side_lose_nothing(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(6)
    await house.connect(site)
    await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    before = await house.get("users", limit="100", filter=place.filter)
    user = await house.user(place.num(1))
    await house.send("PATCH", f"users/{user['uid']}", {"name": "Just before"})
    house.mom.service.end()
    site.order("change", kind="user", number=2, values={"name": "While away"}, quiet=True)
    site.order("delete", kind="user", number=3, quiet=True)
    assert site.state()["links"] == 0
    await house.open()
    await house.until_connected(site)
    await house.until_user(place.num(2), lambda user: user["name"] == "While away")
    assert await house.user(place.num(3)) is None
    await site.until(lambda _: site.user(place.num(1))["name"] == "Just before")
    after = await house.get("users", limit="100", filter=place.filter)
    assert {u["uid"] for u in before["items"]} - {u["uid"] for u in after["items"]} == {
        next(u["uid"] for u in before["items"] if u["num"] == place.num(3))
    }


@pytest.mark.feature("F171")
@pytest.mark.parametrize("sticks", [False, True])
@asynchronous
async def test_what_is_deleted_while_its_site_is_away_comes_back_unless_deletes_stick(
    house: House, place: Place, stand_in: Callable[..., StandIn], sticks: bool
) -> None:
    site = stand_in(4)
    await house.connect(site)
    await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    user = await house.user(place.num(1))
    site.stop()
    await house.until(site, lambda omm: omm["state"] != "connected")
    await house.send("PATCH", "settings", {"deletesStick": sticks})
    await house.send("DELETE", f"users/{user['uid']}", expect=204)
    assert await house.user(place.num(1)) is None
    site.start()
    await house.reconnect(site)
    if sticks:
        await site.until(lambda state: place.num(1) not in [u["num"] for u in state["user"]])
        assert await house.user(place.num(1)) is None
    else:
        back = await house.until_user(place.num(1), lambda user: user is not None)
        assert back["relType"] == "Dynamic"
        assert place.num(1) in site.records("user", "num")
    await house.send("PATCH", "settings", {"deletesStick": False})


@asynchronous
async def test_when_much_has_vanished_nothing_is_deleted_until_somebody_decides(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(6)
    await house.connect(site)
    await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    for decision in ("restore-missing", "accept-missing"):
        site.order("cut")
        for number in [record["uid"] for record in site.state()["user"]][:5]:
            site.order("delete", kind="user", number=int(number), quiet=True)
        omm = await house.reconnect(site)
        assert omm["missing"] == 5, decision
        assert (omm["health"], omm["healthReasons"]) == (
            "error",
            ["5 records missing: restore or accept?"],
        )
        assert await house.user(place.num(1)) is not None
        assert len(site.state()["user"]) == 1
        await house.send("POST", f"omms/{house.ids[site]}/actions/{decision}")
        if decision == "restore-missing":
            state = await site.until(lambda state: len(state["user"]) == 6)
            bound = {user["num"]: user["ppn"] for user in state["user"]}
            assert bound == {place.num(n): str(n) for n in range(1, 7)}
        else:
            page = await house.get("users", filter=place.filter)
            assert page["total"] == 1
        omm = await house.omm(site)
        assert (omm["missing"], omm["healthReasons"]) == (0, [])
