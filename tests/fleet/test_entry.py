"""Which address is taken, and what keeps MOM out."""

import pytest

from mom.axi.element import Element, make
from mom.fleet.options import FleetOptions, Trust
from mom.model.omm import OmmState, Severity
from tests.fleet.world import PARK, World, omm_record


@pytest.mark.feature("F141")
def test_an_unreachable_omm_1_leads_to_omm_2(world: World) -> None:
    world.add_omm("10.0.0.1").unreachable = True
    world.add_omm("10.0.0.2")
    world.start(omm_record(omm2="10.0.0.2"))
    assert world.status().state is OmmState.CONNECTED
    assert world.status().address == "10.0.0.2"


@pytest.mark.feature("F141", "F3")
def test_a_standby_that_refuses_the_log_in_leads_to_its_partner(world: World) -> None:
    standby = world.add_omm("10.0.0.1")
    standby.refuse("Open", "EForbidden")
    world.add_omm("10.0.0.2")
    world.start(omm_record(omm2="10.0.0.2"))
    assert world.status().address == "10.0.0.2"
    assert standby.wires == []


@pytest.mark.feature("F141")
def test_after_a_fail_over_the_last_good_address_is_tried_first(world: World) -> None:
    first = world.add_omm("10.0.0.1")
    first.refuse("Open", "EForbidden")
    second = world.add_omm("10.0.0.2")
    world.start(omm_record(omm2="10.0.0.2"))
    world.dialler.dialled.clear()
    second.cut()
    world.advance(10)
    assert world.dialler.dialled == [("10.0.0.2", 12622)]


@pytest.mark.feature("F141")
def test_a_fail_over_at_the_site_is_followed(world: World) -> None:
    first = world.add_omm("10.0.0.1")
    second = world.add_omm("10.0.0.2")
    open_answer = second.answers["Open"]
    second.refuse("Open", "EForbidden")
    world.start(omm_record(omm2="10.0.0.2"))
    first.unreachable = True
    second.answers["Open"] = open_answer
    first.cut()
    world.advance(10)
    assert world.status().state is OmmState.CONNECTED
    assert world.record().last_address == "10.0.0.2"


@pytest.mark.feature("F141")
def test_omm_2_is_filled_in_from_what_omm_1_tells(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    answer = omm.answers["Open"]
    assert isinstance(answer, Element)
    omm.answers["Open"] = answer.having({"ommStbState": "OK", "ommStbAddr": "10.0.0.9"})
    world.start()
    assert world.record().omm2 == "10.0.0.9"


@pytest.mark.feature("F141")
def test_omm_2_is_filled_in_from_an_event_but_never_replaced(world: World) -> None:
    omm = world.start()
    omm.tell(make("EventStbStateChange", {"ommStbState": "OK", "ommStbAddr": "10.0.0.8"}))
    omm.tell(make("EventStbStateChange", {"ommStbState": "OK", "ommStbAddr": "10.0.0.9"}))
    assert world.record().omm2 == "10.0.0.8"


def test_a_refusing_standby_may_tell_its_partner(world: World) -> None:
    world.add_omm("10.0.0.1").refuse("Open", "EForbidden", ommStbAddr="10.0.0.7")
    world.start()
    assert world.record().omm2 == "10.0.0.7"
    assert world.status().state is OmmState.WAITING


@pytest.mark.parametrize("told", ["<script>", "a b", "x." * 200 + "x", "fe80::1%<x>", "-"])
def test_a_partner_that_is_no_address_is_not_taken(world: World, told: str) -> None:
    world.add_omm("10.0.0.1").refuse("Open", "EForbidden", ommStbAddr=told)
    world.start()
    assert world.record().omm2 == ""


@pytest.mark.feature("F142")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (make("OpenResp", {"errCode": "EAuth"}), "wrong user name or password"),
        (
            make("OpenResp", {"errCode": "EAuth", "protocolVersion": 45}),
            "wrong user name or password",
        ),
        (
            make("OpenResp", {"protocolVersion": 45}, make("permission", text="AllCnfRead")),
            "account without full access",
        ),
        (make("OpenResp", {"errCode": "EFailed", "info": "x"}), "log-in refused (EFailed x)"),
    ],
)
def test_an_account_that_does_not_do_is_named_as_the_reason(
    world: World, answer: Element, reason: str
) -> None:
    world.add_omm("10.0.0.1").answers["Open"] = answer
    world.start()
    status = world.status()
    assert (status.state, status.reason) == (OmmState.WAITING, reason)
    assert status.health is Severity.ERROR
    assert world.recorder.texts() == [f"Site 1: not connected: {reason}"]


