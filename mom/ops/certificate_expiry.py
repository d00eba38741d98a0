"""Health of MOM's own TLS certificate: how long is it still valid? Knows no listener."""

import datetime
import math
from collections.abc import Callable

from mom.model.omm import Severity
from mom.ports import Component

COMPONENT = "Certificate"
WARNING_DAYS = 30
_DAY = 86400.0


class CertificateExpiry:
    """Compares the certificate's end with now; both in seconds since 1970, read when asked.

    `expires` gives `None` while there is no certificate.
    """

    def __init__(self, expires: Callable[[], float | None], now: Callable[[], float]) -> None:
        self._expires = expires
        self._now = now

    def snapshot(self) -> list[Component]:
        """OK, a warning from 30 days before the end on, an error after it."""
        end = self._expires()
        if end is None:
            return [Component(COMPONENT, Severity.WARNING, "There is no certificate")]
        left = end - self._now()
        date = datetime.datetime.fromtimestamp(end, datetime.UTC).date()
        if left <= 0:
            return [Component(COMPONENT, Severity.ERROR, f"The certificate expired on {date}")]
        days = math.ceil(left / _DAY)
        if days <= WARNING_DAYS:
            unit = "day" if days == 1 else "days"
            text = f"The certificate expires on {date}, in {days} {unit}"
            return [Component(COMPONENT, Severity.WARNING, text)]
        return [Component(COMPONENT, Severity.OK)]
