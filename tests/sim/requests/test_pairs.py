import pytest

from mom.sim.quirks import Quirk
from mom.sim.state import Login

from ..conftest import NOW, Bench, MakeBench

IPEI = "03074 0220259 3"


def test_only_a_sync_client_may_write_pairs(bench: Bench) -> None:
    session = bench.client(sync=False)
    answer = bench.set_pair(session, user={"uid": bench.state.users.first, "name": "x"})
    assert answer.get("errCode") == "EPerm"


def test_a_new_pair_is_made_and_bound_under_free_numbers(bench: Bench) -> None:
    answer = bench.set_pair(
        bench.client(),
        user={"uid": 0, "uidSec": 70, "num": "700", "relType": "Dynamic", "timeStampAdmin": 5},
        pp={"ppn": 0, "ppnSec": 71, "ipei": IPEI, "relType": "Dynamic", "ommId": "1028D67A"},
    )
    device, user = answer.child("pp"), answer.child("user")
    assert user is not None
    assert device is not None
    assert user.number("ppn") == device.number("ppn") > 0
    assert user.number("timeStampAdmin") == 5
    assert user.number("timeStampRelation") == NOW
    assert device.get("ommId") == "1028D67A"


def test_number_zero_with_a_known_system_number_changes_that_record(bench: Bench) -> None:
    session = bench.client()
    first = bench.state.users.first
    bench.set_pair(session, user={"uid": first, "uidSec": 70})
    answer = bench.set_pair(session, user={"uid": 0, "uidSec": 70, "name": "Changed"})
    assert answer.children[0].number("uid") == first
    assert bench.state.users.get(first).get("name") == "Changed"


def test_a_system_number_moves_no_stamp(bench: Bench) -> None:
    first = bench.state.users.get(bench.state.users.first)
    before = first.get("timeStamp")
    bench.set_pair(bench.client(), user={"uid": first.id, "uidSec": 70})
    assert (first.get("uidSec"), first.get("timeStamp")) == ("70", before)


def test_an_omm_that_keeps_no_numbers_takes_them_and_forgets_them(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.NO_NUMBERS], users=1)
    user = bench.state.users.get(bench.state.users.first)
    bench.set_pair(bench.client(), user={"uid": user.id, "uidSec": 70, "name": "N"})
    assert (user.get("uidSec"), user.get("name")) == ("0", "N")


@pytest.mark.parametrize(("quirks", "stamp"), [([], 77), ([Quirk.RESTAMP], NOW)])
def test_carried_stamps_are_kept_unless_the_omm_restamps(
    make_bench: MakeBench, quirks: list[Quirk], stamp: int
) -> None:
    bench = make_bench(quirks, users=1)
    user = bench.state.users.get(bench.state.users.first)
    bench.set_pair(bench.client(), user={"uid": user.id, "name": "N", "timeStampAdmin": 77})
    assert user.number("timeStampAdmin") == stamp
    assert user.number("timeStamp") == max(stamp, user.number("timeStampRelation"))


def test_a_change_without_stamp_gets_the_clock_of_the_omm(bench: Bench) -> None:
    bench.state.clock_offset = -100
    user = bench.state.users.get(bench.state.users.first)
    bench.set_pair(bench.client(), user={"uid": user.id, "name": "N"})
    assert user.number("timeStampAdmin") == NOW - 100


def test_binding_ends_every_other_relation_of_both(bench: Bench) -> None:
    first, second = list(bench.state.users)[:2]
    device, left = (bench.state.devices.get(u.number("ppn")) for u in (second, first))
    bench.set_pair(
        bench.client(),
        user={"uid": first.id, "relType": "Dynamic", "timeStampRelation": NOW + 5},
        pp={"ppn": device.id, "relType": "Dynamic"},
    )
    assert (first.number("ppn"), device.number("uid")) == (device.id, first.id)
    assert (second.get("relType"), left.get("relType")) == ("Unbound", "Unbound")
    assert second.number("ppnOld") == device.id
    assert {r.number("timeStampRelation") for r in (first, second, device, left)} == {NOW + 5}


