import pytest

from tests.admin.fakes import MemoryShelf, Records, Watch


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def shelf() -> MemoryShelf:
    return MemoryShelf()


@pytest.fixture
def records() -> Records:
    return Records()
