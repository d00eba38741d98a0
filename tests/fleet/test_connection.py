"""Waiting, coming back, and what people are told meanwhile."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.fleet.errors import NotConnected
from mom.fleet.options import Wishes
from mom.model.identities import OmmId
from mom.model.omm import OmmState, Severity
from mom.ports import ReadingResult
from mom.store.errors import NotStored
from tests.fleet.world import NOW, World, omm_record


@pytest.mark.feature("F4")
def test_an_unreachable_omm_is_tried_every_minute(world: World) -> None:
    world.add_omm("10.0.0.1").unreachable = True
    world.start()
    assert world.status().state is OmmState.WAITING
    assert world.status().next_try == NOW + 63
    world.advance(62.4)
    assert len(world.dialler.dialled) == 1
    world.advance(0.2)
    assert len(world.dialler.dialled) == 2
    world.advance(630)
    assert len(world.dialler.dialled) == 12


@pytest.mark.feature("F4", "F5")
def test_a_lost_omm_is_back_at_once_and_read_again(world: World) -> None:
    omm = world.start()
    omm.cut()
    assert world.status().state is OmmState.WAITING
    world.advance(3)
    assert world.status().state is OmmState.CONNECTED
    assert [sitting.calls for sitting in world.desk.sittings] == [
        ["read", "follow", "close"],
        ["read", "follow"],
    ]


def test_being_away_and_back_is_one_entry_each(world: World) -> None:
    omm = world.start()
    omm.unreachable = True
    omm.cut()
    world.advance(300)
    omm.unreachable = False
    world.advance(70)
    assert [severity for severity, _ in world.recorder.events] == [
        Severity.WARNING,
        Severity.WARNING,
        Severity.OK,
    ]
    assert world.recorder.texts()[-1] == "Site 1: connected again"


def test_reconnect_tries_at_once(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.unreachable = True
    world.start()
    omm.unreachable = False
    world.fleet.reconnect(OmmId(1))
    world.settle()
    assert world.status().state is OmmState.CONNECTED


def test_reconnect_drops_the_link_there_is_before_it_makes_another(world: World) -> None:
    omm = world.start()
    world.fleet.reconnect(OmmId(1))
    assert len(omm.wires) == 1
    world.settle()
    assert world.status().state is OmmState.CONNECTED
    assert len(omm.wires) == 1
    assert len(world.dialler.dialled) == 2


def test_reconnect_of_an_unknown_or_disabled_omm_does_nothing(world: World) -> None:
    world.start(omm_record(enabled=False))
    world.fleet.reconnect(OmmId(1))
    world.fleet.reconnect(OmmId(7))
    world.settle()
    assert world.dialler.dialled == []


@pytest.mark.feature("F3")
def test_disabling_gives_control_back_and_closes_the_link(world: World) -> None:
    omm = world.start()
    world.records.put(omm_record(enabled=False))
    assert world.status().state is OmmState.DISABLED
    world.settle()
    assert omm.requests[-1] == omm.requests[-1].having({"state": "Disabled"})
    assert omm.wires == []
    assert world.desk.sittings[0].calls[-1] == "close"


def test_disabling_does_not_wait_long_for_a_silent_omm(world: World) -> None:
    omm = world.start()
    omm.silent = True
    world.records.put(omm_record(enabled=False))
    world.advance(3)
    assert omm.wires == []


def test_an_omm_enabled_again_waits_for_the_former_link_to_be_gone(world: World) -> None:
    omm = world.start()
    omm.silent = True
    world.records.put(omm_record(enabled=False))
    world.records.put(omm_record())
    world.settle()
    assert len(omm.wires) == 1
    omm.silent = False
    world.advance(3)
    assert world.status().state is OmmState.CONNECTED
    assert len(omm.wires) == 1


def test_a_new_record_is_connected_at_once(world: World) -> None:
    world.start()
    world.add_omm("10.0.0.2").answers["GetPARK"] = make("GetPARKResp", {"park": "1F10000002"})
    world.records.put(omm_record(2))
    world.settle()
    assert world.status(2).state is OmmState.CONNECTED


@pytest.mark.parametrize("changes", [{"password": "new"}, {"omm1": "10.0.0.5"}, {"port": 1}])
def test_an_edit_of_what_the_link_stands_on_reconnects(
    world: World, changes: dict[str, Any]
) -> None:
    world.add_omm("10.0.0.5")
    world.start()
    world.records.put(omm_record(**changes))
    world.settle()
    assert len(world.dialler.dialled) == 2


@pytest.mark.parametrize("changes", [{"name": "Other"}, {"omm2": "10.0.0.9"}, {"description": "x"}])
def test_other_edits_leave_the_link_alone(world: World, changes: dict[str, Any]) -> None:
    world.start()
    world.records.put(omm_record(**changes))
    world.settle()
    assert len(world.dialler.dialled) == 1


def test_a_hung_omm_is_lost_after_silence_and_an_unanswered_ping(world: World) -> None:
    omm = world.start()
    omm.silent = True
    world.advance(44)
    assert world.status().state is OmmState.CONNECTED
    world.advance(2)
    assert "does not answer" in world.recorder.texts()[0]


def test_a_reading_shows_how_far_it_is(world: World) -> None:
    world.desk.at_once = False
    world.start()
    assert world.status().state is OmmState.SYNCHRONISING
    assert world.status().reason == "waiting for its turn to be read"
    sitting = world.desk.sittings[0]
    sitting.progress(20, 100)
    assert (world.status().done, world.status().total) == (20, 100)
    sitting.result.callback(ReadingResult(users=60, devices=40, changed=100))
    world.settle()
    assert world.status().state is OmmState.CONNECTED
    assert world.record().last_sync == NOW


def test_a_link_lost_while_it_waits_to_be_read_is_noticed_at_once(world: World) -> None:
    world.desk.at_once = False
    omm = world.start()
    omm.unreachable = True
    omm.cut()
    assert world.status().state is OmmState.WAITING
    world.desk.sittings[0].result.callback(ReadingResult(users=0, devices=0, changed=0))
    world.settle()
    assert world.desk.sittings[0].calls == ["read", "close"]


def test_an_omm_that_is_read_into_a_full_database_waits_with_the_reason(world: World) -> None:
    world.desk.at_once = False
    world.start()
    world.desk.sittings[0].result.errback(Failure(NotStored("the disk is full")))
    assert world.status().state is OmmState.WAITING
    assert world.status().reason == "the disk is full"


def test_a_failure_of_mom_itself_is_logged_once_and_the_omm_tried_again(
    world: World, logged_errors: object
) -> None:
    world.desk.at_once = False
    world.start()
    world.desk.sittings[0].result.errback(Failure(ZeroDivisionError()))
    world.settle()
    assert world.status().reason == "internal error, see the trace log"
    assert len(logged_errors.flush(ZeroDivisionError)) == 1  # type: ignore[attr-defined]


@pytest.mark.feature("F16")
def test_setting_the_sari_restarts_the_omm_without_an_error_and_only_once(world: World) -> None:
    world.wishes = Wishes(sari="1F1028D085")
    omm = world.add_omm("10.0.0.1")

    def restart(request: Element) -> Element:
        omm.answers["GetSARI"] = make("GetSARIResp", {"sari": request.get("sari")})
        omm.unreachable = True
        return make("SetSARIResp")

    omm.answers["SetSARI"] = restart
    world.start()
    assert world.status().reason == "restarts with a new SARI"
    assert world.status().health is Severity.OK
    world.advance(31)
    omm.unreachable = False
    world.advance(5)
    assert world.status().state is OmmState.CONNECTED
    assert len(omm.asked("SetSARI")) == 1
    assert world.recorder.events == []


def test_a_sari_that_does_not_stay_is_not_set_in_a_loop(world: World) -> None:
    world.wishes = Wishes(sari="1F1028D085")
    omm = world.start()
    world.advance(600)
    assert len(omm.asked("SetSARI")) == 1
    assert world.status().state is OmmState.CONNECTED
    assert world.status().health_reasons == ("SARI is changed back by the OMM",)


@pytest.mark.feature("F200")
def test_the_health_of_the_omm_is_asked_for_every_minute(world: World) -> None:
    omm = world.start()
    assert (world.status().n_rfps, world.status().n_rfps_connected) == (5, 2)
    omm.answers["GetHealthState"] = make(
        "GetHealthStateResp",
        {},
        make("health", {"component": "license", "severity": "Error", "reason": "No license"}),
    )
    world.advance(60)
    assert world.status().health is Severity.ERROR
    assert world.status().health_reasons == ("license: No license",)


def test_base_stations_are_followed_by_events(world: World) -> None:
    omm = world.start()
    omm.tell(make("EventRFPSummary", {"nConnected": 4}))
    assert (world.status().n_rfps, world.status().n_rfps_connected) == (5, 4)


def test_the_health_of_an_omm_that_is_away_is_that_it_is_away(world: World) -> None:
    world.add_omm("10.0.0.1").unreachable = True
    world.start()
    assert world.status().health is Severity.WARNING
    assert world.status().health_reasons == ("OMM not connected: 10.0.0.1: connection refused",)


@pytest.mark.feature("F13")
def test_an_omm_with_another_time_is_warned_of(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.answers["Ping"] = make("PingResp", {"timeStamp": int(NOW) - 300})
    world.start()
    assert world.status().clock_offset == -300
    assert world.status().health_reasons == ("Different system times (-300 s)",)


@pytest.mark.feature("F13")
def test_the_clock_is_read_again_every_hour(world: World) -> None:
    omm = world.start()
    omm.answers["Ping"] = lambda _: make(
        "PingResp", {"timeStamp": int(NOW + world.clock.seconds()) + 90}
    )
    world.advance(3601)
    assert world.status().clock_offset == 90
    assert world.status().health is Severity.WARNING


@pytest.mark.feature("F152")
def test_update_tells_the_omm_and_looks_at_its_health_soon(world: World) -> None:
    omm = world.start()
    world.advance(20)
    asked = len(omm.asked("GetHealthState"))
    world.run(world.fleet.update(OmmId(1)))
    world.advance(11)
    assert omm.asked("SoftwareUpdate")
    assert len(omm.asked("GetHealthState")) == asked + 1


@pytest.mark.parametrize("number", [1, 9])
def test_an_omm_that_is_not_connected_cannot_be_updated(world: World, number: int) -> None:
    world.add_omm("10.0.0.1").unreachable = True
    world.start()
    failed = Deferred.fromCoroutine(world.fleet.update(OmmId(number)))
    caught: list[Failure] = []
    failed.addErrback(caught.append)
    assert isinstance(caught[0].value, NotConnected)


@pytest.mark.feature("F142")
def test_an_account_that_loses_its_rights_ends_the_session(world: World) -> None:
    omm = world.start()
    omm.tell(make("EventPermissionChange", {}, make("permission", text="AllCnfRead")))
    assert world.status().reason == "account without full access"


def test_the_figures_count_tries_losses_and_readings(world: World) -> None:
    omm = world.start()
    omm.cut()
    world.advance(5)
    figures = world.fleet.figures()
    assert (figures.tries, figures.connected, figures.lost) == (2, 2, 1)
    assert figures.states == {"connected": 1}
    assert len(figures.sync_seconds) == 2


def test_stopping_closes_all_links_without_giving_control_back(world: World) -> None:
    omm = world.start()
    world.stop()
    assert omm.wires == []
    assert [r.get("state") for r in omm.asked("SetMOMControlState")] == ["Enabled"]


def test_a_stopped_fleet_can_be_started_again(world: World) -> None:
    world.start()
    world.stop()
    world.run(world.fleet.start())
    world.settle()
    assert world.status().state is OmmState.CONNECTED


def test_a_hanging_attempt_is_given_up_when_the_fleet_stops(world: World) -> None:
    world.dialler.hangs = True
    world.start()
    world.stop()
    assert all(attempt.called for attempt in world.dialler.pending)


def test_since_when_it_is_away_and_why_stay_while_it_is_tried_anew(world: World) -> None:
    omm = world.start()
    since = world.status().since
    omm.unreachable = True
    world.advance(100)
    omm.cut()
    lost = world.status().since
    assert lost >= since + 100
    world.advance(60)
    world.dialler.hangs = True
    world.advance(300)
    status = world.status()
    assert (status.state, status.since) == (OmmState.CONNECTING, lost)
    assert status.reason == "10.0.0.1: connection refused"
    world.dialler.hangs, omm.unreachable = False, False
    world.fleet.reconnect(OmmId(1))
    world.settle()
    status = world.status()
    assert (status.state, status.reason) == (OmmState.CONNECTED, "")
    assert status.since > lost


def test_since_begins_anew_when_it_is_disabled(world: World) -> None:
    world.start()
    world.advance(50)
    world.records.put(omm_record(enabled=False))
    world.settle()
    assert world.status().since >= int(NOW) + 50
