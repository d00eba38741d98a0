"""The trace log: a file for each day, the oldest deleted, the level settable while MOM runs.

An observer for `twisted.logger`. Whatever it is told, it neither fails nor blocks what is logged:
lines that cannot be written are counted and reported when writing works again. It knows no other
part; how an event is written is the duty of `mom.ops.log_line`.
"""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from twisted.logger import LogEvent, LogLevel

from mom.ops.log_line import entry_of, is_worth, stamp

_NAME = re.compile(r"mom_trace_(\d{4}-\d\d-\d\d)\.log\Z")
_LEVELS = {
    "debug": LogLevel.debug,
    "info": LogLevel.info,
    "warn": LogLevel.warn,
    "error": LogLevel.error,
    "critical": LogLevel.critical,
}


class TraceLog:
    """Writes log events to `mom_trace_<date>.log` in a folder.

    `now` is in seconds since 1970 and decides the day (local time); `level` is one of "debug",
    "info", "warn", "error", "critical".
    """

    def __init__(
        self, folder: Path, now: Callable[[], float], *, level: str = "info", keep_days: int = 14
    ) -> None:
        self._folder = folder
        self._now = now
        self._keep_days = keep_days
        self._level = _LEVELS[level]
        self._file: TextIO | None = None
        self._day: datetime.date | None = None
        self._lost = 0

    @property
    def level(self) -> str:
        """The lowest level that is written."""
        return str(self._level.name)

    def set_level(self, level: str) -> None:
        """Write events of this level and above from now on. Raises `KeyError` for another word."""
        self._level = _LEVELS[level]

    def set_keep_days(self, days: int) -> None:
        """Keep the files of so many days, today's included; older ones go at the next change."""
        self._keep_days = days

    def __call__(self, event: LogEvent) -> None:
        """Write one event, if its level is high enough."""
        if not is_worth(event, self._level):
            return
        now = self._now()
        try:
            file = self._file_of(datetime.datetime.fromtimestamp(now).date())
            if self._lost:
                file.write(f"{stamp(now)} [log] {self._lost} entries could not be written\n")
                self._lost = 0
            file.write(f"{entry_of(event, now)}\n")
        except OSError:
            self._lost += 1
            self.close()

    def close(self) -> None:
        """Close the file; the next event opens it again."""
        file, self._file, self._day = self._file, None, None
        if file is not None:
            try:
                file.close()
            except OSError:
                self._lost += 1

    def _file_of(self, day: datetime.date) -> TextIO:
        if self._file is None or self._day != day:
            self.close()
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"mom_trace_{day.isoformat()}.log"
            self._file = path.open("a", encoding="utf-8", errors="replace", buffering=1)
            path.chmod(0o640)
            self._day = day
            self._forget_before(day - datetime.timedelta(days=self._keep_days - 1))
        return self._file

    def _forget_before(self, oldest: datetime.date) -> None:
        for path in self._folder.iterdir():
            match = _NAME.match(path.name)
            if match and match[1] < oldest.isoformat():
                path.unlink(missing_ok=True)
