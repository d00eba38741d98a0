import pytest

from mom.axi.element import make
from mom.sim.requests.system import COMPONENTS

from ..conftest import Bench


def test_health_is_told_for_each_component(bench: Bench) -> None:
    session = bench.client()
    bench.state.health["license"] = ("Error", "licence expired")
    parts = bench.request(session, "GetHealthState").all("health")
    assert [part.get("component") for part in parts] == COMPONENTS
    by_name = {part.get("component"): part for part in parts}
    assert by_name["license"].get("reason") == "licence expired"
    assert by_name["sync"].get("severity") == "OK"


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("GetRFPSummary", "nConnected", "4"),
        ("GetStbState", "ommStbState", "None"),
        ("GetLicense", "park", "1F10290004"),
        ("GetEULAConfirm", "confirm", "1"),
        ("GetSoftwareUpdate", "timedUpdate", "0"),
        ("GetFreeConferenceChannels", "tChannels", "3"),
    ],
)
def test_the_state_of_the_system_is_told(
    bench: Bench, name: str, attribute: str, value: str
) -> None:
    assert bench.request(bench.client(), name).get(attribute) == value


def test_an_update_is_counted(bench: Bench) -> None:
    bench.request(bench.client(), "SoftwareUpdate")
    assert bench.state.counters["updates"] == 1


def test_a_restart_with_reset_forgets_everybody(bench: Bench) -> None:
    bench.ask(bench.client(), make("SystemRestart", {"resetDB": True}))
    assert len(bench.state.users) == 0
    assert bench.state.restart_wanted is not None
