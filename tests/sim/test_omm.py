import pytest

from mom.axi.element import make
from mom.sim.quirks import Quirk

from .conftest import Bench, MakeBench


def test_open_tells_key_permissions_and_versions(bench: Bench) -> None:
    session = bench.client(opened=False)
    answer = bench.request(session, "Open", username="omm", password="omm", seq=0)
    assert answer.get("seq") == "0"
    assert answer.number("protocolVersion") == 45
    key = answer.child("publicKey")
    assert key is not None
    assert len(key.get("modulus")) == 128
    assert "AllCnfWrite" in [child.text for child in answer.all("permission")]


def test_wrong_password_leaves_the_link_usable_for_another_open(bench: Bench) -> None:
    session = bench.client(opened=False)
    refused = bench.request(session, "Open", username="omm", password="no")
    assert refused.get("errCode") == "EAuth"
    assert refused.number("protocolVersion") == 45
    assert refused.child("publicKey") is None
    answer = bench.request(session, "Open", username="omm", password="omm")
    assert not answer.get("errCode")


def test_before_open_everything_else_is_refused(bench: Bench) -> None:
    session = bench.client(opened=False)
    assert bench.request(session, "Ping").get("errCode") == "EPerm"
    assert bench.request(session, "GetPPUser", uid=1).get("errCode") == "EPerm"


def test_a_second_open_is_refused(bench: Bench) -> None:
    session = bench.client()
    answer = bench.request(session, "Open", username="omm", password="omm")
    assert answer.get("errCode") == "EPerm"


def test_the_standby_answers_open_with_forbidden(bench: Bench) -> None:
    session = bench.client(opened=False)
    request = make("Open", {"username": "omm", "password": "omm"})
    assert bench.ask(session, request, passive=True).get("errCode") == "EForbidden"
    assert not session.is_open


def test_seq_is_repeated_only_if_it_was_sent(bench: Bench) -> None:
    session = bench.client()
    assert bench.request(session, "Ping", seq=12).attrs == {"seq": "12"}
    assert bench.request(session, "Ping").attrs == {}


def test_ping_with_a_stamp_tells_the_clock_of_the_omm(bench: Bench) -> None:
    session = bench.client()
    bench.state.clock_offset = 90
    answer = bench.request(session, "Ping", timeStamp=1)
    assert answer.number("timeStamp") == int(bench.time) + 90


@pytest.mark.parametrize(
    ("name", "code"), [("Nonsense", "EInval"), ("GetWLANProfile", "EForbidden")]
)
def test_what_an_omm_does_not_do_is_refused(bench: Bench, name: str, code: str) -> None:
    session = bench.client()
    element = make(name)
    answers = [d for d in bench.omm.take(session, element) if d.is_answer]
    assert f'errCode="{code}"'.encode() in answers[0].frame


def test_an_account_without_write_permission_may_only_read(bench: Bench) -> None:
    bench.state.account.permissions = frozenset({"AllCnfRead"})
    session = bench.client()
    assert not bench.request(session, "GetPPUser", uid=0, maxRecords=1).get("errCode")
    assert bench.request(session, "DeletePPUser", uid=1).get("errCode") == "EPerm"


def test_limits_and_versions_are_those_of_release_7_1(bench: Bench) -> None:
    session = bench.client()
    limits = bench.request(session, "Limits")
    assert (limits.number("records"), limits.number("ppnNum")) == (20, 10000)
    assert bench.request(session, "GetVersions").get("SetPP") == "2.0.0"


def test_without_mom_messages_they_are_unknown(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.NO_MOM])
    session = bench.client()
    assert bench.request(session, "GetMOMControlState").get("errCode") == "EInval"
    assert not bench.request(session, "GetVersions").has("GetMOMControlState")
    roaming = make("Subscribe", {}, make("e", {"cmd": "On", "eventType": "Roaming"}))
    answer = bench.ask(session, roaming)
    assert (answer.get("errCode"), answer.get("eventType")) == ("EInval", "Roaming")


def test_without_setpp_pairs_are_unknown(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.NO_SETPP])
    session = bench.client()
    assert bench.set_pair(session, user={"uid": 0, "uidSec": 1}).get("errCode") == "EInval"


def test_interleaved_events_come_before_the_answer(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.INTERLEAVE])
    session = bench.client()
    bench.listen(session, "RFPSummary")
    bench.request(session, "Ping")
    assert bench.order == ["EventRFPSummary", "PingResp"]
