import msgspec
import pytest

from mom.model.identities import OmmId
from mom.model.licence import Licence
from mom.model.omm import Severity
from mom.ops.licence_use import LicenceUse
from mom.ports import Component

FINE = Component("License", Severity.OK)
NONE = Component("License", Severity.ERROR, "No license available")
LICENCE = Licence(
    installation_id="1",
    customer="Harbour",
    country="GERMANY",
    system_license="1",
    version="7.0",
    sari="1F1028D085",
    max_sites=3,
    max_users=50,
)


class Book:
    """A licence that says one thing of itself."""

    def __init__(self, component: Component, current: Licence | None) -> None:
        self.component, self.current = component, current

    def snapshot(self) -> list[Component]:
        return [self.component]


def health(
    own: Component, beyond: dict[OmmId, int], sites: int = 3, users: int = 50, **limits: int | None
) -> Component:
    licence = None if own is NONE else msgspec.structs.replace(LICENCE, **limits)
    use = LicenceUse(Book(own, licence), lambda: (sites, users), lambda: beyond)
    (found,) = use.snapshot()
    return found


@pytest.mark.feature("F198")
def test_a_licence_that_is_enough_says_how_it_is_itself() -> None:
    assert health(FINE, {}) == FINE
    assert health(NONE, {}) == NONE
    assert health(FINE, {}, 900, 90_000, max_sites=None, max_users=None) == FINE


@pytest.mark.feature("F2")
def test_users_beyond_the_licence_are_a_warning_that_says_where_they_are() -> None:
    text = "The licence allows 50 users; more are on OMM 0004 (12), OMM 0007 (1)"
    beyond = {OmmId(4): 12, OmmId(7): 1}
    assert health(FINE, beyond) == Component("License", Severity.WARNING, text)
    assert health(NONE, beyond) == NONE


def test_of_many_omms_only_some_are_named() -> None:
    found = health(FINE, {OmmId(number): 1 for number in range(1, 9)})
    assert found.reason.endswith("OMM 0005 (1) and 3 others")


@pytest.mark.feature("F2")
@pytest.mark.parametrize(
    ("sites", "users", "text"),
    [
        (3, 119, "There are 119 users, the licence allows 50"),
        (5, 50, "There are 5 sites, the licence allows 3"),
        (5, 119, "There are 5 sites and 119 users, the licence allows 3 and 50"),
    ],
)
def test_a_licence_smaller_than_the_system_is_a_warning_with_both_figures(
    sites: int, users: int, text: str
) -> None:
    assert health(FINE, {}, sites, users) == Component("License", Severity.WARNING, text)


def test_users_that_stay_on_their_omms_are_counted_with_those_of_a_system_too_large() -> None:
    found = health(FINE, {OmmId(4): 12}, sites=5)
    assert found.reason == "There are 5 sites and 62 users, the licence allows 3 and 50"
