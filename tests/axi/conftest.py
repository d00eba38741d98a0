"""What the tests of the AXI room share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from mom.axi.codec import decode
from mom.axi.element import Element
from mom.axi.secrets import PrivateKey

CAPTURES = Path(__file__).parent / "captures"


@pytest.fixture
def captured() -> Callable[[str], Element]:
    """Decode a captured message by its file name without ending."""

    def read(name: str) -> Element:
        return decode((CAPTURES / f"{name}.xml").read_bytes())

    return read


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def small_key() -> PrivateKey:
    """A key of 512 bits, as real OMMs have."""
    return PrivateKey.generate(512)
