"""Health of the server's clock: is it kept right by a time service?

The kernel knows, whichever service does it (see adjtimex(2)); reading needs no right.
Time stamps decide between MOM and its OMMs, so a clock that nobody keeps right is worth a warning.
"""

import ctypes
from collections.abc import Callable

from mom.model.omm import Severity
from mom.ports import Component

COMPONENT = "Time"
_STA_UNSYNC = 0x0040
_TIME_ERROR = 5


class _Timex(ctypes.Structure):
    """The beginning of the kernel's `struct timex`; the rest is not looked at."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_clock_is_synchronised() -> bool | None:
    """Whether the kernel holds the clock for synchronised; `None` = it does not tell."""
    library = ctypes.CDLL(None, use_errno=True)
    read = getattr(library, "adjtimex", None)
    if read is None:
        return None
    timex = _Timex()
    state = int(read(ctypes.byref(timex)))
    if state < 0:
        return None
    return state != _TIME_ERROR and not timex.status & _STA_UNSYNC


class TimeSync:
    """Reads the clock's state each time it is asked."""

    def __init__(self, is_synchronised: Callable[[], bool | None]) -> None:
        self._is_synchronised = is_synchronised

    def snapshot(self) -> list[Component]:
        """OK, or a warning if the clock is not synchronised or that cannot be told."""
        found = self._is_synchronised()
        if found:
            return [Component(COMPONENT, Severity.OK)]
        text = (
            "The system does not tell whether its clock is synchronised"
            if found is None
            else "The system clock is not synchronised with a time server"
        )
        return [Component(COMPONENT, Severity.WARNING, text)]