def test_the_captured_detach_unbinds_both(bench: Bench) -> None:
    user = bench.state.users.get(bench.state.users.first)
    device = bench.state.devices.get(user.number("ppn"))
    answer = bench.set_pair(
        bench.client(),
        pp={"ppn": device.id, "relType": "Unbound", "uid": 0},
        user={"uid": user.id, "relType": "Unbound", "ppn": 0},
    )
    assert [child.get("relType") for child in answer.children] == ["Unbound", "Unbound"]
    assert user.number("ppnOld") == device.id


def test_a_user_alone_is_bound_to_a_local_device(bench: Bench) -> None:
    user = next(u for u in bench.state.users if u.get("relType") == "Unbound")
    device = next(d for d in bench.state.devices if d.get("relType") == "Unbound")
    bench.set_pair(bench.client(), user={"uid": user.id, "ppn": device.id, "relType": "Fixed"})
    assert device.number("uid") == user.id


@pytest.mark.parametrize(
    ("children", "code"),
    [
        ({}, "EMissing"),
        ({"user": {"uid": 0}}, "EMissing"),
        ({"user": {"uid": 9999, "name": "x"}}, "ENoEnt"),
        ({"user": {"uid": 0, "uidSec": 5, "num": "40001"}}, "EExist"),
        ({"user": {"uid": 0, "uidSec": 5, "num": "5"}, "pp": {"ppn": 9999}}, "ENoEnt"),
        ({"pp": {"ppn": 0, "ppnSec": 5, "ipei": "03074 0220259 4"}}, "EInval"),
    ],
)
def test_what_is_wrong_in_one_part_changes_nothing(
    bench: Bench, children: dict[str, dict[str, object]], code: str
) -> None:
    answer = bench.set_pair(bench.client(), **children)  # type: ignore[arg-type]
    assert answer.get("errCode") == code
    assert len(bench.state.users) == 6


@pytest.mark.parametrize(
    ("quirk", "order"),
    [
        (None, ["SetPPResp", "EventPPCnf"]),
        (Quirk.ECHO_FIRST, ["EventPPCnf", "SetPPResp"]),
        (Quirk.NO_ECHO, ["SetPPResp"]),
    ],
)
def test_own_changes_are_echoed_as_the_quirks_say(
    make_bench: MakeBench, quirk: Quirk | None, order: list[str]
) -> None:
    bench = make_bench([quirk] if quirk else [], users=1)
    session = bench.client()
    bench.listen(session, "PPCnf")
    bench.set_pair(session, user={"uid": bench.state.users.first, "name": "N"})
    assert bench.order == order


def test_an_event_carries_keys_and_what_changed(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "PPCnf")
    bench.told(session)
    first = bench.state.users.first
    bench.set_pair(
        session, user={"uid": first, "uidSec": 9, "name": "N", "timeStampAdmin": NOW + 9}
    )
    (event,) = bench.told(session)
    assert set(event.children[0].attrs) == {"uid", "uidSec", "name", "timeStampAdmin", "timeStamp"}
    assert event.children[0].number("timeStamp") == NOW + 9


def test_get_pair_gives_both_sides(bench: Bench) -> None:
    user = bench.state.users.get(bench.state.users.first)
    answer = bench.request(bench.client(), "GetPP", uid=user.id)
    assert [child.name for child in answer.children] == ["pp", "user"]
    assert bench.request(bench.client(), "GetPP").get("errCode") == "EMissing"


def test_a_login_is_linked_if_the_pin_is_right_and_refused_otherwise(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming")
    device = next(d for d in bench.state.devices if d.get("relType") == "Unbound")
    for pin, code in (("1111", "EAuth"), ("2222", "")):
        bench.state.logins[device.id] = Login("700", "2222")
        user = {"uid": 0, "uidSec": 70, "num": "700", "pin": bench.seal(pin)}
        user |= {"ppn": device.id, "relType": "Dynamic"}
        assert bench.set_pair(session, user=user).get("errCode") == code
    (link,) = [event for event in bench.told(session) if event.name == "EventPPLink"]
    assert link.number("ppn") == device.id
    assert device.number("uid") == link.number("uid")
