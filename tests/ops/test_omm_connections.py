import pytest

from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmState, Severity
from mom.ops.omm_connections import OmmConnections
from mom.ports import Component


def check(*sites: tuple[str, bool, OmmState | None]) -> Component:
    """Name, enabled and state of each OMM; no state = the connection is not even known."""
    omms = [
        Omm(id=OmmId(number), name=name, omm1="omm", enabled=enabled)
        for number, (name, enabled, _) in enumerate(sites, 1)
    ]
    connected = {
        OmmId(number)
        for number, (_, _, state) in enumerate(sites, 1)
        if state is OmmState.CONNECTED
    }
    (found,) = OmmConnections(lambda: omms, lambda: connected).snapshot()
    return found


@pytest.mark.feature("F199")
def test_all_is_well_when_every_enabled_omm_is_connected() -> None:
    fine = Component("OMM connections", Severity.OK)
    assert check() == fine
    connected = ("Harbour", True, OmmState.CONNECTED)
    assert check(connected, ("Station", False, OmmState.DISABLED)) == fine


@pytest.mark.feature("F199")
@pytest.mark.parametrize(
    "state", [None, *(state for state in OmmState if state is not OmmState.CONNECTED)]
)
def test_an_enabled_omm_in_any_other_state_is_a_warning_with_its_name(
    state: OmmState | None,
) -> None:
    found = check(("Harbour", True, state), ("Station", True, OmmState.CONNECTED))
    assert found.severity is Severity.WARNING
    assert found.reason == "OMM not connected: Harbour"


def test_of_many_only_some_are_named() -> None:
    found = check(*((f"Site {number}", True, None) for number in range(1, 8)))
    assert found.reason == ("OMM not connected: Site 1, Site 2, Site 3, Site 4, Site 5 and 2 more")
