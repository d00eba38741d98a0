import pytest

from mom.axi.element import Value, make
from mom.sim.quirks import Quirk
from mom.sim.refusal import Refusal
from mom.sim.subscription import Flags

from .conftest import Bench, MakeBench

KNOWN = frozenset({"PPCnf", "PPUserCnf", "AlarmTrigger", "SystemState"})
READ = frozenset({"AllCnfRead"})


def flags(*items: dict[str, Value]) -> Flags:
    held = Flags()
    held.apply([make("e", {"cmd": "On", **item}) for item in items], KNOWN, READ)
    return held


def test_a_filter_is_a_number_or_all() -> None:
    held = flags({"eventType": "PPCnf", "uid": 7, "ppn": -1})
    assert held.wants_item("PPCnf", "uid", 7)
    assert not held.wants_item("PPCnf", "uid", 8)
    assert held.wants_item("PPCnf", "ppn", 8)


def test_a_missing_filter_means_no_item() -> None:
    held = flags({"eventType": "PPCnf", "uid": -1})
    assert not held.wants_item("PPCnf", "ppn", 1)
    assert held.wants("PPCnf")


def test_off_takes_flags_back() -> None:
    held = flags({"eventType": "SystemState"})
    held.apply([make("e", {"cmd": "Off", "eventType": "SystemState"})], KNOWN, READ)
    assert not held.wants("SystemState")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"eventType": "SystemState"}, "EMissing"),
        ({"cmd": "On"}, "EMissing"),
        ({"cmd": "Perhaps", "eventType": "SystemState"}, "EInval"),
        ({"cmd": "On", "eventType": "Gossip"}, "EInval"),
    ],
)
def test_one_wrong_flag_refuses_all(item: dict[str, Value], code: str) -> None:
    held = Flags()
    good = make("e", {"cmd": "On", "eventType": "SystemState"})
    with pytest.raises(Refusal) as refused:
        held.apply([good, make("e", item)], KNOWN, READ)
    assert refused.value.code == code
    assert not held.wants("SystemState")


@pytest.mark.parametrize("count", [0, 21])
def test_one_to_twenty_flags_at_once(count: int) -> None:
    items = [make("e", {"cmd": "On", "eventType": "SystemState"})] * count
    with pytest.raises(Refusal) as refused:
        Flags().apply(items, KNOWN, READ)
    assert refused.value.code == "EInval"


def test_events_need_the_permission_to_read() -> None:
    item = make("e", {"cmd": "On", "eventType": "SystemState"})
    with pytest.raises(Refusal) as refused:
        Flags().apply([item], KNOWN, frozenset())
    assert refused.value.code == "EPerm"


def test_an_omm_without_ppcnf_tells_by_the_other_events(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.NO_PPCNF], users=1, devices=1)
    session, other = bench.client(), bench.client()
    refused = bench.ask(
        other, make("Subscribe", {}, make("e", {"cmd": "On", "eventType": "PPCnf", "uid": -1}))
    )
    assert refused.get("eventType") == "PPCnf"
    bench.listen(other, "PPUserCnf", "PPDevCnf")
    bench.request(session, "DeletePPUser", uid=bench.state.users.first)
    names = sorted(event.name for event in bench.told(other))
    assert names == ["EventPPDevCnf", "EventPPUserCnf"]


def test_flags_end_with_the_session(bench: Bench) -> None:
    session, other = bench.client(), bench.client()
    bench.listen(other, "PPCnf")
    bench.state.leave(other)
    bench.request(session, "DeletePPUser", uid=bench.state.users.first)
    assert bench.told(other) == []
