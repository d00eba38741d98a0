import pytest

from mom.model.omm import Severity
from mom.ops.certificate_expiry import CertificateExpiry

DAY = 86400
NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("expires", "severity", "reason"),
    [
        (NOW + 31 * DAY, Severity.OK, ""),
        (
            NOW + 30 * DAY,
            Severity.WARNING,
            "The certificate expires on 2023-12-14, in 30 days",
        ),
        (NOW + 1, Severity.WARNING, "The certificate expires on 2023-11-14, in 1 day"),
        (NOW, Severity.ERROR, "The certificate expired on 2023-11-14"),
        (None, Severity.WARNING, "There is no certificate"),
    ],
)
def test_the_end_of_the_certificate_is_told_in_time(
    expires: float | None, severity: Severity, reason: str
) -> None:
    (found,) = CertificateExpiry(lambda: expires, lambda: NOW).snapshot()
    assert (found.name, found.severity, found.reason) == ("Certificate", severity, reason)
