"""MOM with OMMs that share no code with it: what each side does, seen from outside.

The stand-ins complain of what a real OMM could not take; each test ends by looking at that.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import blockon
from pytest_twisted import ensureDeferred as asynchronous
from twisted.internet.defer import ensureDeferred

from mom.axi.mom_profile import ari_of
from tests.system.house import PASSWORD, House
from tests.system.outside import SCRIPT, StandIn, captured, imports, now, pairs
from tests.system.processes import SARI, Mom, free_port

pytestmark = pytest.mark.system

NEVER_SHOWN = ("pin", "sipPw", "credentialPw", "serviceAuthPassword", "uak")
"""Attributes that no answer of the API has."""

SECRETS = {"pin", "sipPw", "credentialPw", "serviceAuthPassword"}

_places = itertools.count(1)


async def _new_house(folder: Path, licence: bool = False) -> House:
    mom = Mom(folder)
    await mom.do("init")
    await mom.do("passwd", "--password", PASSWORD)
    if licence:
        file = str(folder / "license.xml")
        await mom.do("license", "issue", "--sari", SARI, "--customer", "Test", "--out", file)
        await mom.do("license", "import", file)
    house = House(mom)
    await house.open()
    return house


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One MOM without a licence for all tests here: each has sites and numbers of its own."""
    house = blockon(ensureDeferred(_new_house(tmp_path_factory.mktemp("house"))))
    yield house
    house.mom.service.end()


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    yield shared_house
    blockon(ensureDeferred(shared_house.close()))
    assert "Traceback" not in shared_house.mom.service.text()


class Place:
    """Where the sites of one test are: a PARK and numbers of their own."""

    def __init__(self, number: int) -> None:
        self.park = f"1F2000{number:04X}"
        self.first = 800_000 + 1000 * number
        self.filter = f"num:starts:{str(self.first)[:3]}"

    def num(self, place: int) -> str:
        """The number of the user with that local number."""
        return str(self.first + place - 1)


@pytest.fixture
def place() -> Place:
    return Place(next(_places))


@pytest.fixture
def stand_in(tmp_path: Path, place: Place) -> Iterator[Callable[..., StandIn]]:
    """Makes and starts stand-ins, and ends them; none of them may have complained."""
    made: list[StandIn] = []

    def start(
        count: int = 0, stamp: int = 1520386972, clock_offset: int = 0, **site: Any
    ) -> StandIn:
        users, devices = pairs(place.first, count, place.park, stamp)
        told = {"park": place.park, "users": users, "devices": devices, **site}
        port = told.pop("port", 0) or free_port()
        standing = StandIn(tmp_path / f"site{len(made)}", port, **told)
        made.append(standing)
        standing.start(clock_offset)
        return standing

    yield start
    complaints = []
    for each in made:
        complaints += each.state()["complaints"] if each.running else []
        each.end()
        complaints += [each.errors()] if each.errors() else []
    assert complaints == []


def names(heard: list[Any]) -> list[str]:
    return [message[0] for message in heard]


def test_the_stand_in_shares_nothing_with_mom() -> None:
    parts = {file.stem: file for file in SCRIPT.parent.glob("standin*.py")}
    used = {name for file in parts.values() for name in imports(file.read_text("utf-8"))}
    assert len(parts) == 3
    assert used <= sys.stdlib_module_names | parts.keys()


# Becoming the MOM of an OMM.


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
        ari_of(place.park),
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


# Taking in what is there.


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


def assert_shown(told: dict[str, str], shown: dict[str, Any]) -> None:
    """Every attribute that an OMM told is shown, with its type; keys are MOM's own."""
    own = {"uid", "ppn", "uidSec", "ppnSec", "relType", "ommIdAck", *NEVER_SHOWN}
    for name, text in told.items():
        if name in own or name.startswith("timeStamp") or name == "xFutureThing":
            continue
        value = shown[name]
        assert isinstance(value, str | bool | int)
        assert (str(int(value)) if isinstance(value, bool) else str(value)) == text, name
    assert not shown.keys() & set(NEVER_SHOWN)


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


def observed() -> set[str]:
    """What only the OMM knows of a user: it is not sent."""
    states = {"HAS", "HSS", "HRS", "HCS", "SRS", "SCS", "CDS", "HBS", "BTS", "SWS", "CUS"}
    return states | {"calculatedSipPort", "configurationDataLoaded"}


async def assert_no_secret(house: House, records: list[dict[str, str]]) -> None:
    """No secret of these records is in an answer of the API, or in a log."""
    found = [await house.get(c, limit="200") for c in ("users", "devices", "pairs", "events")]
    texts = [str(found), house.mom.service.text()]
    texts += [file.read_text("utf-8") for file in (house.mom.folder / "log").glob("*.log")]
    for record in records:
        for name in NEVER_SHOWN:
            if record.get(name):
                assert not [text for text in texts if record[name] in text], name


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


# Events and changes.


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


# OMMs that cannot be worked with, or not yet.


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


# The common identity.


@pytest.mark.feature("F14", "F16")
@asynchronous
async def test_the_common_identity_is_set_once_and_the_restart_is_no_error(
    tmp_path: Path, place: Place, stand_in: Callable[..., StandIn]
) -> None:
    (tmp_path / "house").mkdir()
    house = await _new_house(tmp_path / "house", licence=True)
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
