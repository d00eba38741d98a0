import pytest

from mom.axi.element import Element, make
from mom.fleet.options import Wishes
from mom.fleet.settings import SETTING_EVENTS, Setting, identity, wanted


def named(name: str, wishes: Wishes) -> Setting:
    return next(s for s in (*identity(wishes), *wanted(wishes)) if s.name == name)


ALL = Wishes(sari="1F1028D085", subscription_mode="Configured", fac_prefix="*9")


@pytest.mark.feature("F16")
def test_without_a_licence_no_sari_is_set() -> None:
    assert identity(Wishes(sari=None)) == []


def test_the_sari_is_compared_without_case() -> None:
    setting = named("SARI", ALL)
    assert not setting.differs(make("GetSARIResp", {"sari": "1f1028d085"}))
    assert setting.differs(make("GetSARIResp", {"sari": ""}))
    assert setting.restarts


@pytest.mark.feature("F17", "F221")
@pytest.mark.parametrize("name", ["auto-create", "dual homing"])
def test_what_must_be_off_differs_while_it_is_on(name: str) -> None:
    setting = named(name, ALL)
    assert setting.differs(make("Resp", {"enable": True}))
    assert not setting.differs(make("Resp", {"enable": False}))
    assert not setting.differs(make("Resp"))
    assert setting.differs(make("Resp", {"enable": "maybe"}))
    assert setting.change.get("enable") == "0"


def test_subscription_mode_and_prefix_are_left_alone_unless_wanted() -> None:
    names = [setting.name for setting in wanted(Wishes())]
    assert names == ["auto-create", "dual homing", "MOM control", "client name"]


@pytest.mark.feature("F24")
def test_a_subscription_mode_differs_from_each_other_one() -> None:
    setting = named("subscription mode", ALL)
    assert setting.differs(make("EventDECTSubscriptionMode", {"mode": "Off"}))
    assert setting.differs(make("EventDECTSubscriptionMode", {"mode": "Wildcard"}))
    assert not setting.differs(make("EventDECTSubscriptionMode", {"mode": "Configured"}))


@pytest.mark.parametrize(
    ("wishes", "change", "lasts"),
    [
        (Wishes(subscription_mode="Off"), {"mode": "Off"}, 0),
        (Wishes(subscription_mode="Configured"), {"mode": "Configured"}, 23 * 3600),
        (Wishes(subscription_mode="Wildcard"), {"mode": "Wildcard", "timeout": 60}, 50 * 60),
        (
            Wishes(subscription_mode="Wildcard", subscription_minutes=5),
            {"mode": "Wildcard", "timeout": 5},
            0,
        ),
    ],
)
def test_a_mode_that_the_omm_ends_by_itself_is_renewed_if_it_is_to_stand(
    wishes: Wishes, change: dict[str, str | int], lasts: float
) -> None:
    setting = named("subscription mode", wishes)
    assert setting.change == make("SetDECTSubscriptionMode", change)
    assert setting.lasts == lasts


def test_only_wildcard_has_minutes() -> None:
    wishes = Wishes(subscription_mode="Configured", subscription_minutes=5)
    assert not named("subscription mode", wishes).change.has("timeout")


@pytest.mark.parametrize(
    "told",
    [
        make("GetFACPrefixResp", {"prefix": "*9"}),
        make("GetFACPrefixResp", {}, make("fac", {"prefix": "*9"})),
    ],
)
def test_the_fac_prefix_is_read_in_both_forms(told: Element) -> None:
    assert not named("FAC prefix", ALL).differs(told)


def test_control_that_the_omm_gave_up_is_taken_again() -> None:
    setting = named("MOM control", ALL)
    assert setting.differs(make("EventMOMControlState", {"state": "Disabled"}))
    assert not setting.differs(make("EventMOMControlState", {"state": "Enabled"}))
    assert setting.change.get("momName") == "MOM"


def test_every_reporting_event_is_listed() -> None:
    settings = (*identity(ALL), *wanted(ALL))
    assert {s.reported_by for s in settings if s.reported_by} == SETTING_EVENTS
