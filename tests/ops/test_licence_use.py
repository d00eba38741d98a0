import pytest

from mom.model.identities import OmmId
from mom.model.omm import Severity
from mom.ops.licence_use import LicenceUse
from mom.ports import Component

FINE = Component("License", Severity.OK)
NONE = Component("License", Severity.ERROR, "No license available")


class Licence:
    """A licence that says one thing."""

    def __init__(self, component: Component) -> None:
        self._component = component

    def snapshot(self) -> list[Component]:
        return [self._component]


def health(own: Component, beyond: dict[OmmId, int]) -> Component:
    (found,) = LicenceUse(Licence(own), lambda: 50, lambda: beyond).snapshot()
    return found


@pytest.mark.feature("F198")
def test_a_licence_that_is_enough_says_how_it_is_itself() -> None:
    assert health(FINE, {}) == FINE
    assert health(NONE, {}) == NONE


@pytest.mark.feature("F2")
def test_users_beyond_the_licence_are_a_warning_that_says_where_they_are() -> None:
    text = "The licence allows 50 users; more are on OMM 0004 (12), OMM 0007 (1)"
    beyond = {OmmId(4): 12, OmmId(7): 1}
    assert health(FINE, beyond) == Component("License", Severity.WARNING, text)
    assert health(NONE, beyond) == NONE


def test_of_many_omms_only_some_are_named() -> None:
    found = health(FINE, {OmmId(number): 1 for number in range(1, 9)})
    assert found.reason.endswith("OMM 0005 (1) and 3 others")
