"""MOM and OMMs that share no code with it: how it takes control, and when it does not.

The stand-ins complain of what a real OMM could not take; each test ends by looking at that.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred as asynchronous

from mom.model.identities import ari
from tests.system.house import House, new_house
from tests.system.outside import SCRIPT, Place, StandIn, imports, now
from tests.system.processes import SARI

pytestmark = pytest.mark.system


def names(heard: list[Any]) -> list[str]:
    return [message[0] for message in heard]


def test_the_stand_in_shares_nothing_with_mom() -> None:
    parts = {file.stem: file for file in SCRIPT.parent.glob("standin*.py")}
    used = {name for file in parts.values() for name in imports(file.read_text("utf-8"))}
    assert len(parts) == 3
    assert used <= sys.stdlib_module_names | parts.keys()


@pytest.mark.feature("F3", "F14", "F145", "F221")
@asynchronous
async def test_mom_takes_control_in_the_order_of_the_profile(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(1, behaviour={"refusedEvents": ["ApplicationDataChannel"]})
    omm = await house.connect(site)
    heard = site.heard()
    assert heard[0][0] == "Open"
    assert heard[0][1]["UserDeviceSyncClient"] == "true"
    assert (heard[0][1]["username"], heard[0][1]["password"]) == ("omm", "omm")
    order = names(heard)
    before_reading = order[: order.index("GetPPUser")]
    for name in ("GetPARK", "Limits", "Ping", "SetUserDeviceSyncOMM", "SetDevAutoCreate"):
        assert name in before_reading
    wanted = ["GetPARK", "Subscribe", "SetMOMControlState", "ClientInfo", "GetPPUser"]
    assert sorted(wanted, key=order.index) == wanted
    assert order.count("Open") == 1
    (ping,) = site.heard("Ping")
    assert abs(int(ping[1]["timeStamp"]) - now()) < 60
    assert site.heard("SetUserDeviceSyncOMM")[0][1] == {"enable": "0"}
    assert site.heard("SetDevAutoCreate")[0][1] == {"enable": "0"}
    assert site.heard("SetMOMControlState")[0][1] == {"state": "Enabled", "momName": "MOM"}
    assert site.heard("ClientInfo")[0][1]["clientName"].startswith("MOM")
    assert "GetSARI" not in order or "SetSARI" not in order
    assert "SetSARI" not in order
    state = site.state()
    assert (state["dualHoming"], state["autoCreate"], state["control"]) == ("0", "0", "Enabled")
    assert (omm["cloudId"], omm["park"], omm["ommId"]) == (
        f"00{place.park}",
        place.park,
        ari(place.park),
    )


@asynchronous
async def test_an_event_type_that_is_refused_is_left_out(
    house: House, stand_in: Callable[..., StandIn]
) -> None:
    refused = ["ApplicationDataChannel", "Roaming"]
    site = stand_in(1, behaviour={"refusedEvents": refused})
    await house.connect(site)
    last = site.heard("Subscribe")[-1][2]
    asked = {entry["eventType"]: entry for _, entry in last}
    assert {entry["cmd"] for entry in asked.values()} == {"On"}
    assert asked["PPCnf"] == {"cmd": "On", "eventType": "PPCnf", "ppn": "-1", "uid": "-1"}
    assert not asked.keys() & {"PPUserCnf", "PPDevCnf", *refused}
    assert {"PPUserSummary", "MessageSend", "SystemCnf", "MOMMsgRouting"} <= asked.keys()


@pytest.mark.feature("F3")
@asynchronous
async def test_an_enabled_record_has_one_link_and_a_disabled_one_gives_control_back(
    house: House, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(1)
    await house.connect(site)
    assert site.state()["links"] == 1
    await house.send("PATCH", f"omms/{house.ids[site]}", {"enabled": False})
    state = await site.until(lambda state: state["links"] == 0)
    assert state["control"] == "Disabled"
    assert site.heard()[-1][0] == "SetMOMControlState"
    assert site.heard()[-1][1]["state"] == "Disabled"


@pytest.mark.feature("F12", "F119", "F142")
@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"password": "other"}, "wrong user name or password"),
        ({"permissions": ["AllCnfRead"]}, "account without full access"),
        ({"open": {"protocolVersion": "46"}}, "Different AXI or OMM version"),
        (
            {"open": {"protocolVersion": "44", "ommVersion": "SIP-DECT 6.1-CI7"}},
            "SIP-DECT 7.0 or later needed",
        ),
    ],
)
@asynchronous
async def test_an_unfit_site_waits_with_its_reason_until_it_is_put_right(
    house: House,
    place: Place,
    stand_in: Callable[..., StandIn],
    behaviour: dict[str, Any],
    reason: str,
) -> None:
    site = stand_in(1, behaviour=behaviour)
    await house.add(site)
    omm = await house.until_waiting(site)
    assert reason in omm["reason"]
    assert omm["health"] == "error"
    assert reason in "".join(omm["healthReasons"])
    assert set(names(site.heard())) == {"Open"}
    assert await house.user(place.num(1)) is None
    await site.until(lambda state: len(state["heard"]) >= 2)
    (event,) = [
        event for event in await house.events(omm["name"]) if "not connected" in event["text"]
    ]
    assert reason in event["text"]
    right = {"password": "omm", "permissions": ["AllCnfRead", "AllCnfWrite"]}
    right["open"] = {"protocolVersion": "45", "ommVersion": "SIP-DECT 7.1-CK14"}
    site.order("behave", **right)
    assert (await house.until_connected(site))["health"] == "OK"
    assert await house.user(place.num(1)) is not None


@asynchronous
async def test_an_omm_without_the_messages_of_a_mom_is_taken_in_all_the_same(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(3, behaviour={"plain": True})
    omm = await house.connect(site)
    assert (omm["nUsers"], omm["nDevs"]) == (3, 3)
    assert "roaming and central subscription not available" in omm["healthReasons"]
    site.order("change", kind="user", number=1, values={"name": "Plain"})
    user = await house.until_user(place.num(1), lambda user: user["name"] == "Plain")
    await house.send("PATCH", f"users/{user['uid']}", {"name": "From MOM"})
    await site.until(lambda _: site.user(place.num(1))["name"] == "From MOM")
    assert not site.heard("SetPP")
    await house.reconnect(site)
    (event,) = await house.events(f"{omm['name']}: roaming")
    assert event["count"] == 1


@asynchronous
async def test_a_changed_certificate_waits_until_it_is_accepted(
    house: House, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(1)
    await house.connect(site)
    site.stop()
    site.new_certificate()
    site.start()
    omm = await house.until(site, lambda omm: omm["waitingFor"] == "certificate")
    assert omm["state"] == "waiting"
    assert "certificate" in omm["reason"]
    assert site.heard() == []
    await house.send("POST", f"omms/{omm['id']}/actions/accept", {"what": "certificate"})
    assert (await house.until_connected(site))["waitingFor"] == ""


@asynchronous
async def test_a_second_record_for_the_same_omm_waits(
    house: House, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(1)
    first = (await house.connect(site))["id"]
    body = {"name": "The same again", "omm1": "localhost", "port": site.port}
    await house.add(site, **body)
    second = house.ids[site]
    assert second != first
    omm = await house.until_waiting(site)
    assert f"belongs to OMM {first:04d} already" in omm["reason"]
    assert (await house.get(f"omms/{first}"))["state"] == "connected"
    assert site.state()["links"] == 1
    await house.send("DELETE", f"omms/{first}", expect=204)


@pytest.mark.feature("F141")
@asynchronous
async def test_the_standby_is_learned_and_followed_without_losing_a_change(
    house: House, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    site = stand_in(2, behaviour={"open": {"ommStbState": "OK", "ommStbAddr": "127.0.0.2"}})
    omm = await house.connect(site)
    assert (omm["omm2"], omm["address"]) == ("127.0.0.2", "127.0.0.1")
    state = await site.until(lambda state: all(r["uidSec"] != "0" for r in state["user"]))
    users, devices = state["user"], state["pp"]
    site.stop()
    await house.until(site, lambda omm: omm["state"] != "connected")
    user = await house.user(place.num(1))
    await house.send("PATCH", f"users/{user['uid']}", {"name": "At fail-over"})
    other = stand_in(address="127.0.0.2", port=site.port, users=users, devices=devices)
    site.start()
    site.order("behave", standby=True)
    await other.until(lambda _: other.user(place.num(1))["name"] == "At fail-over", 30)
    omm = await house.until_connected(site)
    assert omm["address"] == "127.0.0.2"
    assert site.state()["links"] == 0
    assert (await house.user(place.num(1)))["uid"] == user["uid"]


@pytest.mark.feature("F14", "F16")
@asynchronous
async def test_the_common_identity_is_set_once_and_the_restart_is_no_error(
    tmp_path: Path, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    (tmp_path / "house").mkdir()
    house = await new_house(tmp_path / "house", licence=True)
    try:
        site = stand_in(2, sari="1F10000001")
        omm = await house.connect(site)
        heard = site.heard()
        assert names(heard).count("SetSARI") == 1
        assert site.heard("SetSARI")[0][1] == {"sari": SARI}
        assert names(heard).count("Open") == 2
        assert names(heard).index("SetSARI") < names(heard).index("GetPPUser")
        assert site.state()["sari"] == SARI
        await house.reconnect(site)
        assert names(site.heard()).count("SetSARI") == 1
        troubles = [e for e in await house.events(omm["name"]) if e["severity"] != "OK"]
        assert troubles == []
    finally:
        house.mom.service.end()
    assert "Traceback" not in house.mom.service.text()
