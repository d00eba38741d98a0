"""Every pair of state and input of the connection's machine."""

import re
from pathlib import Path

import pytest

from mom.fleet.errors import Hindrance, Unreachable
from mom.fleet.machine import Effects, Steps, connection_machine
from mom.model.omm import OmmState

CAUSE = Unreachable("gone")
WAYS: dict[OmmState, tuple[str, ...]] = {
    OmmState.DISABLED: (),
    OmmState.CONNECTING: ("enable",),
    OmmState.OPENING: ("enable", "linked"),
    OmmState.CONFIGURING: ("enable", "linked", "opened"),
    OmmState.SYNCHRONISING: ("enable", "linked", "opened", "configured"),
    OmmState.CONNECTED: ("enable", "linked", "opened", "configured", "read"),
    OmmState.WAITING: ("enable", "failed"),
}
INPUTS = (
    *("enable", "disable", "halt", "reconnect", "due", "linked", "turned_away", "opened"),
    *("configured", "read", "failed"),
)
BEGIN = ["show connecting", "begin"]
OVER = ["drop", *BEGIN]
FAIL = ["drop", "show waiting", "plan first"]
LOSE = ["drop", "show waiting", "plan lost"]
LEAVE = ["farewell", "show disabled"]
STOP = ["drop", "show disabled"]
CALM = ["unplan", "show disabled"]
TABLE: dict[tuple[str, str], list[str]] = {
    ("disabled", "enable"): BEGIN,
    ("connecting", "linked"): ["show opening"],
    ("connecting", "turned_away"): ["show connecting"],
    ("connecting", "reconnect"): OVER,
    ("connecting", "failed"): FAIL,
    ("connecting", "disable"): LEAVE,
    ("connecting", "halt"): STOP,
    ("opening", "turned_away"): ["show connecting"],
    ("opening", "opened"): ["show configuring"],
    ("opening", "reconnect"): OVER,
    ("opening", "failed"): FAIL,
    ("opening", "disable"): LEAVE,
    ("opening", "halt"): STOP,
    ("configuring", "configured"): ["show synchronising"],
    ("configuring", "reconnect"): OVER,
    ("configuring", "failed"): FAIL,
    ("configuring", "disable"): LEAVE,
    ("configuring", "halt"): STOP,
    ("synchronising", "read"): ["show connected"],
    ("synchronising", "reconnect"): OVER,
    ("synchronising", "failed"): FAIL,
    ("synchronising", "disable"): LEAVE,
    ("synchronising", "halt"): STOP,
    ("connected", "reconnect"): OVER,
    ("connected", "failed"): LOSE,
    ("connected", "disable"): LEAVE,
    ("connected", "halt"): STOP,
    ("waiting", "due"): ["unplan", *BEGIN],
    ("waiting", "reconnect"): ["unplan", *BEGIN],
    ("waiting", "disable"): CALM,
    ("waiting", "halt"): CALM,
}


class Log:
    """What the machine had done, and the state it showed last."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.state = OmmState.DISABLED
        self.reason = ""
        effects = Effects(
            self.show,
            lambda: self.done.append("begin"),
            lambda: self.done.append("drop"),
            lambda: self.done.append("farewell"),
            self.plan,
            lambda: self.done.append("unplan"),
        )
        self.steps: Steps = connection_machine(effects)

    def show(self, state: OmmState, reason: str) -> None:
        self.state, self.reason = state, reason
        self.done.append(f"show {state.value}")

    def plan(self, cause: Hindrance, was_connected: bool) -> None:
        self.done.append("plan lost" if was_connected else "plan first")

    def happen(self, name: str) -> None:
        method = getattr(self.steps, name)
        method(CAUSE) if name == "failed" else method()

    def brought_to(self, state: OmmState) -> "Log":
        for name in WAYS[state]:
            self.happen(name)
        assert self.state is state
        self.done.clear()
        return self


def test_all_inputs_of_the_machine_are_in_the_test() -> None:
    named = {name for name in vars(Steps) if not name.startswith("_")}
    assert named == set(INPUTS)


@pytest.mark.parametrize("state", list(OmmState), ids=lambda state: state.value)
@pytest.mark.parametrize("name", INPUTS)
def test_each_pair_of_state_and_input_does_what_the_table_says(state: OmmState, name: str) -> None:
    log = Log().brought_to(state)
    log.happen(name)
    assert log.done == TABLE.get((state.value, name), [])


@pytest.mark.parametrize("state", list(OmmState), ids=lambda state: state.value)
def test_the_diagram_shows_where_each_input_leads(state: OmmState) -> None:
    text = (Path(__file__).parents[2] / "docs" / "omm-connection.dot").read_text()
    drawn = {
        (old, name): new
        for old, new, name in re.findall(r'(\w+) -> (\w+) \[label = "(\w+)"\]', text)
    }
    for name in INPUTS:
        log = Log().brought_to(state)
        log.happen(name)
        assert drawn.get((state.value, name), state.value) == log.state.value, name


def test_the_reason_of_waiting_is_the_cause() -> None:
    log = Log().brought_to(OmmState.CONNECTED)
    log.happen("failed")
    assert log.reason == "gone"


def test_an_input_during_an_effect_is_taken_afterwards() -> None:
    log = Log()
    effects = Effects(
        log.show, lambda: steps.failed(CAUSE), lambda: None, lambda: None, log.plan, lambda: None
    )
    steps = connection_machine(effects)
    steps.enable()
    assert log.done == ["show connecting", "show waiting", "plan first"]
