"""The log as twistd shows it: on the terminal, in the journal of systemd or in one file.

Its lines are those of the trace log from `info` on. It knows no other part.
"""

import sys
from collections.abc import Callable
from typing import Protocol

from twisted.logger import ILogObserver, LogEvent, LogLevel
from twisted.python.logfile import LogFile
from zope.interface import implementer  # type: ignore[import-untyped]

from mom.ops.log_line import entry_of, is_worth

USUAL_FILE = "twistd.log"
"""Where twistd writes as a daemon that was not told another file."""


class Output(Protocol):
    """What is written to: a stream, or a file that begins anew when it is long."""

    def write(self, data: str, /) -> object:
        """Add a text."""

    def flush(self) -> object:
        """Hand on what was added."""


@implementer(ILogObserver)
class Console:
    """Writes log events; `now` is in seconds since 1970."""

    def __init__(self, output: Output, now: Callable[[], float]) -> None:
        self._output = output
        self._now = now

    def __call__(self, event: LogEvent) -> None:
        """Write one event, if it is worth it."""
        if is_worth(event, LogLevel.info):
            self._output.write(f"{entry_of(event, self._now())}\n")
            self._output.flush()


def open_console(path: str, *, daemon: bool, now: Callable[[], float]) -> Console:
    """A console where twistd would write: standard output, or the file it was told (`-` = none)."""
    if path == "-" or not (path or daemon):
        return Console(sys.stdout, now)
    return Console(LogFile.fromFullPath(path or USUAL_FILE), now)  # type: ignore[no-untyped-call]
