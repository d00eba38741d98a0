import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def features() -> ModuleType:
    spec = importlib.util.spec_from_file_location("features", ROOT / "tools" / "features.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXT = "# head\nF1 1-2\nF2/F7 1-2,3\nF3 4\n"


def test_a_row_that_no_test_names_is_told_when_it_is_due(features: ModuleType) -> None:
    missing = features.unnamed(features.rows(TEXT), {"F1": "test_a"}, frozenset({"1-2"}))
    assert [str(row) for row in missing] == ["F2/F7"]


def test_any_number_of_a_row_will_do(features: ModuleType) -> None:
    assert features.unnamed(features.rows(TEXT), {"F7": "test_a"}, frozenset({"3"})) == []


def test_a_number_that_is_not_listed_is_told_with_the_test(features: ModuleType) -> None:
    (sentence,) = features.unknown(features.rows(TEXT), {"F1": "test_a", "F9": "test_b"})
    assert sentence == "F9 is not in the list: test_b"


def test_the_list_has_every_number_once(features: ModuleType) -> None:
    rows = features.rows((ROOT / "docs" / "features.txt").read_text())
    numbers = [int(name[1:]) for row in rows for name in row.names]
    assert sorted(numbers) == list(range(1, 231))