@pytest.mark.feature("F12", "F191")
def test_another_protocol_version_is_tried_each_minute_until_it_matches(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    good = omm.answers["Open"]
    assert isinstance(good, Element)
    omm.answers["Open"] = good.having({"protocolVersion": 46})
    world.start()
    assert "Different AXI or OMM version" in world.status().reason
    assert world.status().health is Severity.ERROR
    assert world.desk.sittings == []
    world.advance(64)
    assert len(omm.asked("Open")) == 2
    assert len(set(world.recorder.texts())) == 1
    omm.answers["Open"] = good
    world.advance(64)
    assert world.status().state is OmmState.CONNECTED


@pytest.mark.feature("F119")
def test_an_omm_before_7_0_is_refused_with_that_reason(world: World) -> None:
    omm = world.add_omm("10.0.0.1")
    omm.answers["Open"] = make("OpenResp", {"protocolVersion": 41, "ommVersion": "SIP-DECT 6.1SP1"})
    world.start()
    assert world.status().reason.startswith("SIP-DECT 7.0 or later needed")


@pytest.mark.feature("F119")
def test_an_older_omm_is_taken_in_if_its_protocol_is_listed(world: World) -> None:
    world.options = FleetOptions(protocol_versions=(41, 45))
    world.fleet = world.build()
    omm = world.add_omm("10.0.0.1")
    good = omm.answers["Open"]
    assert isinstance(good, Element)
    omm.answers["Open"] = good.having({"protocolVersion": 41, "ommVersion": "SIP-DECT 6.1"})
    world.start()
    assert world.status().state is OmmState.CONNECTED


@pytest.mark.feature("F224")
def test_the_port_of_the_record_is_dialled(world: World) -> None:
    world.start(omm_record(port=22622))
    assert world.dialler.dialled == [("10.0.0.1", 22622)]


def test_the_certificate_is_remembered_at_the_first_contact(world: World) -> None:
    omm = world.start()
    assert world.record().pins == {"10.0.0.1": omm.fingerprint}


def test_a_changed_certificate_gets_no_password_and_waits_for_the_administrator(
    world: World,
) -> None:
    omm = world.start(omm_record(pins={"10.0.0.1": "cd" * 32}))
    assert omm.requests == []
    assert omm.wires == []
    assert world.record().waiting_for == "certificate"
    assert world.record().seen == f"10.0.0.1 {omm.fingerprint}"
    assert world.status().next_try == 0
    world.advance(120)
    assert len(world.dialler.dialled) == 1


def test_an_accepted_certificate_is_used_at_once(world: World) -> None:
    omm = world.start(omm_record(pins={"10.0.0.1": "cd" * 32}))
    world.records.put(omm_record(pins={"10.0.0.1": omm.fingerprint}))
    world.settle()
    assert world.status().state is OmmState.CONNECTED


def test_a_changed_certificate_does_not_keep_mom_from_the_other_address(world: World) -> None:
    world.add_omm("10.0.0.2")
    world.start(omm_record(omm2="10.0.0.2", pins={"10.0.0.1": "cd" * 32}))
    assert world.status().address == "10.0.0.2"


def test_without_pinning_any_certificate_does(world: World) -> None:
    world.options = FleetOptions(certificate_trust=Trust.NONE)
    world.fleet = world.build()
    world.start(omm_record(pins={"10.0.0.1": "cd" * 32}))
    assert world.status().state is OmmState.CONNECTED


def test_another_park_than_learned_waits_for_the_administrator(world: World) -> None:
    world.start(omm_record(park="1F1000AAAA"))
    assert (world.record().waiting_for, world.record().seen) == ("park", PARK)
    assert world.desk.sittings == []
    world.records.put(omm_record(park=PARK))
    world.settle()
    assert world.status().state is OmmState.CONNECTED


def test_two_records_never_have_a_session_with_one_omm(world: World) -> None:
    world.add_omm("10.0.0.2")
    world.start(omm_record(1), omm_record(2))
    states = [status.state for status in world.fleet.statuses()]
    assert sorted(state.value for state in states) == ["connected", "waiting"]
    assert len(world.desk.sittings) == 1


def test_a_park_is_free_again_when_its_record_is_disabled(world: World) -> None:
    world.add_omm("10.0.0.2")
    world.start(omm_record(1), omm_record(2))
    world.records.put(omm_record(1, enabled=False, park=PARK))
    world.settle()
    world.records.put(omm_record(2, park=PARK))
    world.settle()
    assert world.status(2).state is OmmState.CONNECTED


def test_a_learned_park_is_kept_for_its_record_while_that_is_away(world: World) -> None:
    world.add_omm("10.0.0.1").unreachable = True
    world.add_omm("10.0.0.2")
    world.start(omm_record(1, park=PARK), omm_record(2))
    assert world.status(2).state is OmmState.WAITING
    assert "belongs to OMM 0001" in world.status(2).reason


def test_an_omm_without_a_valid_park_is_not_taken_in(world: World) -> None:
    world.add_omm("10.0.0.1").answers["GetPARK"] = make("GetPARKResp", {"park": "none"})
    world.start()
    assert "no valid PARK" in world.status().reason
