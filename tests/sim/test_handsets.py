import pytest

from mom.axi.element import make
from mom.sim.handsets import ANSWER_SECONDS, REFUSED_SECONDS

from .test_commands import Desk
from .test_site import Client

FOREIGN = "03074 9990000 1"


class Scene(Desk):
    """Two sites; a MOM listens at the second one."""

    def __init__(self, listens: bool = True) -> None:
        super().__init__(omms=2)
        self.mom: Client = self.ground.connect(1)
        self.mom.open()
        if listens:
            flag = {"cmd": "On", "eventType": "Roaming"}
            self.mom.send(make("Subscribe", {}, make("e", flag)))
        self.heard()
        self.device = next(iter(self.ground.fleet.site(1).omm.state.devices)).all()
        self.ipei = self.device["ipei"]

    def heard(self) -> list[str]:
        return [element.name for element in self.mom.read()]

    def walk(self, omm: int) -> str:
        return str(self.run("walk", omm=omm, ipei=self.ipei)["result"])

    def wait(self, seconds: float) -> list[str]:
        """Let the fleet's rounds pass; what the MOM heard meanwhile of phones."""
        self.clock.pump([5.0] * round(seconds / 5))
        return [name for name in self.heard() if name == "EventDECTLocate"]

    def take(self) -> None:
        """MOM gives the phone to the second OMM."""
        ari = self.ground.fleet.site(2).omm.state.identity.ari
        home = {"ommId": ari, "ommIdAck": ari, "roaming": "RoamingComplete"}
        keys = {"ppn": 0, "ppnSec": 7, "ipei": self.ipei, "s": "Yes"}
        self.mom.send(make("SetPP", {}, make("pp", keys | home)))
        self.heard()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_at_first_every_phone_is_served_where_it_is_at_home(scene: Scene) -> None:
    report = scene.run("phones", omm=1)
    assert (report["served"], report["away"]) == (3, 0)
    assert {phone["omm"] for phone in report["phones"]} == {1}
    assert scene.run("phones")["served"] == 6


def test_a_phone_that_walks_to_another_site_is_taken_over_there(scene: Scene) -> None:
    assert scene.walk(2) == "told"
    assert scene.heard() == ["EventDECTLocate"]
    scene.take()
    assert scene.wait(60) == []
    assert scene.run("phones", omm=2)["served"] == 4
    assert scene.run("stats")["delays"]["count"] == 1


def test_the_site_that_a_phone_leaves_notices_nothing(scene: Scene) -> None:
    scene.walk(2)
    scene.heard()
    assert scene.walk(1) == "served"
    assert scene.wait(60) == []


def test_a_phone_that_gets_no_answer_tries_again(scene: Scene) -> None:
    scene.walk(2)
    scene.heard()
    assert len(scene.wait(ANSWER_SECONDS)) == 1


def test_a_rejected_phone_stays_out_and_tries_again_later(scene: Scene) -> None:
    scene.walk(2)
    scene.mom.send(make("DECTLocateReject", {"ipei": scene.ipei, "reason": "Busy"}))
    scene.heard()
    assert scene.run("phones", omm=2)["refused"] == 1
    assert scene.wait(REFUSED_SECONDS) == []
    assert len(scene.wait(ANSWER_SECONDS)) == 1


def test_a_phone_whose_data_set_is_deleted_under_it_registers_again(scene: Scene) -> None:
    scene.walk(2)
    scene.take()
    scene.run("delete-device", omm=2, ipei=scene.ipei)
    assert len(scene.wait(5)) == 1


def test_a_phone_that_comes_back_while_it_is_being_moved_registers_again(scene: Scene) -> None:
    scene.walk(2)
    scene.take()
    scene.walk(1)
    ppn = scene.ground.fleet.site(2).omm.state.devices.by_unique(scene.ipei)
    assert ppn is not None
    scene.mom.send(make("PPSIPDeregister", {"ppn": ppn.id}))
    assert scene.heard()[-2:] == ["PPSIPDeregisterResp", "EventPPSIPDeregistered"]
    assert scene.walk(2) == "told"


def test_out_of_reach_a_phone_is_silent(scene: Scene) -> None:
    scene.walk(2)
    scene.heard()
    assert scene.walk(0) == "away"
    assert scene.wait(60) == []
    assert scene.run("phones")["away"] == 1


def test_without_a_mom_a_strange_phone_stays_out_until_one_takes_it() -> None:
    scene = Scene(listens=False)
    assert scene.walk(2) == "refused"
    flag = {"cmd": "On", "eventType": "Roaming"}
    scene.mom.send(make("Subscribe", {}, make("e", flag)))
    assert len(scene.wait(ANSWER_SECONDS)) == 1


def test_a_phone_that_subscribes_is_where_it_did_that(scene: Scene) -> None:
    scene.run("subscribe", omm=1, ipei=FOREIGN)
    assert scene.run("phones", omm=1)["served"] == 4


def test_a_site_that_does_not_exist_is_refused(scene: Scene) -> None:
    assert not scene.commands.run({"cmd": "walk", "omm": 9, "ipei": scene.ipei})["ok"]


def test_an_omm_learns_the_model_of_a_phone_that_registers_there(scene: Scene) -> None:
    scene.take()
    there = scene.ground.fleet.site(2).omm.state.devices.by_unique(scene.ipei)
    assert there is not None
    assert there.get("hwType") == "Unknown"
    scene.walk(2)
    seen = {name: there.get(name) for name in ("hwType", "capMessaging", "capEnhLocating")}
    assert seen["hwType"] != "Unknown"
    assert seen == {name: scene.device[name] for name in seen}


def test_an_omm_that_is_given_a_waiting_phone_answers_with_its_model(scene: Scene) -> None:
    scene.walk(2)
    scene.take()
    there = scene.ground.fleet.site(2).omm.state.devices.by_unique(scene.ipei)
    assert there is not None
    assert there.get("hwType") == scene.device["hwType"]
    assert there.get("capMessaging") == "1"


def test_a_phone_that_nobody_has_seen_has_no_model(scene: Scene) -> None:
    state = scene.ground.fleet.site(1).omm.state
    ppn = scene.run("add-device", omm=1, subscribed=False)["ppn"]
    assert state.devices.get(ppn).get("hwType") == "Unknown"
    scene.run("subscribe", omm=1, ipei=state.devices.get(ppn).get("ipei"))
    assert state.devices.get(ppn).get("hwType") != "Unknown"
