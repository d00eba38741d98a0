import pytest

from mom.axi.element import Value, make
from mom.sim import deeds
from mom.sim.refusal import Refusal
from mom.sim.requests.settings import CONFIGURED_LASTS, SARI_RESTART, end_mode

from ..conftest import Bench


@pytest.mark.parametrize(
    ("key", "attrs", "event_type"),
    [
        ("FACPrefix", {"prefix": "*9"}, "SystemCnf"),
        ("DevAutoCreate", {"enable": "0"}, "SystemCnf"),
        ("DECTSubscriptionMode", {"mode": "Configured"}, "DECTSubscriptionMode"),
        ("SystemProvUpdTrig", {"enable": "1", "hour": "0", "minute": "17"}, "SystemCnf"),
        ("UserDeviceSyncOMM", {"enable": "1"}, "SystemCnf"),
        ("SystemName", {"name": "North"}, "SystemCnf"),
    ],
)
def test_a_setting_is_stored_shown_and_told(
    bench: Bench, key: str, attrs: dict[str, Value], event_type: str
) -> None:
    session, other = bench.client(), bench.client()
    bench.listen(other, event_type)
    answer = bench.ask(session, make(f"Set{key}", attrs))
    assert attrs.items() <= answer.attrs.items()
    assert attrs.items() <= bench.request(session, f"Get{key}").attrs.items()
    (event,) = bench.told(other)
    assert event.name in (f"Event{key}Cnf", f"Event{key}")
    bench.ask(session, make(f"Set{key}", attrs))
    assert bench.told(other) == []


def test_park_and_sari_are_told_and_a_new_sari_restarts(bench: Bench) -> None:
    session = bench.client()
    assert bench.request(session, "GetPARK").get("park") == "1F10290004"
    assert bench.request(session, "SetSARI", sari="1f1028d085").get("sari") == "1F1028D085"
    assert bench.state.restart_wanted is None
    bench.request(session, "SetSARI", sari="1F1028D0FF")
    assert bench.state.restart_wanted == SARI_RESTART


@pytest.mark.parametrize(
    ("name", "attrs", "bad"),
    [
        ("SetSARI", {"sari": "12"}, "sari"),
        ("SetDevAutoCreate", {"enable": "maybe"}, "enable"),
        ("SetDECTSubscriptionMode", {"mode": "Always"}, "mode"),
        ("SetDECTSubscriptionMode", {"mode": "Wildcard", "timeout": "61"}, "timeout"),
    ],
)
def test_wrong_values_are_refused(
    bench: Bench, name: str, attrs: dict[str, Value], bad: str
) -> None:
    session = bench.client()
    frame = next(d.frame for d in bench.omm.take(session, make(name, attrs)) if d.is_answer)
    assert f'bad="{bad}"'.encode() in frame
    assert b'errCode="EInval"' in frame


def test_a_url_keeps_its_password_encrypted(bench: Bench) -> None:
    session = bench.client()
    url = make("url", {"enable": True, "host": "mom", "password": bench.seal("secret")})
    answer = bench.ask(session, make("SetConfigURL", {}, url))
    assert bench.state.settings["ConfigURL"]["password"] == "secret"
    shown = answer.children[0]
    assert (shown.get("host"), shown.get("enable")) == ("mom", "1")
    assert bench.state.key.decrypt(shown.get("password")) == "secret"


def test_under_control_of_a_mom_others_may_not_touch_subscription(bench: Bench) -> None:
    mom, other = bench.client(), bench.client()
    answer = bench.request(mom, "SetMOMControlState", state="Enabled", momName="Central")
    assert answer.attrs == {"state": "Enabled", "momName": "Central"}
    assert [event.name for event in bench.told(other)] == ["EventMOMControlState"]
    assert bench.request(other, "SetDevAutoCreate", enable="0").get("errCode") == "EForbidden"
    with pytest.raises(Refusal):
        deeds.set_setting(bench.state, {"name": "DevAutoCreate", "attrs": {"enable": 0}})
    assert not bench.request(mom, "SetDevAutoCreate", enable="0").get("errCode")
    bench.state.leave(mom)
    assert bench.request(other, "GetMOMControlState").get("state") == "Disabled"


def test_configured_ends_after_a_day_and_wildcard_after_its_minutes(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "DECTSubscriptionMode")
    bench.request(session, "SetDECTSubscriptionMode", mode="Wildcard", timeout=10)
    bench.time += 599
    end_mode(bench.state)
    assert bench.state.settings["DECTSubscriptionMode"]["mode"] == "Wildcard"
    bench.time += 2
    end_mode(bench.state)
    assert bench.state.settings["DECTSubscriptionMode"]["mode"] == "Configured"
    bench.time += CONFIGURED_LASTS + 1
    end_mode(bench.state)
    bench.collect()
    assert [event.get("mode") for event in bench.told(session)] == ["Wildcard", "Configured", "Off"]
