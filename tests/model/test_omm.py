import pytest

from mom.model.omm import Severity, worst


@pytest.mark.parametrize(
    ("severities", "found"),
    [
        ([], Severity.OK),
        ([Severity.OK, Severity.WARNING, Severity.OK], Severity.WARNING),
        ([Severity.WARNING, Severity.ERROR, Severity.OK], Severity.ERROR),
    ],
)
def test_the_worst_of_all_counts(severities: list[Severity], found: Severity) -> None:
    assert worst(severities) is found
