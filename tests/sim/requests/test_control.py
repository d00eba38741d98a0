import pytest

from mom.axi.element import Value
from mom.model.identities import ipei_key
from mom.sim import deeds
from mom.sim.refusal import Refusal

from ..conftest import Bench

IPEI = "03074 0220259 3"


def free_phone(bench: Bench) -> int:
    """The number of a phone that nobody uses."""
    return next(device.id for device in bench.state.devices if not device.number("uid"))


def test_deregistering_is_reported_when_it_is_done(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming")
    ppn = bench.state.devices.first
    bench.request(session, "PPSIPDeregister", ppn=ppn)
    assert bench.order == ["PPSIPDeregisterResp", "EventPPSIPDeregistered"]
    assert not bench.request(session, "GetPPState", ppn=ppn).flag("registered")
    bench.request(session, "PPSIPRegister", ppn=ppn)
    assert bench.request(session, "GetPPState", ppn=ppn).flag("registered")
    assert bench.request(session, "PPSIPDeregister", ppn=9999).get("errCode") == "ENoEnt"


def test_a_roam_ends_when_the_mom_gives_the_data(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming")
    assert deeds.locate(bench.state, {"ipei": IPEI}) == {"result": "told"}
    bench.collect()
    assert bench.told(session)[0].get("ipei") == IPEI
    bench.time += 0.25
    bench.set_pair(session, pp={"ppn": 0, "ppnSec": 9, "ipei": IPEI, "s": "Yes"})
    assert deeds.delays([bench.state])["p50"] == 0.25
    assert deeds.locate(bench.state, {"ipei": IPEI}) == {"result": "served"}


def test_a_rejected_phone_is_remembered_with_the_reason(bench: Bench) -> None:
    session = bench.client()
    bench.request(session, "DECTLocateReject", ipei=IPEI, reason="Unknown")
    assert bench.state.refused_phones == {ipei_key(IPEI): "Unknown"}
    assert bench.request(session, "DECTSubscribeReject").get("errCode") == "EMissing"


def test_without_a_mom_only_permanent_phones_are_taken(bench: Bench) -> None:
    user = bench.state.users.get(bench.state.users.first)
    device = bench.state.devices.get(user.number("ppn"))
    device.put({"ommId": "1028D67A", "ommIdAck": "1028D67A"})
    assert deeds.locate(bench.state, {"ipei": device.get("ipei")}) == {"result": "refused"}
    user.put({"permanent": "1"})
    device.put({"hwType": "Unknown"})
    assert deeds.locate(bench.state, {"ipei": device.get("ipei")}) == {"result": "taken"}
    assert device.get("hwType") != "Unknown"
    assert device.get("ommId") == device.get("ommIdAck") == bench.state.identity.ari
    assert device.number("timeStampRoaming") == int(bench.time)


def test_a_phone_subscribes_once_the_mom_has_sent_its_data(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming", "PPCnf")
    bench.request(session, "SetDevAutoCreate", enable="0")
    assert deeds.subscribe(bench.state, {"ipei": IPEI, "addId": "7"}) == {"result": "told"}
    bench.collect()
    assert bench.told(session)[0].attrs == {"ipei": IPEI, "rfpId": "0", "addId": "7"}
    answer = bench.set_pair(session, pp={"ppn": 0, "ppnSec": 9, "ipei": IPEI})
    assert answer.children[0].get("s") == "No"
    last = bench.told(session)[-1].children[0]
    assert (last.get("s"), len(last.get("uak"))) == ("Yes", 32)
    assert last.number("timeStampSubscription") == int(bench.time)


def test_auto_create_makes_a_device_for_an_unknown_phone(bench: Bench) -> None:
    made = deeds.subscribe(bench.state, {"ipei": IPEI})
    device = bench.state.devices.get(made["ppn"])
    assert (device.get("s"), device.get("autoCreate")) == ("Yes", "1")


def test_a_user_who_logs_in_on_another_phone_has_moved_locally(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming")
    user = bench.state.users.get(bench.state.users.first)
    device = next(d for d in bench.state.devices if d.get("relType") == "Unbound")
    args = {"ppn": device.id, "addId": user.get("addId"), "pin": user.get("pin")}
    assert deeds.login(bench.state, args) == {"result": "linked"}
    bench.collect()
    assert [event.name for event in bench.told(session)] == ["EventPPUserMovedLocally"]
    assert device.number("uid") == user.id


def test_a_login_with_a_user_that_is_not_here_asks_the_mom(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming")
    ppn = free_phone(bench)
    assert deeds.login(bench.state, {"ppn": ppn, "num": "77", "pin": "1234"})["result"] == "told"
    bench.collect()
    event = bench.told(session)[0]
    assert event.name == "EventPPLogin"
    assert bench.state.key.decrypt(event.get("pin")) == "1234"
    bench.request(session, "SetPPLink", ppn=ppn, uid=0)
    assert bench.state.logins == {}


def test_nobody_logs_in_on_a_phone_that_somebody_uses(bench: Bench) -> None:
    user = bench.state.users.get(bench.state.users.first)
    with pytest.raises(Refusal, match="somebody is logged in"):
        deeds.login(bench.state, {"ppn": user.get("ppn"), "num": "77", "pin": "1234"})


def test_a_copy_that_came_for_a_login_with_a_wrong_pin_is_dropped(bench: Bench) -> None:
    session = bench.client()
    bench.listen(session, "Roaming", "PPCnf")
    ppn = free_phone(bench)
    deeds.login(bench.state, {"ppn": ppn, "num": "77", "pin": "9"})
    came: dict[str, Value] = {"uid": 0, "uidSec": 77, "num": "77", "pin": bench.seal("1234")}
    bench.set_pair(session, user=came)
    bound: dict[str, Value] = {"relType": "Dynamic", "ppn": ppn}
    assert bench.set_pair(session, user=came | bound).get("errCode") == "EAuth"
    assert bench.state.users.by_second(77) is None


def test_clients_hear_of_each_other(bench: Bench) -> None:
    session, other = bench.client(), bench.client()
    bench.listen(other, "SystemState")
    bench.request(session, "ClientInfo", clientName="MOM 1")
    assert bench.told(other)[0].get("clientName") == "MOM 1"
