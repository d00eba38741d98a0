from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, fail, succeed

from mom.axi.element import Element, make
from mom.axi.errors import LinkLost, RequestRefused
from mom.fleet.configuring import PAUSE, Configurator
from mom.fleet.errors import Restarting
from mom.fleet.settings import Setting


def switch(**changes: Any) -> Setting:
    values: dict[str, Any] = {
        "name": "switch",
        "ask": make("GetSwitch"),
        "differs": lambda told: told.get("on") == "1",
        "change": make("SetSwitch", {"on": False}),
        "reported_by": "EventSwitch",
    }
    return Setting(**{**values, **changes})


class Bench:
    """A configurator, its clock, and an OMM whose switch is as ``told`` says."""

    def __init__(self) -> None:
        self.now = 0.0
        self.notes: list[str] = []
        self.configurator = Configurator(lambda: self.now, self.notes.append)
        self.told = "1"
        self.stays = True
        self.refusals: dict[str, str] = {}
        self.sent: list[str] = []

    def request(self, element: Element) -> Deferred[Element]:
        self.sent.append(element.name)
        if element.name in self.refusals:
            response = make(f"{element.name}Resp", {"errCode": self.refusals[element.name]})
            return fail(RequestRefused(element.name, response))
        if element.name == "SetSwitch" and self.stays:
            self.told = "0"
        return succeed(make(f"{element.name}Resp", {"on": self.told}))

    async def make(self, *settings: Setting) -> None:
        await self.configurator.make(self.request, settings or (switch(),))


@ensureDeferred
async def test_only_what_differs_is_made() -> None:
    bench = Bench()
    await bench.make()
    await bench.make()
    assert bench.sent == ["GetSwitch", "SetSwitch", "GetSwitch"]


@ensureDeferred
async def test_a_setting_that_does_not_stay_is_made_again_after_a_minute() -> None:
    bench = Bench()
    bench.stays = False
    await bench.make()
    await bench.make()
    bench.now = PAUSE - 1
    await bench.make()
    assert bench.sent.count("SetSwitch") == 1
    assert bench.notes == ["switch is changed back by the OMM"]
    assert bench.configurator.is_due([])
    bench.now = PAUSE
    await bench.make()
    assert bench.sent.count("SetSwitch") == 2


@ensureDeferred
async def test_a_setting_that_stays_at_last_is_no_longer_noted() -> None:
    bench = Bench()
    bench.stays = False
    await bench.make()
    await bench.make()
    bench.told = "0"
    await bench.make()
    assert bench.configurator.notes == ()


@ensureDeferred
async def test_another_wish_for_the_same_setting_is_made_at_once() -> None:
    bench = Bench()
    bench.stays = False
    await bench.make()
    await bench.make(switch(change=make("SetSwitch", {"on": True})))
    assert bench.sent.count("SetSwitch") == 2
    assert bench.notes == []


@ensureDeferred
async def test_a_new_session_makes_everything_again() -> None:
    bench = Bench()
    await bench.make()
    bench.told = "1"
    bench.configurator.begin()
    await bench.make()
    assert bench.sent.count("SetSwitch") == 2


@ensureDeferred
async def test_what_cannot_be_read_is_made_once_in_a_session() -> None:
    bench = Bench()
    await bench.make(switch(ask=None))
    await bench.make(switch(ask=None))
    assert bench.sent == ["SetSwitch"]


@ensureDeferred
async def test_an_event_that_tells_another_value_brings_the_wanted_one_back() -> None:
    bench = Bench()
    events = [make("EventSwitch", {"on": False}), make("EventSwitch", {"on": True})]
    for event in events:
        await bench.configurator.restore(bench.request, event, [switch()])
    assert bench.sent == ["SetSwitch"]


@ensureDeferred
async def test_what_is_not_read_and_was_taken_back_is_made_again_later() -> None:
    bench = Bench()
    setting = switch(ask=None)
    await bench.make(setting)
    await bench.configurator.restore(bench.request, make("EventSwitch", {"on": True}), [setting])
    assert bench.configurator.is_due([])
    bench.now = PAUSE
    await bench.make(setting)
    assert bench.sent == ["SetSwitch", "SetSwitch"]
    assert not bench.configurator.is_due([])


@ensureDeferred
async def test_a_refusal_is_noted_with_its_code() -> None:
    bench = Bench()
    bench.refusals = {"SetSwitch": "EPerm"}
    await bench.make()
    assert bench.configurator.notes == ("switch is refused (EPerm)",)


@ensureDeferred
async def test_an_omm_that_does_not_have_a_setting_is_in_order() -> None:
    bench = Bench()
    bench.refusals = {"GetSwitch": "EInval"}
    await bench.make()
    assert bench.configurator.notes == ()
    assert not bench.configurator.without_profile


@ensureDeferred
async def test_an_omm_without_the_messages_of_a_mom_is_noted() -> None:
    bench = Bench()
    bench.refusals = {"SetSwitch": "EForbidden"}
    await bench.make(switch(profile=True))
    assert bench.configurator.without_profile
    assert bench.configurator.notes == ("roaming and central subscription not available",)


