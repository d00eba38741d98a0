import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from twisted.internet.task import Clock

from mom.axi.element import make
from mom.sim.commands import Commands, Switch
from mom.sim.control import main
from mom.sim.life import Life
from mom.sim.script import ScriptRun, parse_script

from .test_site import Ground


class Desk:
    def __init__(self, **plan: Any) -> None:
        self.ground = Ground(**{"omms": 3, **plan})
        self.switch = Switch(True)
        self.commands = Commands(self.ground.fleet, self.switch)
        self.clock: Clock = self.ground.clock

    def run(self, cmd: str, **args: Any) -> dict[str, Any]:
        result = self.commands.run({"cmd": cmd, **args})
        assert result.pop("ok"), result
        return result

    def user(self, omm: int, uid: int) -> dict[str, str]:
        return self.ground.fleet.site(omm).omm.state.users.get(uid).all()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_local_change_is_stamped_and_told(desk: Desk) -> None:
    client = desk.ground.connect()
    client.open()
    flag = {"cmd": "On", "eventType": "PPCnf", "uid": -1, "ppn": -1}
    client.send(make("Subscribe", {}, make("e", flag)))
    client.read()
    first = desk.ground.site.omm.state.users.first
    desk.run("change-user", omm=1, uid=first, attrs={"name": "Otto", "sipPw": "new"})
    (event,) = client.read()
    assert event.children[0].get("name") == "Otto"
    assert desk.user(1, first)["sipPw"] == "new"


def test_users_and_devices_are_added_bound_and_deleted(desk: Desk) -> None:
    uid = desk.run("add-user", omm=2, attrs={"num": "4711"})["uid"]
    ppn = desk.run("add-device", omm=2, subscribed=False)["ppn"]
    desk.run("bind", omm=2, num="4711", ppn=ppn)
    assert desk.user(2, uid)["ppn"] == str(ppn)
    desk.run("unbind", omm=2, uid=uid)
    assert desk.user(2, uid)["relType"] == "Unbound"
    desk.run("delete-user", omm=2, uid=uid)
    desk.run("delete-device", omm=2, ppn=ppn)
    status = desk.run("status", omm=2)["omms"][0]
    assert (status["users"], status["devices"]) == (3, 3)


def test_a_dump_shows_open_secrets(desk: Desk) -> None:
    (dumped,) = desk.run("dump", omm=3)["omms"]
    assert len(dumped["users"]) == len(dumped["devices"]) == 3
    assert all(len(user["pin"]) == 4 for user in dumped["users"])
    assert dumped["settings"]["PARK"]["park"] == dumped["park"]


def test_an_old_backup_comes_back(desk: Desk) -> None:
    first = desk.ground.site.omm.state.users.first
    before = desk.user(1, first)
    desk.run("backup", omm=1)
    desk.run("change-user", omm=1, uid=first, attrs={"name": "Later"})
    desk.run("restore", omm=1, seconds=1)
    assert desk.user(1, first) == before
    assert desk.ground.site.is_shut


def test_a_factory_reset_forgets_everybody(desk: Desk) -> None:
    desk.run("reset", omm=1)
    assert desk.run("dump", omm=1)["omms"][0]["users"] == []


def test_account_protocol_clock_and_limits_can_be_changed(desk: Desk) -> None:
    desk.run("account", omm=1, password="other")
    desk.run("protocol", omm=1, version=41)
    desk.run("clock", omm=1, seconds=-120)
    desk.run("limit", omm=1, name="ppnNum", most=3)
    state = desk.ground.site.omm.state
    assert (state.account.password, state.protocol_version) == ("other", 41)
    assert state.now() == int(desk.ground.fleet.now()) - 120
    refused = desk.commands.run({"cmd": "add-user", "omm": 1})
    assert (refused["ok"], refused["errCode"]) == (False, "ENoMem")


def test_stats_count_requests_and_bytes(desk: Desk) -> None:
    client = desk.ground.connect()
    client.open()
    stats = desk.run("stats")
    assert (stats["links"], stats["counters"]["Open"]) == (1, 1)
    assert stats["bytesOut"] > stats["bytesIn"] > 0


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (7, "a JSON object is expected"),
        ({"cmd": "dance"}, "no such command; known are account, add-device"),
        ({"cmd": "cut", "omm": 99}, "ENoEnt: no OMM 99"),
        ({"cmd": "bind", "omm": 1}, "ENoEnt: no user"),
        ({"cmd": "clock"}, "seconds=... is expected"),
    ],
)
def test_a_wrong_command_is_told_what_is_wrong(desk: Desk, command: object, text: str) -> None:
    result = desk.commands.run(command)
    assert result["ok"] is False
    assert text in result["error"]


def test_commands_are_json_lines(desk: Desk) -> None:
    answer = msgspec.json.decode(desk.commands.run_text(b'{"cmd":"status"}'))
    assert len(answer["omms"]) == 3
    assert b"no JSON" in desk.commands.run_text(b"{")


def test_garbage_reaches_the_client(desk: Desk) -> None:
    client = desk.ground.connect()
    desk.run("garbage", omm=1, text="<x\0")
    assert client.wire.value() == b"<x\0"


def test_a_script_runs_in_the_order_of_its_times(desk: Desk) -> None:
    steps = parse_script(
        '# two steps\n{"at": 2, "cmd": "add-user", "omm": 1, "attrs": {"num": "2"}}\n\n'
        '{"at": 1, "cmd": "add-user", "omm": 1, "attrs": {"num": "1"}}\n'
    )
    run = ScriptRun(desk.clock, steps, desk.commands.run)
    run.start()
    users = desk.ground.site.omm.state.users
    desk.clock.advance(1)
    assert (users.by_unique("1") is None, users.by_unique("2") is None) == (False, True)
    run.stop()
    desk.clock.advance(5)
    assert users.by_unique("2") is None


def test_a_wrong_line_of_a_script_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_script('{"cmd": "status"}\n{"cmd":')


def lived(seed: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    desk = Desk()
    life = Life(
        desk.ground.fleet, desk.commands.run, desk.clock, 1.0, desk.switch, random.Random(seed)
    )
    life.start()
    desk.clock.pump([0.25] * 400)
    life.stop()
    return list(desk.switch.history), desk.run("dump")


def test_life_is_the_same_for_the_same_seed() -> None:
    history, dumped = lived(3)
    assert len({command["cmd"] for command in history}) > 10
    assert sum(command["ok"] for command in history) > len(history) * 0.7
    assert lived(3) == (history, dumped)
    assert lived(4)[0] != history


def test_life_pauses() -> None:
    desk = Desk()
    life = Life(
        desk.ground.fleet, desk.commands.run, desk.clock, 1.0, desk.switch, random.Random(1)
    )
    life.start()
    desk.run("pause")
    desk.clock.pump([1.0] * 20)
    assert not desk.switch.history
    desk.run("resume")
    desk.clock.pump([1.0] * 20)
    assert desk.run("history")["history"]


def test_a_socket_where_nobody_listens_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "nobody.sock")
    assert main([path, "status"]) == 2
    told = f"no simulated fleet answers at {path}: No such file or directory\n"
    assert capsys.readouterr().err == told
