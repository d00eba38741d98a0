import pytest

from mom.model.omm import Severity
from mom.ops.time_sync import TimeSync, kernel_clock_is_synchronised


@pytest.mark.feature("F13")
@pytest.mark.parametrize(
    ("synchronised", "severity", "reason"),
    [
        (True, Severity.OK, ""),
        (False, Severity.WARNING, "The system clock is not synchronised with a time server"),
        (None, Severity.WARNING, "The system does not tell whether its clock is synchronised"),
    ],
)
def test_a_clock_that_nobody_keeps_right_is_a_warning(
    synchronised: bool | None, severity: Severity, reason: str
) -> None:
    (found,) = TimeSync(lambda: synchronised).snapshot()
    assert (found.name, found.severity, found.reason) == ("Time", severity, reason)


def test_the_kernel_answers_on_this_machine_or_says_that_it_does_not_tell() -> None:
    assert kernel_clock_is_synchronised() in (True, False, None)
