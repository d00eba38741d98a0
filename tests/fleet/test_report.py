import pytest

from mom.fleet.report import MAX_NAMES, omm_connections
from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmState, OmmStatus, Severity


def pair(number: int, state: OmmState, enabled: bool = True) -> tuple[Omm, OmmStatus]:
    omm = Omm(id=OmmId(number), name=f"Site {number:03d}", omm1="host", enabled=enabled)
    return omm, OmmStatus(id=OmmId(number), state=state)


@pytest.mark.feature("F199")
def test_all_connected_is_ok_and_disabled_ones_do_not_count() -> None:
    component = omm_connections(
        [pair(1, OmmState.CONNECTED), pair(2, OmmState.DISABLED, enabled=False)]
    )
    assert (component.name, component.severity) == ("OMM connections", Severity.OK)


@pytest.mark.feature("F199")
def test_those_that_are_away_are_named() -> None:
    component = omm_connections([pair(2, OmmState.WAITING), pair(1, OmmState.SYNCHRONISING)])
    assert component.severity is Severity.WARNING
    assert component.reason == "OMM not connected: Site 001, Site 002"


def test_many_names_are_cut_short() -> None:
    component = omm_connections([pair(n, OmmState.WAITING) for n in range(MAX_NAMES + 5)])
    assert component.reason.endswith("Site 019 and 5 more")
