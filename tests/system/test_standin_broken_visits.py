"""Subscriptions and log-ins that break, seen from two OMMs that share no code with MOM."""

import signal
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred as asynchronous

from tests.system.agreement import held_by
from tests.system.house import House
from tests.system.outside import Place, StandIn, ipei
from tests.system.test_standin_visitors import (
    UAK,
    a_phone,
    allow,
    desks,
    open_house,
    subscribed,
    type_in,
)
from tests.system.two_sites import TwoSites, two_sites

pytestmark = pytest.mark.system

__all__ = ["open_house"]
MakeStandIn = Callable[..., StandIn]
Steps = list[Any]


def long(*values: str) -> Any:
    """A step that belongs to the long runs."""
    return pytest.param(*values, marks=pytest.mark.soak)


async def breaks(two: TwoSites, site: StandIn, message: str, victim: str) -> None:
    """A site has carried out a message, and before it answers its link or MOM is no more."""
    await two.until_heard(site, message)
    if victim == "mom":
        two.house.mom.service.end(signal.SIGKILL)
    else:
        getattr(two, victim).order("cut")
    site.order("release")


async def comes_back(two: TwoSites, victim: str) -> None:
    """MOM is there again, and both sites are read."""
    if victim == "mom":
        await two.house.open()
    for each in (two.here, two.there):
        await two.house.until_connected(each)


OWN = [("user", "user", "num", "uid"), ("pp", "device", "ipei", "ppn")]
"""Kind at a site and noun in MOM, what people know a record by, and its number."""


async def numbers_are_unique(two: TwoSites) -> None:
    """Each number of MOM is that of one record, at the sites as in the database."""
    held = await held_by(two.house.mom.config)
    keys = {
        (noun.value, number): record.num if noun.value == "user" else record.ipei
        for (noun, number), record in held.records.items()
    }
    for site in (two.here, two.there):
        state = site.state()
        for kind, noun, key, own in (
            ("user", "user", "num", "uid"),
            ("pp", "device", "ipei", "ppn"),
        ):
            for record in state[kind]:
                assert keys[noun, int(record[f"{own}Sec"])] == record[key]


SUBSCRIPTION: Steps = [
    ("there", "SetPP", "there"),
    ("there", "SetPP", "mom"),
    ("here", "DeletePPUser", "here"),
    ("here", "DeletePPUser", "mom"),
    long("here", "DeletePPDev", "here"),
    long("here", "DeletePPDev", "mom"),
]
"""Which site gets which message, and what breaks then."""


@pytest.mark.feature("F24")
@pytest.mark.parametrize(("where", "message", "victim"), SUBSCRIPTION)
@asynchronous
async def test_a_phone_that_subscribes_elsewhere_lives_there_whatever_breaks(
    open_house: House,
    place: Place,
    stand_in: MakeStandIn,
    where: str,
    message: str,
    victim: str,
) -> None:
    two = await two_sites(open_house, place, stand_in)
    site: StandIn = getattr(two, where)
    site.order("hold", request=message)
    two.tell(two.there, "EventDECTSubscribe", ipei=two.ipei(), rfpId=1)
    if message != "SetPP":
        await two.there.until(lambda state: len(state["pp"]) == 1)
        subscribed(two.there, two.ipei())
    await breaks(two, site, message, victim)
    if message == "SetPP":
        subscribed(two.there, two.ipei())
    await comes_back(two, victim)
    await two.until_home(two.there)
    assert two.there.records("pp", "ipei")[two.ipei()]["uak"] == UAK
    await numbers_are_unique(two)


