from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from tests.web.api.house import House

WEBROOT = Path(__file__).parents[2] / "webroot"


@pytest.fixture
def house() -> House:
    return House(WEBROOT)


@pytest.fixture
def home(house: House) -> House:
    """A house where the administrator is signed in and has done what comes first."""
    pytest_twisted.blockon(Deferred.fromCoroutine(house.settle_in()))
    return house
