"""Messages, alarms and data between two sites, with the real service and TLS in between."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from tests.system.agreement import Simulated
from tests.system.processes import SARI, Mom, Program, free_port, until
from tests.system.test_roaming import Walks

pytestmark = pytest.mark.system

ARIS = ("10290001", "10290002")
DATA = base64.b64encode(b"open").decode()


class Sites:
    """MOM and some OMMs with three phones each; phone 10001 is at OMM 1, 20001 at OMM 2."""

    def __init__(self, mom: Mom, fleet: Callable[..., Program], omms: int = 2) -> None:
        self.mom = mom
        self.omms = omms
        self.port = free_port(omms)
        self.simulated = Simulated(mom.folder / "sim.sock")
        self._start_fleet = fleet

    async def begin(self) -> None:
        control = str(self.mom.folder / "sim.sock")
        self._start_fleet(self.port, omms=self.omms, users=3, devices=3, control=control)
        await self.mom.do("init")
        await self.mom.start()
        for number in range(self.omms):
            await self.mom.order(
                "omm.add",
                name=f"Site {number + 1}",
                omm1="127.0.0.1",
                port=self.port + number,
                username="omm",
                password="omm",
            )
        await self.mom.until_connected(self.omms)

    async def messages(self, omm: int) -> dict[str, Any]:
        """What an OMM can count of messages."""
        found: dict[str, Any] = (await self.simulated.do("stats", omm=omm))["messages"]
        return found

    async def results(self, omm: int, **expected: int) -> None:
        """Wait until the phones of an OMM had these results."""

        async def arrived() -> bool:
            return bool((await self.messages(omm))["results"] == expected)

        await until(arrived, 20)

    async def ask_mom(self, omm: int, name: str, /, *children: Any, **attrs: str) -> None:
        """Have an application at an OMM ask MOM."""
        child = {"name": name, "attrs": attrs, "children": list(children)}
        request = {"name": "RouteRequestToMOM", "children": [child]}
        await self.simulated.do("application", omm=omm, request=request)

    async def at_omm(self, omm: int, name: str, /, *children: Any, **attrs: str) -> None:
        """Have an application ask its OMM."""
        request = {"name": name, "attrs": attrs, "children": list(children)}
        await self.simulated.do("application", omm=omm, request=request)

    async def heard(self, omm: int, name: str) -> dict[str, Any]:
        """Wait until the application at an OMM is told something of that name, and return it."""
        found: list[dict[str, Any]] = []

        async def told() -> bool:
            found.extend((await self.simulated.do("heard", omm=omm))["events"])
            return any(_inner(event)["name"] == name for event in found)

        await until(told, 20)
        return next(_inner(event) for event in found if _inner(event)["name"] == name)


def _inner(event: dict[str, Any]) -> dict[str, Any]:
    """What an event carries that the OMM only passes on."""
    routed = event["name"] in ("EventEventFromMOM", "EventResponseFromMOM")
    inner: dict[str, Any] = event["children"][0] if routed else event
    return inner


@pytest.mark.feature("F85", "F86")
@ensureDeferred
async def test_phones_of_two_sites_write_to_each_other(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    sites = Sites(mom, fleet)
    await sites.begin()
    sent = {"num": "10001", "to": "20001", "content": "Hello", "confirm": ["ReadYes"]}
    assert (await sites.simulated.do("message", omm=1, **sent))["result"] == "told"
    await sites.results(1, Delivered=1)
    (arrived,) = (await sites.simulated.do("inbox", omm=2))["messages"]
    assert (arrived["content"], arrived["fromAddr"]) == ("Hello", "tel:10001")
    await sites.simulated.do("message", omm=1, to="99999")
    await sites.results(1, Delivered=1, WrongURI=1)
    assert (await sites.messages(1))["confirmed"] == {"ReadYes": 1}
    await sites.simulated.do("answers", omm=2, answer="none")
    await sites.simulated.do("message", omm=1, to="20001")

    async def under_way() -> bool:
        counters = (await sites.simulated.do("stats", omm=2))["counters"]
        return bool(counters.get("SendMessage") == 2)

    await until(under_way, 20)
    await sites.simulated.do("cut", omm=2, seconds=60)
    await sites.results(1, Delivered=1, WrongURI=1, TemporaryUnavailable=1)
    await sites.simulated.do("message", omm=1, to="20001")
    await sites.results(1, Delivered=1, WrongURI=1, TemporaryUnavailable=2)
    assert (await sites.messages(1))["further"] == 0


@pytest.mark.feature("F86")
@ensureDeferred
async def test_of_many_messages_each_arrives_once_and_has_one_result(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    sites = Sites(mom, fleet, 4)
    await sites.begin()
    await sites.simulated.do("traffic", rate=200, seconds=5)
    every: dict[str, Any] = {}

    async def done() -> bool:
        every.update((await sites.simulated.do("stats"))["messages"])
        return bool(every["sent"] >= 950 and not every["underWay"])

    await until(done, 30)
    assert every["results"] == {"Delivered": every["sent"]}
    assert (every["received"], every["twice"], every["further"]) == (every["sent"], 0, 0)


@pytest.mark.feature("F87", "F227")
@ensureDeferred
async def test_applications_of_two_sites_exchange_data_and_hear_of_alarms(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    sites = Sites(mom, fleet)
    await sites.begin()
    for omm in (1, 2):
        flag = {"name": "e", "attrs": {"cmd": "On", "eventType": "MOMMsgRouting"}}
        await sites.at_omm(omm, "Subscribe", flag)
        await sites.at_omm(omm, "SubscribeApplicationDataChannel", name="doors", cmd="On")
    for number in range(50):
        sent = {"name": "doors", "to": ARIS[1], "data": DATA, "id": str(number)}
        await sites.at_omm(1, "ApplicationDataChannel", **sent)
    got: list[str] = []

    async def all_there() -> bool:
        events = (await sites.simulated.do("heard", omm=2))["events"]
        got.extend(event["attrs"]["id"] for event in events)
        return len(got) >= 50

    await until(all_there, 20)
    assert got == [str(number) for number in range(50)]
    flag = {"name": "e", "attrs": {"cmd": "On", "eventType": "AlarmTrigger", "trigger": "*"}}
    await sites.ask_mom(2, "Subscribe", flag)
    assert "errCode" not in (await sites.heard(2, "SubscribeResp")).get("attrs", {})
    await sites.simulated.do("alarm", omm=1, num="10001", trigger="SOS", content="Help")
    alarm = (await sites.heard(2, "EventAlarmTrigger"))["attrs"]
    assert (alarm["trigger"], alarm["fromAddr"]) == ("SOS", "tel:10001")
    await sites.ask_mom(2, "GetPPUser", uid="1")
    assert (await sites.heard(2, "GetPPUserResp"))["attrs"]["errCode"] == "EForbidden"


@pytest.mark.feature("F86")
@ensureDeferred
async def test_messages_follow_a_phone_that_walks_to_another_site(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Walks(mom, fleet, 3, quirks="none", sari=SARI)
    await lab.begin()
    ipei = (await lab.phones(1))[0]
    site = (await lab.simulated.sites())[0]
    device = next(device for device in site["devices"] if device["ipei"] == ipei)
    num = next(user["num"] for user in site["users"] if user["uid"] == device["uid"])
    assert (await lab.simulated.do("walk", omm=2, ipei=ipei))["result"] == "told"
    for _ in range(20):
        await lab.simulated.do("message", omm=3, to=num)
    await lab.all_served()
    await lab.simulated.do("message", omm=3, to=num, content="last")
    every: dict[str, Any] = {}

    async def done() -> bool:
        every.update((await lab.simulated.do("stats"))["messages"])
        return bool(sum(every["results"].values()) >= 21)

    await until(done, 30)
    assert (every["results"], every["twice"]) == ({"Delivered": 21}, 0)
    assert (await lab.simulated.do("inbox", omm=2))["messages"][-1]["content"] == "last"
    assert not lab.complaints()