@pytest.mark.feature("F21", "F25", "F27")
@pytest.mark.parametrize("mode", ["Wildcard", "auto-create"])
@pytest.mark.parametrize("victim", ["mom", pytest.param("there", marks=pytest.mark.soak)])
@asynchronous
async def test_a_new_phone_that_subscribes_is_there_once_whatever_breaks(
    open_house: House, place: Place, stand_in: MakeStandIn, mode: str, victim: str
) -> None:
    two = await two_sites(open_house, place, stand_in)
    phone, number = a_phone(place), place.num(600)
    wildcard = mode == "Wildcard"
    await allow(open_house, "Wildcard" if wildcard else "Configured", auto_create=not wildcard)
    if wildcard:
        user = {"num": number, "name": "Waits", "addId": number, "pin": "4711"}
        await open_house.send("POST", "users", user, expect=201)
    two.there.order("hold", request="SetPP")
    named = {"addId": number} if wildcard else {}
    two.tell(two.there, "EventDECTSubscribe", ipei=phone, rfpId=1, **named)
    await breaks(two, two.there, "SetPP", victim)
    subscribed(two.there, phone)
    await comes_back(two, victim)

    async def shown() -> Any:
        return await open_house.find("devices", "ipei", phone)

    at = open_house.ids[two.there]
    found = await open_house.until_record(shown, lambda found: found and found["omm"] == at)
    there = two.there.records("pp", "ipei")[phone]
    assert (there["s"], there["uak"], there["ppnSec"]) == ("Yes", UAK, str(found["ppn"]))
    assert [pp["ipei"] for pp in two.here.state()["pp"]] == [two.ipei()]
    if wildcard:
        user = await open_house.until_user(number, lambda user: user["ppn"] == found["ppn"])
        assert two.there.user(number)["ppn"] == there["ppn"]
        assert two.there.order("reveal", cipher=two.there.user(number)["pin"]) == "4711"
    else:
        assert two.there.state()["user"] == []
    await numbers_are_unique(two)


@pytest.mark.feature("F23")
@asynchronous
async def test_a_phone_that_is_refused_while_mom_is_killed_leaves_nothing(
    open_house: House, place: Place, stand_in: MakeStandIn
) -> None:
    two = await two_sites(open_house, place, stand_in)
    two.there.order("hold", request="DECTSubscribeReject")
    two.tell(two.there, "EventDECTSubscribe", ipei=a_phone(place), rfpId=1)
    await breaks(two, two.there, "DECTSubscribeReject", "mom")
    await comes_back(two, "mom")
    assert await open_house.find("devices", "ipei", a_phone(place)) is None
    assert two.there.state()["pp"] == []


LOG_IN: Steps = [
    ("there", "SetPP", "there"),
    ("there", "SetPP", "mom"),
    ("here", "DeletePPUser", "mom"),
    long("here", "DeletePPUser", "here"),
]


@pytest.mark.feature("F10")
@pytest.mark.parametrize(("where", "message", "victim"), LOG_IN)
@asynchronous
async def test_a_user_who_logs_in_elsewhere_is_on_that_phone_alone_whatever_breaks(
    licensed: House,
    place: Place,
    stand_in: MakeStandIn,
    where: str,
    message: str,
    victim: str,
) -> None:
    two = await desks(licensed, place, stand_in)
    number = place.num(1)
    pin = two.here.order("reveal", cipher=two.here.user(number)["pin"])
    site: StandIn = getattr(two, where)
    site.order("hold", request=message)
    type_in(two, num=number)
    if message != "SetPP":
        await two.there.until(lambda state: bool(state["user"]))
        uid = two.there.user(number)["uid"]
        two.tell(two.there, "EventPPLink", ppn=1, uid=uid, relType="Dynamic")
    await breaks(two, site, message, victim)
    await comes_back(two, victim)
    free = await licensed.find("devices", "ipei", ipei(place.first + 50))
    await licensed.until_user(number, lambda user: user["ppn"] == free["ppn"])
    await two.here.until(lambda state: not state["user"])
    await two.here.until(lambda state: state["pp"][0]["relType"] == "Unbound")
    user = two.there.user(number)
    assert (user["ppn"], user["relType"]) == ("1", "Dynamic")
    assert two.there.order("reveal", cipher=user["pin"]) == pin
    await numbers_are_unique(two)


@pytest.mark.feature("F10")
@pytest.mark.parametrize("victim", ["mom", pytest.param("here", marks=pytest.mark.soak)])
@asynchronous
async def test_a_user_who_logs_out_is_on_no_phone_whatever_breaks(
    licensed: House, place: Place, stand_in: MakeStandIn, victim: str
) -> None:
    two = await two_sites(licensed, place, stand_in)
    two.here.order("hold", request="DeletePPUser")
    two.here.order("bind", uid=1, ppn=0)
    await breaks(two, two.here, "DeletePPUser", victim)
    await comes_back(two, victim)
    user = await licensed.user(place.num(1))
    assert (user["relType"], user["ppn"]) == ("Unbound", 0)
    await two.here.until(lambda state: not state["user"])
    assert [pp["relType"] for pp in two.here.state()["pp"]] == ["Unbound"]
    await numbers_are_unique(two)
