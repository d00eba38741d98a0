"""Phones that subscribe and people who log in, seen from OMMs that share no code with MOM."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_twisted import blockon
from pytest_twisted import ensureDeferred as asynchronous
from twisted.internet import defer

from tests.system.house import House
from tests.system.outside import Place, StandIn, ipei, now, pairs
from tests.system.two_sites import OTHER_KEY, TwoSites, two_sites

pytestmark = pytest.mark.system

MakeStandIn = Callable[..., StandIn]
UAK = "00112233445566778899AABBCCDDEEFF"


async def allow(house: House, mode: str, auto_create: bool = False) -> None:
    """Which phones may subscribe."""
    await house.send("PATCH", "settings", {"subscription": mode, "autoCreate": auto_create})


@pytest.fixture
def open_house(licensed: House) -> Iterator[House]:
    """Phones may subscribe, if MOM has their records."""
    blockon(defer.ensureDeferred(allow(licensed, "Configured")))
    yield licensed
    blockon(defer.ensureDeferred(allow(licensed, "Off")))


def a_phone(place: Place, number: int = 500) -> str:
    """The IPEI of a phone of this test that MOM does not know."""
    return ipei(place.first + number)


async def until_given(site: StandIn, phone: str) -> dict[str, dict[str, str]]:
    """Wait until a site was given the records of a phone; returns what was sent, by kind."""

    def given(heard: list[Any]) -> list[dict[str, Any]]:
        children = [dict(message[2]) for message in heard if message[0] == "SetPP"]
        return [each for each in children if each.get("pp", {}).get("ipei") == phone]

    state = await site.until(lambda state: bool(given(state["heard"])))
    return given(state["heard"])[0]


def subscribed(site: StandIn, phone: str) -> None:
    """The phone subscribes with the records that the site was given."""
    record = site.records("pp", "ipei")[phone]
    ari = site.told["park"][2:]
    values = {"s": "Yes", "uak": UAK, "subscriptionId": "0500C0", "ommId": ari, "ommIdAck": ari}
    values |= {"timeStampSubscription": str(now()), "timeStampRoaming": str(now())}
    site.order("change", kind="pp", number=int(record["ppn"]), values=values)


@asynchronous
async def test_a_known_phone_subscribes_with_its_own_records_and_is_at_home_there(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(open_house, place, stand_in)
    phone = a_phone(place)
    device = await open_house.send("POST", "devices", {"ipei": phone, "ac": "1234"}, expect=201)
    two.tell(two.there, "EventDECTSubscribe", ipei=phone, rfpId=1)
    sent = (await until_given(two.there, phone))["pp"]
    assert (sent["ppn"], sent["ppnSec"]) == ("0", str(device["ppn"]))
    assert (sent["ac"], sent.get("s", "No")) == ("1234", "No")
    subscribed(two.there, phone)

    async def shown() -> Any:
        return await open_house.find("devices", "ipei", phone)

    await open_house.until_record(shown, lambda found: found["s"] == "Yes")
    found = await shown()
    assert found["omm"] == open_house.ids[two.there]
    assert two.there.records("pp", "ipei")[phone]["uak"] == UAK


@asynchronous
async def test_a_phone_that_subscribes_elsewhere_is_at_home_where_it_did_that_last(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(open_house, place, stand_in)
    two.tell(two.there, "EventDECTSubscribe", ipei=two.ipei(), rfpId=1)
    sent = await until_given(two.there, two.ipei())
    assert sent["user"]["num"] == place.num(1)
    assert (await two.device())["omm"] == open_house.ids[two.here]
    subscribed(two.there, two.ipei())
    await two.until_home(two.there)


@pytest.mark.feature("F21", "F24")
@asynchronous
async def test_auto_create_makes_a_device_without_user_and_code(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(open_house, place, stand_in)
    await allow(open_house, "Configured", auto_create=True)
    phone = a_phone(place)
    two.tell(two.there, "EventDECTSubscribe", ipei=phone, rfpId=1)
    sent = await until_given(two.there, phone)
    assert sent.keys() == {"pp"}
    assert not sent["pp"].get("ac")
    assert sent["pp"].get("subscribeToPARIOnly", "0") in ("0", "false")
    made = await open_house.find("devices", "ipei", phone)
    assert (made["relType"], made["autoCreate"]) == ("Unbound", True)


@asynchronous
async def test_in_wildcard_mode_the_additional_id_names_the_user_of_a_fixed_pair(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(open_house, place, stand_in)
    await allow(open_house, "Wildcard")
    phone, number = a_phone(place), place.num(600)
    user = {"num": number, "name": "Waits", "addId": number, "pin": "4711"}
    made = await open_house.send("POST", "users", user, expect=201)
    two.tell(two.there, "EventDECTSubscribe", ipei=phone, rfpId=1, addId=number)
    sent = await until_given(two.there, phone)
    assert sent["user"]["uidSec"] == str(made["uid"])
    assert sent["user"]["relType"] == sent["pp"]["relType"] == "Fixed"
    assert two.there.order("reveal", cipher=sent["user"]["pin"]) == "4711"
    subscribed(two.there, phone)
    await open_house.until_user(number, lambda user: user["omm"] == open_house.ids[two.there])


async def refused(house: House, two: TwoSites, phone: str, **attrs: object) -> str:
    """Why the second site is told to refuse a phone that wants to subscribe."""
    two.tell(two.there, "EventDECTSubscribe", ipei=phone, rfpId=1, **attrs)
    rejects = await two.until_heard(two.there, "DECTSubscribeReject")
    assert rejects[-1][1]["ipei"] == phone
    assert two.there.heard("SetPP") == []
    return str(rejects[-1][1]["reason"])


@pytest.mark.feature("F23")
@pytest.mark.parametrize(
    ("mode", "add_id", "reason"),
    [("Off", "", "Off"), ("Configured", "", "Unknown"), ("Wildcard", "998877", "Unknown")],
)
@asynchronous
async def test_an_unknown_phone_is_refused_with_the_reason(
    open_house: House,
    place: Place,
    stand_in: MakeStandIn,
    mode: str,
    add_id: str,
    reason: str,
) -> None:
    two = await two_sites(open_house, place, stand_in)
    await allow(open_house, mode)
    typed = {"addId": add_id} if add_id else {}
    assert await refused(open_house, two, a_phone(place), **typed) == reason


@asynchronous
async def test_a_phone_of_another_pari_may_not_subscribe_here(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(open_house, place, stand_in)
    two.here.order("change", kind="pp", number=1, values={"subscribeToPARIOnly": "1"})

    async def shown() -> Any:
        return await two.device()

    await open_house.until_record(shown, lambda found: found["subscribeToPARIOnly"])
    assert await refused(open_house, two, two.ipei()) == "PARIOnly"


@asynchronous
async def test_a_full_site_takes_no_subscription(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    users, devices = pairs(place.first + 50, 1, f"1F21{place.park[4:]}")
    full = {"users": users, "devices": devices, "behaviour": {"mostPhones": 1}}
    two = await two_sites(open_house, place, stand_in, there=full)
    assert await refused(open_house, two, two.ipei()) == "Limit"


@asynchronous
async def test_without_a_licence_no_phone_subscribes(
    house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(house, place, stand_in)
    await allow(house, "Configured")
    assert await refused(house, two, two.ipei()) == "License"
    await allow(house, "Off")


async def desks(house: House, place: Place, stand_in: MakeStandIn, **behaviour: object) -> TwoSites:
    """Two sites; the second one has a phone that nobody uses, with the local number 1."""
    _, devices = pairs(place.first + 50, 1, f"1F21{place.park[4:]}")
    devices[0] |= {"uid": "0", "relType": "Unbound"}
    return await two_sites(
        house, place, stand_in, there={"devices": devices, "behaviour": behaviour}
    )


def type_in(two: TwoSites, **named: str) -> None:
    """Somebody logs in on the free phone."""
    pin = two.here.user(two.place.num(1))["pin"]
    two.tell(two.there, "EventPPLogin", ppn=1, pin=pin, **named)


@pytest.mark.feature("F10")
@pytest.mark.parametrize("named", ["num", "addId"])
@asynchronous
async def test_a_user_who_logs_in_moves_when_the_omm_reports_the_link(
    licensed: House, place: Place, stand_in: MakeStandIn, named: str
) -> None:
    two = await desks(licensed, place, stand_in)
    before = await licensed.user(place.num(1))
    pin = two.here.order("reveal", cipher=two.here.user(place.num(1))["pin"])
    type_in(two, **{named: place.num(1)})
    await two.until_heard(two.there, "SetPP")
    ((_, _, children),) = two.there.heard("SetPP")
    sent = dict(children)["user"]
    assert (sent["relType"], sent["uidSec"]) == ("Dynamic", str(before["uid"]))
    assert two.there.order("reveal", cipher=sent["pin"]) == pin
    assert (await licensed.user(place.num(1)))["ppn"] == before["ppn"]
    uid = two.there.user(place.num(1))["uid"]
    two.tell(two.there, "EventPPLink", ppn=1, uid=uid, relType="Dynamic")
    free = await licensed.find("devices", "ipei", ipei(place.first + 50))
    await licensed.until_user(place.num(1), lambda user: user["ppn"] == free["ppn"])
    await two.here.until(lambda state: not state["user"])
    assert two.here.state()["pp"][0]["relType"] == "Unbound"
    two.tell(two.there, "EventPPLink", ppn=1, uid=0, relType="Unbound")
    await licensed.until_user(place.num(1), lambda user: user["relType"] == "Unbound")
    await two.there.until(lambda state: not state["user"])


@asynchronous
async def test_with_a_wrong_pin_nothing_changes(
    licensed: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await desks(licensed, place, stand_in, dislikes={"num": {"code": "EAuth"}})
    before = await licensed.user(place.num(1))
    type_in(two, num=place.num(1))
    await two.until_heard(two.there, "SetPP")
    await licensed.until_record(lambda: licensed.events("wrong PIN"), lambda found: bool(found))
    after = await licensed.user(place.num(1))
    assert (after["ppn"], after["relType"]) == (before["ppn"], before["relType"])
    assert two.there.heard("SetPPLink") == []
    assert two.there.state()["user"] == []


@asynchronous
async def test_a_login_of_an_unknown_user_is_refused(
    licensed: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await desks(licensed, place, stand_in)
    type_in(two, num="99887766")
    ((_, attrs, _),) = await two.until_heard(two.there, "SetPPLink")
    assert attrs == {"ppn": "1", "uid": "0", "errCode": "ENoEnt"}
    assert two.there.heard("SetPP") == []


@asynchronous
async def test_a_sealed_pin_never_goes_to_an_omm_with_another_key(
    licensed: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await desks(licensed, place, stand_in, **OTHER_KEY)
    type_in(two, num=place.num(1))
    await two.until_heard(two.there, "SetPP")
    ((_, _, children),) = two.there.heard("SetPP")
    assert not dict(children)["user"].keys() & {"pin", "sipPw", "credentialPw"}
