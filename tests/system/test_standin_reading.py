"""MOM reads OMMs that share no code with it, and follows what happens there."""

from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred as asynchronous

from tests.system.house import House
from tests.system.outside import Place, StandIn, captured
from tests.system.shown import assert_no_secret, assert_shown, observed

pytestmark = pytest.mark.system


@pytest.mark.feature("F5")
@pytest.mark.parametrize(
    "quirks", [["uneven", "unknown", "shuffled", "chatty"], ["bytes", "echo"], []]
)
@asynchronous
async def test_all_records_are_taken_in_however_they_are_told(
    house: House, place: Place, stand_in: Callable[..., StandIn], quirks: list[str]
) -> None:
    count = 45 if "bytes" not in quirks else 5
    site = stand_in(count, behaviour={"quirks": quirks})
    omm = await house.connect(site)
    assert (omm["nUsers"], omm["nDevs"]) == (count, count)
    state = site.state()
    on_site = f"omm:eq:{house.ids[site]}"
    lists = (("user", "users", "num", place.filter), ("pp", "devices", "ipei", on_site))
    for kind, collection, key, wanted in lists:
        page = await house.get(collection, limit="100", filter=wanted)
        assert page["total"] == count
        shown = {record[key]: record for record in page["items"]}
        for record in state[kind]:
            assert_shown(record, shown[record[key]])
            if "unknown" in quirks:
                assert shown[record[key]]["extra"] == {"xFutureThing": "7"}
    pages = await house.get("pairs", limit="100", filter=on_site)
    assert sorted(pair["num"] for pair in pages["items"]) == [
        place.num(local) for local in range(1, count + 1)
    ]
    if "unknown" in quirks:
        user = await house.user(place.num(3))
        await house.send("PATCH", f"users/{user['uid']}", {"name": "Sent back"})
        await site.until(lambda _: site.user(place.num(3))["name"] == "Sent back")
        assert site.user(place.num(3)).get("xFutureThing", "7") == "7"


@pytest.mark.feature("F5", "F8")
@asynchronous
async def test_real_records_are_taken_in_without_loss_and_unbound_users_leave(
    house: House, stand_in: Callable[..., StandIn]
) -> None:
    user, device = captured()
    second = {**user, "uid": "5", "num": "9900", "name": "UnitTestUser", "addId": "9900"}
    second |= {"hierarchy1": "Beschreibung1", "hierarchy2": "Beschreibung2", "sipAuthId": "9900"}
    second |= {"sipRegisterCheck": "0", "ppnOld": "0"}
    site = stand_in(park="1F102A7C82", users=[user, second], devices=[device])
    omm = await house.connect(site)
    assert omm["ommVersion"] == "OpenMobility Manager SIP-DECT 7.1-CK14"
    assert omm["protocolVersion"] == 45
    await site.until(lambda state: not state["user"])
    for told in (user, second):
        shown = await house.user(told["num"])
        assert_shown(told, shown)
        shown = await house.get(f"users/{shown['uid']}")
        assert_shown(told, shown)
        assert shown["hasPin"]
        assert shown["hasSipPw"]
        assert shown["hasCredentialPw"]
        assert shown["hasServiceAuthPassword"]
        assert shown["timeStampAdmin"] == 1520386972
    phone = await house.find("devices", "ipei", "03074 0220259 3")
    assert_shown(device, phone)
    assert phone["timeStampRoaming"] == 1510486477
    assert phone["omm"] == house.ids[site]
    kept = {k: v for k, v in device.items() if k not in ("ppnSec", "timeStamp")}
    (left,) = site.state()["pp"]
    assert {k: left[k] for k in kept} == kept
    assert left["ppnSec"] == str(phone["ppn"])
    wanted = await house.user("1234")
    body = {"ppn": phone["ppn"], "relType": "Dynamic"}
    await house.send("POST", f"users/{wanted['uid']}/actions/bind", body)
    await site.until(lambda state: [u["ppn"] for u in state["user"]] == [left["ppn"]])
    back = site.user("1234")
    differing = {k for k in user if back.get(k) != user[k]}
    assert differing <= {"uid", "uidSec", "ppn", "relType", "timeStamp", "timeStampRelation"} | {
        "ppnOld",
        *observed(),
    }
    for secret in ("pin", "sipPw", "credentialPw", "serviceAuthPassword"):
        assert back[secret] == user[secret]
    await assert_no_secret(house, [user, device])


@asynchronous
async def test_numbers_are_written_once_and_unchanged_records_never_again(
    house: House, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(4)
    await house.connect(site)
    state = await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    told = [child for _, _, children in site.heard("SetPP") for child in children]
    assert all(attrs.keys() <= {"uid", "ppn", "uidSec", "ppnSec"} for _, attrs in told), told
    assert len(site.heard("SetPP")) <= 8
    stamps = {(r["uid"], r["timeStamp"]) for r in state["user"]}
    assert {stamp for _, stamp in stamps} == {"1520386972"}
    for how in ("cut", "reconnect"):
        site.order("forget")
        if how == "cut":
            site.order("cut")
        await house.reconnect(site)
        assert site.heard("GetPPUser")
        assert not site.heard("SetPP")