@ensureDeferred
async def test_an_event_from_before_the_making_is_not_taken_for_a_change_back() -> None:
    bench = Bench()
    await bench.make()
    await bench.configurator.restore(bench.request, make("EventSwitch", {"on": True}), [switch()])
    assert bench.sent == ["GetSwitch", "SetSwitch", "GetSwitch"]
    assert bench.notes == []
    assert not bench.configurator.is_due([])


@ensureDeferred
async def test_many_events_are_answered_by_one_question() -> None:
    bench = Bench()
    await bench.make()
    waiting: list[Deferred[Element]] = []

    def request(element: Element) -> Deferred[Element]:
        bench.sent.append(element.name)
        waiting.append(Deferred())
        return waiting[-1]

    event = make("EventSwitch", {"on": True})
    for _ in range(10):
        Deferred.fromCoroutine(bench.configurator.restore(request, event, [switch()]))
    while waiting:
        waiting.pop(0).callback(make("GetSwitchResp", {"on": "0"}))
    assert bench.sent == ["GetSwitch", "SetSwitch", "GetSwitch", "GetSwitch"]


@ensureDeferred
async def test_what_the_omm_ends_by_itself_is_made_again_before() -> None:
    bench = Bench()
    setting = switch(lasts=3000.0)
    await bench.make(setting)
    bench.now = 2999
    assert not bench.configurator.is_due([setting])
    bench.now = 3000
    assert bench.configurator.is_due([setting])
    await bench.make(setting)
    assert bench.sent.count("SetSwitch") == 2
    assert not bench.configurator.is_due([setting])


@ensureDeferred
async def test_at_connect_what_ends_by_itself_is_made_again_for_nobody_knows_when_it_ends() -> None:
    bench = Bench()
    bench.told = "0"
    await bench.make(switch(lasts=3000.0))
    assert bench.sent == ["GetSwitch", "SetSwitch"]


@ensureDeferred
async def test_what_the_omm_does_not_have_is_not_renewed() -> None:
    bench = Bench()
    bench.refusals = {"GetSwitch": "EInval"}
    setting = switch(lasts=3000.0)
    await bench.make(setting)
    assert not bench.configurator.is_due([setting])


@ensureDeferred
async def test_a_refusal_is_forgotten_when_the_omm_takes_the_setting() -> None:
    bench = Bench()
    bench.refusals = {"SetSwitch": "EPerm"}
    await bench.make()
    bench.refusals = {}
    await bench.make(switch(change=make("SetSwitch", {"on": False, "again": True})))
    assert bench.configurator.notes == ()


@pytest.mark.feature("F16")
@ensureDeferred
async def test_a_setting_that_restarts_ends_the_session_once() -> None:
    bench = Bench()
    settings = [switch(restarts=True)]
    with pytest.raises(Restarting):
        await bench.configurator.restart_if_needed(bench.request, settings)
    bench.configurator.begin()
    await bench.configurator.restart_if_needed(bench.request, settings)
    assert bench.sent == ["GetSwitch", "SetSwitch", "GetSwitch"]


@ensureDeferred
async def test_a_restart_that_breaks_the_link_before_the_answer_is_expected() -> None:
    bench = Bench()

    def request(element: Element) -> Deferred[Element]:
        if element.name == "SetSwitch":
            return fail(LinkLost("SetSwitch"))
        return bench.request(element)

    with pytest.raises(Restarting):
        await bench.configurator.restart_if_needed(request, [switch(restarts=True)])


@ensureDeferred
async def test_a_refused_restart_lets_the_session_go_on() -> None:
    bench = Bench()
    bench.refusals = {"SetSwitch": "ELicense"}
    await bench.configurator.restart_if_needed(bench.request, [switch(restarts=True)])
    assert bench.configurator.notes == ("switch is refused (ELicense)",)


@ensureDeferred
async def test_what_was_answered_already_is_not_asked_again() -> None:
    bench = Bench()
    told = {"GetSwitch": make("GetSwitchResp", {"on": "1"})}
    await bench.configurator.make(bench.request, [switch()], told)
    assert bench.sent == ["SetSwitch"]


@ensureDeferred
async def test_an_answer_from_before_a_setting_was_made_does_not_count() -> None:
    bench = Bench()
    told = {"GetSwitch": make("GetSwitchResp", {"on": "1"})}
    await bench.make()
    await bench.configurator.make(bench.request, [switch()], told)
    assert bench.sent == ["GetSwitch", "SetSwitch", "GetSwitch"]
    assert bench.notes == []


@ensureDeferred
async def test_a_refusal_that_came_already_is_noted_like_one_that_comes() -> None:
    bench = Bench()
    refusal = RequestRefused("GetSwitch", make("GetSwitchResp", {"errCode": "EPerm"}))
    await bench.configurator.make(bench.request, [switch()], {"GetSwitch": refusal})
    assert bench.configurator.notes == ("switch is refused (EPerm)",)
    assert bench.sent == []
